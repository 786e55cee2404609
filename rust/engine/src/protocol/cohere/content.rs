//! Messages in Cohere's words. Most of OpenAI's mean the same; an answer of Cohere's goes back as it came.

use serde_json::{Value, json};

use super::{BLOCKS, said};
use crate::error::Result;
use crate::protocol::{Object, bad, text};

/// The messages.
///
/// # Errors
/// `BadRequest` naming the message or the part.
pub fn messages(messages: Value) -> Result<Vec<Value>> {
    let Value::Array(messages) = messages else {
        return Err(bad("messages", "must be a list"));
    };
    let mut converted = Vec::with_capacity(messages.len());
    for (at, message) in messages.into_iter().enumerate() {
        let place = format!("messages[{at}]");
        let Value::Object(message) = message else {
            return Err(bad(&place, "must be a dict"));
        };
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
        converted.extend(match role {
            "system" | "developer" => Some(json!({"role": "system", "content": content(&place, &message)?})),
            "user" => Some(json!({"role": "user", "content": content(&place, &message)?})),
            "tool" => {
                let id = message.get("tool_call_id").filter(|id| id.is_string());
                let id = id.ok_or_else(|| bad(&format!("{place}['tool_call_id']"), "must be a text"))?;
                Some(json!({"role": "tool", "tool_call_id": id, "content": content(&place, &message)?}))
            }
            "assistant" => assistant(&place, message)?,
            other => return Err(bad(&format!("{place}['role']"), &format!("{other:?} is no role that Cohere has"))),
        });
    }
    Ok(converted)
}

fn content(place: &str, message: &Object) -> Result<Value> {
    Ok(match message.get("content") {
        None | Some(Value::Null) => "".into(),
        Some(Value::String(said)) => said.clone().into(),
        Some(Value::Array(parts)) => {
            let mut converted = Vec::with_capacity(parts.len());
            for (at, given) in parts.iter().enumerate() {
                converted.extend(part(&format!("{place}['content'][{at}]"), given)?);
            }
            converted.into()
        }
        Some(_) => return Err(bad(&format!("{place}['content']"), "must be a text or a list of parts")),
    })
}

/// One part; Cohere's own (documents, its thinking) as they are, other providers' thinking not at all.
fn part(place: &str, part: &Value) -> Result<Option<Value>> {
    let Value::Object(part) = part else {
        let said = part.as_str().ok_or_else(|| bad(place, "must be a dict"))?;
        return Ok(Some(json!({"type": "text", "text": said})));
    };
    Ok(match part.get("type").and_then(Value::as_str).unwrap_or_default() {
        "refusal" => Some(json!({"type": "text", "text": part.get("refusal")})),
        "image_url" => {
            let image = part.get("image_url").unwrap_or(&Value::Null);
            let url = image.as_str().or_else(|| text(image, "url"));
            let url = url.ok_or_else(|| bad(&format!("{place}['image_url']"), "must have a 'url'"))?;
            let mut own = json!({ "url": url });
            if let (Some(detail), Some(own)) = (text(image, "detail"), own.as_object_mut()) {
                own.insert("detail".into(), detail.into());
            }
            Some(json!({"type": "image_url", "image_url": own}))
        }
        kind @ ("input_audio" | "file" | "video_url" | "audio_url") => {
            return Err(bad(place, &format!("Cohere takes no {kind:?}")));
        }
        "redacted_thinking" => None,
        "thinking" if part.contains_key("signature") => None,
        _ => {
            let mut part = part.clone();
            part.shift_remove("cache_control");
            Some(part.into())
        }
    })
}

/// What the model said; `None` where that was nothing.
fn assistant(place: &str, mut message: Object) -> Result<Option<Value>> {
    let mut content = content(place, &message)?;
    let own = message.shift_remove("provider_specific_fields").unwrap_or_default();
    let calls = match message.shift_remove("tool_calls") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(calls)) => {
            calls.iter().enumerate().map(|(at, made)| call(place, at, made)).collect::<Result<_>>()?
        }
        Some(_) => return Err(bad(&format!("{place}['tool_calls']"), "must be a list")),
    };
    if let Some(blocks) = own.get(BLOCKS).filter(|blocks| said(Some(blocks)) == said(Some(&content))) {
        content = blocks.clone();
    }
    let plan = text(&own, "tool_plan").or_else(|| message.get("tool_plan").and_then(Value::as_str));
    let citations = own.get("citations").and_then(Value::as_array).filter(|citations| still_hold(citations, &content));
    let mut sent = Object::new();
    sent.insert("role".into(), "assistant".into());
    if let Some(plan) = plan {
        sent.insert("tool_plan".into(), plan.into());
    }
    if content.as_str() != Some("") && content.as_array().is_none_or(|parts| !parts.is_empty()) {
        sent.insert("content".into(), content);
    }
    if !calls.is_empty() {
        sent.insert("tool_calls".into(), calls.into());
    }
    if let Some(citations) = citations {
        sent.insert("citations".into(), citations.clone().into());
    }
    let is_something = sent.contains_key("content") || sent.contains_key("tool_calls");
    Ok(is_something.then_some(sent.into()))
}

/// Whether citations are Cohere's, and of the text that the message has now.
fn still_hold(citations: &[Value], content: &Value) -> bool {
    let said = said(Some(content));
    citations.iter().all(|citation| {
        let is_of_text = text(citation, "type").is_none_or(|kind| kind == "TEXT_CONTENT");
        let is_ours = citation.get("start").is_some() && citation.get("sources").is_some();
        is_ours && text(citation, "text").is_some_and(|cited| !is_of_text || said.contains(cited))
    })
}

fn call(place: &str, at: usize, call: &Value) -> Result<Value> {
    let place = format!("{place}['tool_calls'][{at}]");
    let id = text(call, "id").ok_or_else(|| bad(&format!("{place}['id']"), "must be a text"))?;
    let name = call.pointer("/function/name").and_then(Value::as_str);
    let name = name.ok_or_else(|| bad(&format!("{place}['function']['name']"), "must be a text"))?;
    let arguments = call.pointer("/function/arguments").and_then(Value::as_str).filter(|json| !json.trim().is_empty());
    let function = json!({"name": name, "arguments": arguments.unwrap_or("{}")});
    Ok(json!({"id": id, "type": "function", "function": function}))
}
