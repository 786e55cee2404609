//! Messages: which of them are system, who speaks, and what each part is called
//! (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html).

use serde_json::{Value, json};

use super::media::Media;
use super::reply::is_of_server;
use crate::error::Result;
use crate::protocol::{Object, bad, text};

/// The blocks of an answer that was ours, where OpenAI's shape could not say them all.
pub const KEPT: &str = "converse";

/// The longest id of a call.
const MAX_ID: usize = 64;

/// The system's blocks and everybody else's messages.
///
/// Who speaks must change from message to message, so what one of them says in a row is one message: results of tools and
/// the user's words after them, too.
///
/// # Errors
/// `BadRequest` naming the message or the part.
pub fn split(messages: Value) -> Result<(Vec<Value>, Vec<Value>)> {
    let Value::Array(messages) = messages else {
        return Err(bad("messages", "must be a list"));
    };
    let (mut system, mut said) = (Vec::new(), Vec::<Value>::new());
    let mut media = Media::default();
    for (at, message) in messages.into_iter().enumerate() {
        let place = format!("messages[{at}]");
        let Value::Object(mut message) = message else {
            return Err(bad(&place, "must be a dict"));
        };
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (role, content) = match role.as_str() {
            "system" | "developer" => {
                system.extend(blocks(&place, &mut message, &mut media)?);
                continue;
            }
            "user" => ("user", blocks(&place, &mut message, &mut media)?),
            "tool" => ("user", result(&place, message, &mut media)?),
            "assistant" => ("assistant", assistant(&place, message, &mut media)?),
            other => return Err(bad(&format!("{place}['role']"), &format!("{other:?} is no role that Bedrock has"))),
        };
        let is_same = said.last().is_some_and(|last| text(last, "role") == Some(role));
        match said.last_mut().and_then(|last| last.get_mut("content")).and_then(Value::as_array_mut) {
            Some(before) if is_same => before.extend(content),
            // An answer that said nothing is no message.
            _ if content.is_empty() && role == "assistant" => {}
            _ => said.push(json!({"role": role, "content": content})),
        }
    }
    Ok((system, said))
}

/// Whether tools are called, or answer, in these messages.
pub fn has_calls(messages: &[Value]) -> bool {
    let blocks = messages.iter().filter_map(|message| message.get("content")).filter_map(Value::as_array).flatten();
    blocks.into_iter().any(|block| block.get("toolUse").is_some() || block.get("toolResult").is_some())
}

/// Up to where a prompt is cached, as `cache_control` says it.
pub fn cache_point(control: &Value) -> Option<Value> {
    let control = control.as_object()?;
    let mut point = json!({"type": "default"});
    if let (Some(ttl), Some(point)) = (control.get("ttl"), point.as_object_mut()) {
        point.insert("ttl".into(), ttl.clone());
    }
    Some(json!({ "cachePoint": point }))
}

/// The content of a message as blocks. A message's own `cache_control` (litellm's way) belongs to all of it.
fn blocks(place: &str, message: &mut Object, media: &mut Media) -> Result<Vec<Value>> {
    let mut blocks = match message.shift_remove("content") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(Value::String(text)) => vec![json!({ "text": text })],
        Some(Value::Array(parts)) => {
            let mut blocks = Vec::with_capacity(parts.len());
            for (at, part) in parts.into_iter().enumerate() {
                blocks.extend(part_blocks(&format!("{place}['content'][{at}]"), part, media)?);
            }
            blocks
        }
        Some(_) => return Err(bad(&format!("{place}['content']"), "must be a text or a list of parts")),
    };
    blocks.extend(message.shift_remove("cache_control").as_ref().and_then(cache_point));
    Ok(blocks)
}

/// One part as a block, and the point up to which a prompt is cached behind it; a block of Converse's, which has no `type`,
/// as it is.
fn part_blocks(place: &str, part: Value, media: &mut Media) -> Result<Vec<Value>> {
    let mut part = match part {
        Value::String(text) => return Ok(vec![json!({ "text": text })]),
        Value::Object(part) if !part.contains_key("type") => return Ok(vec![Value::Object(part)]),
        Value::Object(part) => part,
        _ => return Err(bad(place, "must be a dict")),
    };
    let control = part.shift_remove("cache_control");
    let whole = Value::Object(part);
    let block = match text(&whole, "type").unwrap_or_default() {
        "text" => Some(text(&whole, "text").ok_or_else(|| bad(&format!("{place}['text']"), "must be a text"))?)
            .filter(|said| !said.is_empty())
            .map(|said| json!({ "text": said })),
        // What a guardrail is to look at; litellm's word.
        "guarded_text" => {
            let said = text(&whole, "text").ok_or_else(|| bad(&format!("{place}['text']"), "must be a text"))?;
            Some(json!({"guardContent": {"text": {"text": said}}}))
        }
        kind => Some(media.block(place, kind, &whole)?),
    };
    Ok(block.into_iter().chain(control.as_ref().and_then(cache_point)).collect())
}

