//! Gemini's parts as an assistant message.
//!
//! Nothing is lost: where the message's fields do not say everything that Gemini must see again (order, signed texts, code
//! that was run), the parts themselves are in `provider_specific_fields.parts`.

use std::hash::{BuildHasher, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::back;
use crate::protocol::{Object, text};

/// How ids begin that are made here, for calls without one; they are not sent back.
pub const MADE_ID: &str = "call_eq_";

/// The OpenAI message that parts are. Thoughts become `reasoning_content`, images `images`, speech `audio`; what has no
/// place there is in `provider_specific_fields`.
pub fn message(parts: &[Value]) -> Object {
    let mut said = Said::default();
    for part in parts {
        said.add(part);
    }
    said.message()
}

#[derive(Default)]
struct Said {
    content: Option<String>,
    reasoning: Option<String>,
    blocks: Vec<Object>,
    images: Vec<Value>,
    audio: Option<Value>,
    calls: Vec<Value>,
    signatures: Vec<Value>,
    own: Object,
}

impl Said {
    fn add(&mut self, part: &Value) {
        let Some(members) = part.as_object() else {
            return;
        };
        let signature = signature_of(part);
        self.signatures.extend(signature.map(Value::from));
        let is_thought = part.get("thought").is_some_and(|thought| thought == true);
        for (name, value) in members {
            match (name.as_str(), value) {
                ("text", Value::String(text)) if is_thought => self.think(text, signature),
                ("text", Value::String(text)) => self.content.get_or_insert_default().push_str(text),
                ("functionCall", Value::Object(call)) => self.calls.push(tool_call(call, signature)),
                ("inlineData", data) if !is_thought => self.show(data, signature),
                ("thought" | "thoughtSignature" | "thought_signature", _) => {}
                (name, value) => drop(self.own.insert(name.to_owned(), value.clone())),
            }
        }
    }

    /// As chunks are put together: a block goes on until it is signed.
    fn think(&mut self, thought: &str, signature: Option<&str>) {
        self.reasoning.get_or_insert_default().push_str(thought);
        let mut text = String::new();
        if self.blocks.last().is_some_and(|block| !block.contains_key("signature"))
            && let Some(Value::String(begun)) = self.blocks.pop().and_then(|mut block| block.shift_remove("thinking"))
        {
            text = begun;
        }
        text.push_str(thought);
        let mut block = Object::new();
        block.insert("type".into(), "thinking".into());
        block.insert("thinking".into(), text.into());
        block.extend(signature.map(|signature| ("signature".to_owned(), signature.into())));
        self.blocks.push(block);
    }

    fn show(&mut self, data: &Value, signature: Option<&str>) {
        let kind = text(data, "mimeType").unwrap_or_default();
        let bytes = text(data, "data").unwrap_or_default();
        if kind.starts_with("image/") {
            let url = format!("data:{kind};base64,{bytes}");
            let mut image = json!({"type": "image_url", "image_url": {"url": url}, "index": self.images.len()});
            sign(&mut image, signature);
            self.images.push(image);
        } else if kind.starts_with("audio/") {
            let bytes = match self.audio.as_ref().and_then(|audio| text(audio, "data")) {
                Some(begun) => joined(begun, bytes),
                None => bytes.to_owned(),
            };
            self.audio = Some(json!({"data": bytes, "mime_type": kind}));
        } else {
            self.own.insert("inlineData".into(), data.clone());
        }
    }

    fn message(self) -> Object {
        let mut message = Object::new();
        let mut set = |name: &str, value: Value| drop(message.insert(name.to_owned(), value));
        set("role", "assistant".into());
        set("content", self.content.map_or(Value::Null, Value::from));
        if let Some(reasoning) = self.reasoning {
            set("reasoning_content", reasoning.into());
        }
        let mut own = self.own;
        if !self.signatures.is_empty() {
            own.insert("thought_signatures".into(), Value::Array(self.signatures));
        }
        let blocks = self.blocks.into_iter().map(Value::Object).collect();
        for (name, list) in [("thinking_blocks", blocks), ("images", self.images), ("tool_calls", self.calls)] {
            if !list.is_empty() {
                set(name, Value::Array(list));
            }
        }
        if let Some(audio) = self.audio {
            set("audio", audio);
        }
        if !own.is_empty() {
            set("provider_specific_fields", Value::Object(own));
        }
        message
    }
}

fn tool_call(call: &Object, signature: Option<&str>) -> Value {
    let id = call.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = id.map_or_else(|| made_id(MADE_ID), str::to_owned);
    let name = call.get("name").and_then(Value::as_str).unwrap_or_default();
    let arguments = call.get("args").filter(|args| !args.is_null()).map_or_else(|| "{}".to_owned(), Value::to_string);
    let mut tool_call = json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    sign(&mut tool_call, signature);
    tool_call
}

/// An id that no other call or reply has.
pub fn made_id(beginning: &str) -> String {
    let random = || RandomState::new().hash_one(0_u8);
    format!("{beginning}{:016x}{:08x}", random(), random() >> 32)
}

fn sign(object: &mut Value, signature: Option<&str>) {
    if let (Value::Object(object), Some(signature)) = (object, signature) {
        object.insert("provider_specific_fields".into(), json!({ "thought_signature": signature }));
    }
}

fn signature_of(part: &Value) -> Option<&str> {
    text(part, "thoughtSignature").or(text(part, "thought_signature"))
}

/// Adds a part of a stream: text goes on with the text before it, unless one of them is signed.
pub fn join(parts: &mut Vec<Value>, part: Value) {
    if is_plain(&part)
        && let Some(last) = parts.last_mut().filter(|last| is_plain(last) && last.get("thought") == part.get("thought"))
        && let (Some(Value::String(before)), Some(more)) = (last.get_mut("text"), text(&part, "text"))
    {
        before.push_str(more);
    } else {
        parts.push(part);
    }
}

/// `join` of a part that is text and nothing else.
pub fn join_text(parts: &mut Vec<Value>, more: &str) {
    if let Some(last) = parts.last_mut().filter(|last| is_plain(last) && last.get("thought").is_none())
        && let Some(Value::String(before)) = last.get_mut("text")
    {
        before.push_str(more);
    } else {
        parts.push(json!({ "text": more }));
    }
}

fn is_plain(part: &Value) -> bool {
    part.as_object().is_some_and(|part| part.keys().all(|name| matches!(name.as_str(), "text" | "thought")))
}

/// Adds to a message what its fields do not say of the parts that it came from.
pub fn keep(message: &mut Object, parts: Vec<Value>) {
    // One text is said by the message's content: most answers are no more than that.
    if let [only] = &*parts
        && is_plain(only)
        && only.get("thought").is_none()
    {
        return;
    }
    let as_value = Value::Object(std::mem::take(message));
    let said = back::rebuilt(&as_value, "").ok();
    if let Value::Object(mut fields) = as_value {
        if said.as_deref() != Some(&needed(&parts)) {
            let own = fields.entry("provider_specific_fields").or_insert_with(|| json!({}));
            own.as_object_mut().map(|own| own.insert("parts".into(), Value::Array(parts)));
        }
        *message = fields;
    }
}

/// Base64 after base64, each of which may be padded.
fn joined(before: &str, after: &str) -> String {
    match (STANDARD.decode(before), STANDARD.decode(after)) {
        (Ok(mut bytes), Ok(more)) => {
            bytes.extend(more);
            STANDARD.encode(bytes)
        }
        _ => format!("{before}{after}"),
    }
}

/// The parts that Gemini must see again: unsigned thoughts in words, empty texts and speech tell it nothing.
fn needed(parts: &[Value]) -> Vec<Value> {
    let tells = |part: &&Value| {
        let is_thought = part.get("thought").is_some_and(|thought| thought == true) && is_plain(part);
        let is_empty = match part.as_object() {
            Some(members) if members.len() == 1 => text(part, "text") == Some(""),
            members => members.is_none_or(Object::is_empty),
        };
        let kind = part.get("inlineData").and_then(|data| text(data, "mimeType"));
        let is_speech = kind.is_some_and(|kind| kind.starts_with("audio/"));
        signature_of(part).is_some() || !(is_thought || is_empty || is_speech)
    };
    let with_args = |part: &Value| {
        let mut part = part.clone();
        if let Some(Value::Object(call)) = part.get_mut("functionCall") {
            call.entry("args").or_insert_with(|| json!({}));
        }
        part
    };
    parts.iter().filter(tells).map(with_args).collect()
}
