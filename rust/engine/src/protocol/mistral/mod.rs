//! Mistral's chat (https://docs.mistral.ai/api): OpenAI's, but for messages whose content is a list of parts.
//!
//! A model that thinks answers in parts, and thoughts are parts among them. Here the text is `content` and the thoughts are
//! `reasoning_content` and `thinking_blocks`; the parts themselves stand in the message's `provider_specific_fields`, and
//! sent back they go out as they came, unless the caller changed the text. What else OpenAI's messages carry is not sent,
//! because Mistral answers 422 to fields that it does not know
//! (https://github.com/charmbracelet/crush/issues/1590), and ids of calls that others made are made Mistral's.

use std::hash::{DefaultHasher, Hash, Hasher};

use memchr::memmem;
use serde_json::{Value, json};

use super::{Ask, EventReader, Object, Protocol, Route, foreign, text};
use crate::error::Result;

mod stream;

#[cfg(test)]
mod tests;

/// Where the parts of an answer are kept.
const KEPT: &str = "mistral_content";

/// The protocol.
pub struct Mistral;

impl Protocol for Mistral {
    fn path(&self, ask: &Ask) -> Result<String> {
        match ask.route {
            Route::Chat => Ok("/chat/completions".to_owned()),
            Route::Embeddings => Ok("/embeddings".to_owned()),
            Route::Beside => Ok(ask.path.clone()),
            Route::Rerank | Route::Messages => Err(ask.no_route()),
        }
    }

    fn passes_through(&self, ask: &Ask) -> bool {
        ask.route == Route::Beside
    }

    fn request(&self, _ask: &Ask, mut body: Object) -> Result<Value> {
        foreign::answers(&mut body).for_each(put_back);
        messages(&mut body).for_each(rename_calls);
        if let Some(Value::Object(extra)) = body.shift_remove("extra_body") {
            body.extend(extra);
        }
        Ok(Value::Object(body))
    }

    fn is_plain(&self, ask: &Ask, body: &[u8]) -> bool {
        ask.route == Route::Embeddings || !has_parts(body)
    }

    fn reply(&self, _ask: &Ask, mut reply: Value) -> Result<Value> {
        for choice in choices(&mut reply) {
            if let Some(message) = choice.get_mut("message").and_then(Value::as_object_mut)
                && let Some(parts) = take_apart(message)
            {
                message.insert("provider_specific_fields".into(), json!({ KEPT: parts }));
            }
        }
        Ok(reply)
    }

    fn reader(&self, _ask: &Ask) -> Box<dyn EventReader> {
        Box::<stream::Reader>::default()
    }
}

fn choices(reply: &mut Value) -> impl Iterator<Item = &mut Value> {
    reply.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten()
}

/// A message of an answer as Mistral sent it.
fn put_back(message: &mut Object) {
    let kept = message.get_mut("provider_specific_fields").and_then(|own| own.get_mut(KEPT)).map(Value::take);
    foreign::remove(message);
    if let Some(Value::Array(parts)) = kept {
        let said = message.get("content").and_then(Value::as_str).unwrap_or_default();
        if written(&parts) == said {
            message.insert("content".into(), Value::Array(parts));
        }
    }
}

fn messages(body: &mut Object) -> impl Iterator<Item = &mut Object> {
    let messages = body.get_mut("messages").and_then(Value::as_array_mut);
    messages.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Ids of calls, and of their results, as Mistral has them: nine letters or digits, all others are refused
/// (https://github.com/anomalyco/opencode/issues/1680). Another provider's becomes the same one each time.
fn rename_calls(message: &mut Object) {
    let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten();
    calls.filter_map(Value::as_object_mut).for_each(|call| rename(call, "id"));
    rename(message, "tool_call_id");
}

fn rename(of: &mut Object, name: &str) {
    if let Some(Value::String(id)) = of.get_mut(name)
        && !(id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        *id = nine(id);
    }
}

/// Nine letters or digits that tell an id from others.
fn nine(id: &str) -> String {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let hash = hasher.finish();
    let digit = |place| char::from_digit((hash / 36_u64.pow(place) % 36) as u32, 36);
    (0..9).filter_map(digit).collect()
}

/// Makes text and thoughts of a content that is a list; the list.
fn take_apart(says: &mut Object) -> Option<Vec<Value>> {
    let Some(Value::Array(parts)) = says.get_mut("content").filter(|content| content.is_array()).map(Value::take)
    else {
        return None;
    };
    says.insert("content".into(), written(&parts).into());
    let thoughts: Vec<String> = parts.iter().filter_map(thought).collect();
    if !thoughts.is_empty() {
        says.insert("reasoning_content".into(), thoughts.concat().into());
        let block = |thought: &String| json!({"type": "thinking", "thinking": thought});
        says.insert("thinking_blocks".into(), thoughts.iter().map(block).collect());
    }
    Some(parts)
}

fn written(parts: &[Value]) -> String {
    parts.iter().filter(|part| text(part, "type") == Some("text")).filter_map(|part| text(part, "text")).collect()
}

fn thought(part: &Value) -> Option<String> {
    let pieces = part.get("thinking")?.as_array()?;
    Some(pieces.iter().filter_map(|piece| text(piece, "text")).collect())
}

/// Whether a content in a reply or a chunk is a list.
fn has_parts(json: &[u8]) -> bool {
    const NAME: &[u8] = b"\"content\":";
    memmem::find_iter(json, NAME)
        .any(|at| json.get(at + NAME.len()..).is_some_and(|value| value.trim_ascii_start().starts_with(b"[")))
}
