//! Messages: which of them are system, who speaks, and what each part is called.

use serde_json::{Value, json};

use crate::error::Result;
use crate::protocol::{Object, bad, object, text};

/// What a call may say besides, in Anthropic's words; other providers' fields are refused.
pub const OF_CALLS: [&str; 3] = ["caller", "toolset_name", "cache_control"];

/// The blocks of an answer that was ours, where OpenAI's shape could not say them all.
pub const KEPT: &str = "content";

/// The system's blocks and everybody else's messages.
///
/// Results of tools become blocks of a user's message, those that follow each other (and the user's words after them) of
/// one message, as the API wants them.
///
/// # Errors
/// `BadRequest` naming the message or the part.
pub fn split(messages: Value) -> Result<(Vec<Value>, Vec<Value>)> {
    let Value::Array(messages) = messages else {
        return Err(bad("messages", "must be a list"));
    };
    let (mut system, mut said) = (Vec::new(), Vec::<Value>::new());
    let mut after_result = false;
    for (at, message) in messages.into_iter().enumerate() {
        let place = format!("messages[{at}]");
        let Value::Object(mut message) = message else {
            return Err(bad(&place, "must be a dict"));
        };
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_result = role == "tool";
        match role.as_str() {
            "system" | "developer" => {
                system.extend(blocks(&place, &mut message)?);
                continue;
            }
            "user" | "tool" => {
                let content = if is_result { vec![result(&place, message)?] } else { blocks(&place, &mut message)? };
                match said.last_mut().and_then(|last| last.get_mut("content")).and_then(Value::as_array_mut) {
                    Some(before) if after_result => before.extend(content),
                    _ => said.push(object([("role", "user".into()), ("content", content.into())])),
                }
            }
            "assistant" => {
                let content = assistant(&place, message)?;
                // An answer that said nothing: a message without content is refused (exchange f6fe4dcdc4a4a06b).
                if !content.is_empty() {
                    said.push(object([("role", "assistant".into()), ("content", content.into())]));
                }
            }
            other => return Err(bad(&format!("{place}['role']"), &format!("{other:?} is no role that Anthropic has"))),
        }
        after_result = is_result;
    }
    Ok((system, said))
}

/// The content of a message as blocks. A message's own `cache_control` (litellm's way) belongs to its last block.
fn blocks(place: &str, message: &mut Object) -> Result<Vec<Value>> {
    let mut blocks = match message.shift_remove("content") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(Value::String(text)) => vec![object([("type", "text".into()), ("text", text.into())])],
        Some(Value::Array(parts)) => parts
            .into_iter()
            .enumerate()
            .map(|(at, part)| block(&format!("{place}['content'][{at}]"), part))
            .collect::<Result<_>>()?,
        Some(_) => return Err(bad(&format!("{place}['content']"), "must be a text or a list of parts")),
    };
    if let Some(control) = message.shift_remove("cache_control").filter(|control| !control.is_null())
        && let Some(last) = blocks.last_mut().and_then(Value::as_object_mut)
    {
        last.entry("cache_control").or_insert(control);
    }
    Ok(blocks)
}

/// One part as a block; Anthropic's own blocks as they are.
fn block(place: &str, part: Value) -> Result<Value> {
    let Value::Object(mut part) = part else {
        return match part {
            Value::String(text) => Ok(json!({"type": "text", "text": text})),
            _ => Err(bad(place, "must be a dict")),
        };
    };
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut block = match kind.as_str() {
        "image_url" => {
            let image = part.shift_remove("image_url").unwrap_or_default();
            let url = image.as_str().or_else(|| text(&image, "url"));
            let url = url.ok_or_else(|| bad(&format!("{place}['image_url']"), "must have a 'url'"))?;
            json!({"type": "image", "source": source(place, url)?})
        }
        "file" => document(place, &part.shift_remove("file").unwrap_or_default())?,
        "input_audio" | "video_url" | "audio_url" => return Err(bad(place, &format!("Anthropic takes no {kind:?}"))),
        _ => return Ok(Value::Object(part)),
    };
    part.shift_remove("type");
    if let Some(block) = block.as_object_mut() {
        block.extend(part);
    }
    Ok(block)
}

/// Where a picture or a document is: in the data URL itself, or at an address that Anthropic fetches.
fn source(place: &str, url: &str) -> Result<Value> {
    let Some(data) = url.strip_prefix("data:") else {
        return Ok(json!({"type": "url", "url": url}));
    };
    let (head, data) = data.split_once(',').ok_or_else(|| bad(place, "the data URL holds no comma"))?;
    let Some(media_type) = head.strip_suffix(";base64") else {
        return Err(bad(place, "the data URL is not base64"));
    };
    let media_type = media_type.split(';').next().unwrap_or_default();
    Ok(json!({"type": "base64", "media_type": media_type, "data": data}))
}

