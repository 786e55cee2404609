//! Messages as contents and a system instruction.
//!
//! Instructions go to the system instruction wherever they stand. Results of tools that follow each other are one
//! content, because Gemini wants all results of a turn together; they carry their function's name, which OpenAI's
//! do not, and so is looked up among the calls before.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{back, media, parts, version};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, object, text};

/// What the messages say.
#[derive(Default)]
pub struct Conversation {
    /// Parts of the system instruction.
    pub system: Vec<Value>,
    /// The turns.
    pub contents: Vec<Value>,
    /// The resolution that images ask for where it cannot be said of each.
    pub resolution: Option<&'static str>,
}

/// Reads the messages.
///
/// # Errors
/// `BadRequest` naming the message that is none of OpenAI's.
pub fn conversation(ask: &Ask, messages: &[Value]) -> Result<Conversation> {
    let mut said = Conversation::default();
    let mut names = HashMap::new();
    let mut follows_result = false;
    for (index, message) in messages.iter().enumerate() {
        let place = format!("messages[{index}]");
        let role = text(message, "role").unwrap_or_default();
        let is_result = matches!(role, "tool" | "function");
        match role {
            "system" | "developer" => said.system.extend(media::parts(message, &place, &mut None)?),
            "user" => {
                let mut detail = None;
                let mut parts = media::parts(message, &place, &mut detail)?;
                said.resolve(ask, detail, &mut parts);
                said.contents.push(object([("role", "user".into()), ("parts", parts.into())]));
            }
            "assistant" => {
                note_names(message, &mut names);
                let parts = sent_parts(ask, message, &place)?;
                said.contents.push(object([("role", "model".into()), ("parts", parts.into())]));
            }
            "tool" | "function" => {
                let parts = result(ask, message, &names, &place)?;
                said.add_result(parts, follows_result);
            }
            _ => return Err(bad(&place, &format!("{role:?} is no role"))),
        }
        follows_result = is_result;
    }
    if said.contents.is_empty() && !said.system.is_empty() {
        // Gemini answers nobody but a user.
        let parts = std::mem::take(&mut said.system);
        said.contents.push(object([("role", "user".into()), ("parts", parts.into())]));
    }
    Ok(said)
}

impl Conversation {
    fn add_result(&mut self, parts: Vec<Value>, follows_result: bool) {
        if follows_result && let Some(Value::Array(before)) = self.contents.last_mut().and_then(|c| c.get_mut("parts"))
        {
            before.extend(parts);
        } else {
            self.contents.push(object([("role", "user".into()), ("parts", parts.into())]));
        }
    }

    /// Since Gemini 3 each part has a resolution; before, the request has one.
    fn resolve(&mut self, ask: &Ask, detail: Option<&'static str>, parts: &mut [Value]) {
        if version(&ask.model) >= (3, 0) {
            return;
        }
        for part in parts.iter_mut().filter_map(Value::as_object_mut) {
            part.shift_remove("mediaResolution");
        }
        if detail.is_some() && self.resolution != Some(media::HIGH) {
            self.resolution = detail;
        }
    }
}

/// The id of each call, and the name of its function.
fn note_names(message: &Value, names: &mut HashMap<String, String>) {
    for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
        if let (Some(id), Some(name)) = (text(call, "id"), call.get("function").and_then(|f| text(f, "name"))) {
            names.insert(id.to_owned(), name.to_owned());
        }
    }
}

/// Says that a call was not made by Gemini 3, which refuses calls of its own without their signature; the value is the
/// documentation's (https://ai.google.dev/gemini-api/docs/thought-signatures), in base64 as all of its kind.
const UNSIGNED: &str = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

fn sent_parts(ask: &Ask, message: &Value, place: &str) -> Result<Vec<Value>> {
    let mut sent = back::of_message(message, place)?;
    if version(&ask.model) >= (3, 0) {
        let mut calls = sent.iter_mut().filter(|part| part.get("functionCall").is_some());
        // Of calls at once only the first is signed.
        if let Some(Value::Object(first)) = calls.next() {
            first.entry("thoughtSignature").or_insert(UNSIGNED.into());
        }
    }
    if sent.is_empty() {
        sent.push(json!({"text": ""}));
    }
    Ok(sent)
}

fn result(ask: &Ask, message: &Value, names: &HashMap<String, String>, place: &str) -> Result<Vec<Value>> {
    let id = text(message, "tool_call_id");
    let name = text(message, "name").or(id.and_then(|id| names.get(id)).map(String::as_str));
    let name = name.ok_or_else(|| bad(place, "answers a call that no message before it makes"))?;
    let mut said = String::new();
    let mut shown = Vec::new();
    for part in media::parts(message, place, &mut None)? {
        match part {
            Value::Object(mut part) if part.contains_key("text") => {
                said.push_str(part.shift_remove("text").as_ref().and_then(Value::as_str).unwrap_or_default());
            }
            part => shown.push(part),
        }
    }
    let mut response = Object::new();
    if let Some(id) = id.filter(|id| !id.starts_with(parts::MADE_ID)) {
        response.insert("id".into(), id.into());
    }
    response.insert("name".into(), name.into());
    response.insert("response".into(), output(said));
    // https://ai.google.dev/gemini-api/docs/function-calling#multimodal: before Gemini 3 media stand beside.
    if !shown.is_empty() && version(&ask.model) >= (3, 0) {
        response.insert("parts".into(), Value::Array(std::mem::take(&mut shown)));
    }
    let mut parts = vec![json!({ "functionResponse": response })];
    parts.extend(shown);
    Ok(parts)
}

/// A result that is an object is one; a list or a text becomes its `output`
/// (https://ai.google.dev/api/caching#FunctionResponse).
fn output(said: String) -> Value {
    match serde_json::from_str(&said) {
        // In an object Gemini reads `$ref` as a reference to its own parts.
        Ok(object @ Value::Object(_)) if !said.contains("\"$ref\"") => object,
        Ok(list @ Value::Array(_)) if !said.contains("\"$ref\"") => json!({ "output": list }),
        _ => json!({ "output": said }),
    }
}
