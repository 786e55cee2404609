//! Messages: content is text, pictures stand beside it as base64, arguments of calls are objects, and the result of a call
//! names its function.

use serde_json::{Value, json};

use crate::error::Result;
use crate::protocol::{Object, bad, text};

/// The messages in Ollama's words.
///
/// # Errors
/// `BadRequest` naming the message or the part.
pub fn messages(messages: Vec<Value>) -> Result<Value> {
    // The functions that were called, by the ids of the calls.
    let mut called = Object::new();
    let messages = messages.into_iter().enumerate();
    messages.map(|(at, message)| one(&format!("messages[{at}]"), message, &mut called)).collect()
}

fn one(place: &str, message: Value, called: &mut Object) -> Result<Value> {
    let Value::Object(mut message) = message else {
        return Err(bad(place, "must be a dict"));
    };
    let role = match message.get("role").and_then(Value::as_str) {
        Some("system" | "developer") => "system",
        Some("user") => "user",
        Some("assistant") => "assistant",
        Some("tool" | "function") => "tool",
        other => return Err(bad(&format!("{place}['role']"), &format!("{other:?} is no role that Ollama has"))),
    };
    let Said { content, images } = said(place, message.get("content"))?;
    let mut made = Object::new();
    made.insert("role".into(), role.into());
    made.insert("content".into(), content.into());
    if !images.is_empty() {
        made.insert("images".into(), Value::Array(images));
    }
    if let Some(thought) = message.shift_remove("reasoning_content").filter(Value::is_string) {
        made.insert("thinking".into(), thought);
    }
    match message.shift_remove("tool_calls") {
        None | Some(Value::Null) => {}
        Some(Value::Array(calls)) => {
            let calls = calls.iter().enumerate();
            let calls = calls.map(|(at, made)| call(&format!("{place}['tool_calls'][{at}]"), made, called));
            made.insert("tool_calls".into(), calls.collect::<Result<_>>()?);
        }
        Some(_) => return Err(bad(&format!("{place}['tool_calls']"), "must be a list")),
    }
    if role == "tool" {
        let id = message.shift_remove("tool_call_id").filter(Value::is_string);
        let by_id = id.as_ref().and_then(Value::as_str).and_then(|id| called.get(id).cloned());
        let name = by_id.or_else(|| message.shift_remove("name").filter(Value::is_string));
        made.extend(name.map(|name| ("tool_name".to_owned(), name)));
        made.extend(id.map(|id| ("tool_call_id".to_owned(), id)));
    }
    // Ollama's own words.
    for own in ["images", "thinking", "tool_name"] {
        made.extend(message.shift_remove(own).filter(|value| !value.is_null()).map(|value| (own.to_owned(), value)));
    }
    Ok(Value::Object(made))
}

fn call(place: &str, call: &Value, called: &mut Object) -> Result<Value> {
    let name = call.pointer("/function/name").and_then(Value::as_str);
    let name = name.ok_or_else(|| bad(&format!("{place}['function']['name']"), "must be a text"))?;
    let wrong = |why: &str| bad(&format!("{place}['function']['arguments']"), why);
    let arguments = match call.pointer("/function/arguments") {
        Some(Value::String(text)) if !text.trim().is_empty() => {
            serde_json::from_str(text).map_err(|error| wrong(&format!("is not JSON: {error}")))?
        }
        Some(object @ Value::Object(_)) => object.clone(),
        _ => json!({}),
    };
    if !arguments.is_object() {
        return Err(wrong("must be an object"));
    }
    let mut made = Object::new();
    if let Some(id) = text(call, "id").filter(|id| !id.is_empty()) {
        called.insert(id.to_owned(), name.into());
        made.insert("id".into(), id.into());
    }
    made.insert("type".into(), "function".into());
    made.insert("function".into(), json!({"name": name, "arguments": arguments}));
    Ok(Value::Object(made))
}

#[derive(Default)]
struct Said {
    content: String,
    images: Vec<Value>,
}

fn said(place: &str, content: Option<&Value>) -> Result<Said> {
    let mut said = Said::default();
    match content {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => said.content.clone_from(text),
        Some(Value::Array(parts)) => {
            for (at, part) in parts.iter().enumerate() {
                said.add(&format!("{place}['content'][{at}]"), part)?;
            }
        }
        Some(_) => return Err(bad(&format!("{place}['content']"), "must be a text or a list of parts")),
    }
    Ok(said)
}

impl Said {
    fn add(&mut self, place: &str, part: &Value) -> Result<()> {
        let kind = text(part, "type").unwrap_or_default();
        match (kind, part) {
            (_, Value::String(text)) => self.content.push_str(text),
            ("text" | "refusal", _) => {
                let text = text(part, kind).ok_or_else(|| bad(place, &format!("must have a '{kind}'")))?;
                self.content.push_str(text);
            }
            ("image_url", _) => {
                let image = part.get("image_url").unwrap_or(&Value::Null);
                let url = image.as_str().or_else(|| text(image, "url"));
                self.images.push(picture(place, url.unwrap_or_default())?);
            }
            _ => return Err(bad(place, &format!("Ollama takes texts and pictures, and no {kind:?}"))),
        }
        Ok(())
    }
}

/// The base64 of a data URL. Ollama fetches nothing.
fn picture(place: &str, url: &str) -> Result<Value> {
    let Some(data) = url.strip_prefix("data:") else {
        return Err(bad(&format!("{place}['image_url']"), "must be a data URL: Ollama fetches no pictures"));
    };
    match data.split_once(',') {
        Some((head, data)) if head.ends_with(";base64") => Ok(data.into()),
        _ => Err(bad(&format!("{place}['image_url']"), "the data URL is not base64")),
    }
}