fn document(place: &str, file: &Value) -> Result<Value> {
    let source = match (text(file, "file_data"), text(file, "file_id")) {
        (Some(data), _) => source(place, data)?,
        // An address stands where litellm's callers put it.
        (None, Some(url)) if url.starts_with("http") => json!({"type": "url", "url": url}),
        (None, Some(id)) => json!({"type": "file", "file_id": id}),
        (None, None) => return Err(bad(&format!("{place}['file']"), "must have 'file_data' or 'file_id'")),
    };
    let is_image = text(&source, "media_type").is_some_and(|media_type| media_type.starts_with("image/"));
    let mut document = json!({"type": if is_image { "image" } else { "document" }, "source": source});
    if let (Some(name), Some(document)) = (text(file, "filename").filter(|_| !is_image), document.as_object_mut()) {
        document.insert("title".into(), name.into());
    }
    Ok(document)
}

/// The result of a tool as a block.
fn result(place: &str, mut message: Object) -> Result<Value> {
    let id = message.shift_remove("tool_call_id").filter(Value::is_string);
    let mut result = Object::new();
    result.insert("type".into(), "tool_result".into());
    result.insert("tool_use_id".into(), id.ok_or_else(|| bad(&format!("{place}['tool_call_id']"), "must be a text"))?);
    let control = message.shift_remove("cache_control").filter(|control| !control.is_null());
    match message.get("content") {
        Some(Value::String(text)) => drop(result.insert("content".into(), text.clone().into())),
        _ => drop(result.insert("content".into(), Value::Array(blocks(place, &mut message)?))),
    }
    if let Some(is_error) = message.shift_remove("is_error") {
        result.insert("is_error".into(), is_error);
    }
    if let Some(control) = control {
        result.insert("cache_control".into(), control);
    }
    Ok(Value::Object(result))
}

/// What the model said: as it came, where it is kept and nobody changed it; else thinking, text, calls.
fn assistant(place: &str, mut message: Object) -> Result<Vec<Value>> {
    let kept = message.shift_remove("provider_specific_fields");
    let kept = kept.and_then(|kept| kept.get(KEPT).and_then(Value::as_array).cloned());
    let thinking = message.shift_remove("thinking_blocks").and_then(|blocks| match blocks {
        Value::Array(blocks) => Some(blocks),
        _ => None,
    });
    // Blank text is refused; models write it between other blocks (https://github.com/nick1udwig/kibitz/issues/78).
    let is_blank = |block: &Value| {
        text(block, "type") == Some("text") && text(block, "text").is_some_and(|said| said.trim().is_empty())
    };
    let mut said = blocks(place, &mut message)?;
    said.retain(|block| !is_blank(block));
    let calls = match message.shift_remove("tool_calls") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(calls)) => {
            calls.into_iter().enumerate().map(|(at, made)| call(place, at, &made)).collect::<Result<_>>()?
        }
        Some(_) => return Err(bad(&format!("{place}['tool_calls']"), "must be a list")),
    };
    if let Some(mut kept) = kept.filter(|kept| says_the_same(kept, &said, &calls)) {
        kept.retain(|block| !is_blank(block));
        return Ok(kept);
    }
    // What others thought is unsigned, and refused.
    let is_ours =
        |block: &Value| text(block, "signature").is_some_and(|s| !s.is_empty()) || block.get("data").is_some();
    let thinking = thinking.unwrap_or_default().into_iter().filter(is_ours);
    Ok(thinking.chain(said).chain(calls).collect())
}

fn call(place: &str, at: usize, call: &Value) -> Result<Value> {
    let place = format!("{place}['tool_calls'][{at}]");
    let name = call.pointer("/function/name").and_then(Value::as_str);
    let arguments = call.pointer("/function/arguments").and_then(Value::as_str).unwrap_or_default();
    let input: Value = if arguments.trim().is_empty() {
        json!({})
    } else {
        serde_json::from_str(arguments)
            .map_err(|error| bad(&format!("{place}['function']['arguments']"), &format!("is not JSON: {error}")))?
    };
    let mut block = json!({
        "type": "tool_use",
        "id": text(call, "id").ok_or_else(|| bad(&format!("{place}['id']"), "must be a text"))?,
        "name": name.ok_or_else(|| bad(&format!("{place}['function']['name']"), "must be a text"))?,
        "input": input,
    });
    if let (Some(Value::Object(beside)), Some(block)) = (call.get("provider_specific_fields"), block.as_object_mut()) {
        let beside = beside.iter().filter(|(name, _)| OF_CALLS.contains(&name.as_str()));
        block.extend(beside.map(|(name, value)| (name.clone(), value.clone())));
    }
    Ok(block)
}

/// Whether kept blocks say what the message says now: the same text and the same calls.
fn says_the_same(kept: &[Value], said: &[Value], calls: &[Value]) -> bool {
    let texts = |blocks: &[Value]| {
        let texts = blocks.iter().filter(|block| text(block, "type") == Some("text"));
        texts.filter_map(|block| text(block, "text")).collect::<String>()
    };
    let made = |blocks: &[Value]| {
        let calls = blocks.iter().filter(|block| text(block, "type") == Some("tool_use"));
        calls.map(|call| (call.get("id").cloned(), call.get("input").cloned())).collect::<Vec<_>>()
    };
    texts(kept).trim() == texts(said).trim() && made(kept) == made(calls)
}