/// The result of a tool, and the point up to which a prompt is cached behind it.
fn result(place: &str, mut message: Object, media: &mut Media) -> Result<Vec<Value>> {
    let id = message.get("tool_call_id").and_then(Value::as_str).map(call_id);
    let id = id.ok_or_else(|| bad(&format!("{place}['tool_call_id']"), "must be a text"))?;
    let is_error = message.get("is_error").is_some_and(|is_error| *is_error == true);
    // A tool that answers nothing has answered.
    let content = match message.get("content") {
        Some(Value::String(text)) => vec![json!({ "text": text })],
        _ => blocks(place, &mut message, media)?,
    };
    let (points, content): (Vec<_>, Vec<_>) = content.into_iter().partition(|block| block.get("cachePoint").is_some());
    let mut result = json!({"toolUseId": id, "content": content});
    if let Some(result) = result.as_object_mut().filter(|_| is_error) {
        result.insert("status".into(), "error".into());
    }
    let own = message.shift_remove("cache_control");
    let point = own.as_ref().and_then(cache_point).or_else(|| points.into_iter().next());
    Ok(std::iter::once(json!({ "toolResult": result })).chain(point).collect())
}

/// What the model said: as it came, where it is kept and nobody changed it; else thinking, text, calls.
fn assistant(place: &str, mut message: Object, media: &mut Media) -> Result<Vec<Value>> {
    let kept = message.shift_remove("provider_specific_fields");
    let kept = kept.and_then(|kept| kept.get(KEPT).and_then(Value::as_array).cloned());
    let thinking = match message.shift_remove("thinking_blocks") {
        Some(Value::Array(blocks)) => blocks.iter().filter_map(thought).collect(),
        _ => Vec::new(),
    };
    let said = blocks(place, &mut message, media)?;
    // Blank text is refused; models write it before they call a tool.
    let says_something = |block: &Value| text(block, "text").is_none_or(|text| !text.trim().is_empty());
    let said: Vec<Value> = said.into_iter().filter(says_something).collect();
    let calls = match message.shift_remove("tool_calls") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(calls)) => {
            calls.into_iter().enumerate().map(|(at, made)| call(place, at, &made)).collect::<Result<_>>()?
        }
        Some(_) => return Err(bad(&format!("{place}['tool_calls']"), "must be a list")),
    };
    if let Some(mut kept) = kept.filter(|kept| gist(kept) == gist(&[said.as_slice(), calls.as_slice()].concat())) {
        kept.retain(says_something);
        kept.iter_mut().for_each(plain_type);
        return Ok(kept);
    }
    // Where a prompt is cached up to the whole message, that point stays last.
    let (points, said): (Vec<_>, Vec<_>) = said.into_iter().partition(|block| block.get("cachePoint").is_some());
    Ok(thinking.into_iter().chain(said).chain(calls).chain(points).collect())
}

/// Of calls it says `tool_use`, and takes no type but that of its server's tools
/// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html).
fn plain_type(block: &mut Value) {
    if let Some(Value::Object(call)) = block.get_mut("toolUse")
        && call.get("type").is_some_and(|kind| kind == "tool_use")
    {
        call.shift_remove("type");
    }
}

/// A thought in Converse's words. What others thought is unsigned, and refused.
fn thought(block: &Value) -> Option<Value> {
    let signature = text(block, "signature").filter(|signature| !signature.is_empty());
    let reasoning = match (signature, text(block, "data")) {
        (Some(signature), _) => {
            let thinking = text(block, "thinking").unwrap_or_default();
            json!({"reasoningText": {"text": thinking, "signature": signature}})
        }
        (None, Some(data)) => json!({ "redactedContent": data }),
        (None, None) => return None,
    };
    Some(json!({ "reasoningContent": reasoning }))
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
    let id = text(call, "id").ok_or_else(|| bad(&format!("{place}['id']"), "must be a text"))?;
    let name = name.ok_or_else(|| bad(&format!("{place}['function']['name']"), "must be a text"))?;
    Ok(json!({"toolUse": {"toolUseId": call_id(id), "name": name, "input": input}}))
}

/// An id as Bedrock takes it: other providers' may hold other characters, or more.
fn call_id(id: &str) -> String {
    let taken = |c: char| if c.is_ascii_alphanumeric() || "_.:-".contains(c) { c } else { '_' };
    let id: Vec<char> = id.chars().map(taken).collect();
    id.iter().skip(id.len().saturating_sub(MAX_ID)).collect()
}

/// The text, and of each call its name and its input.
type Gist = (String, Vec<(Option<Value>, Option<Value>)>);

/// What a program may have changed: the text, and the calls that it was asked to answer.
fn gist(blocks: &[Value]) -> Gist {
    let texts = blocks.iter().map(|block| {
        let cited = block.pointer("/citationsContent/content").and_then(Value::as_array).into_iter().flatten();
        text(block, "text").into_iter().chain(cited.filter_map(|said| text(said, "text"))).collect::<String>()
    });
    let calls = blocks.iter().filter_map(|block| block.get("toolUse")).filter(|call| !is_of_server(call));
    let calls = calls.map(|call| (call.get("toolUseId").cloned(), call.get("input").cloned())).collect();
    (texts.collect::<String>().trim().to_owned(), calls)
}
