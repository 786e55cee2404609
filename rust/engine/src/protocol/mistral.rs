//! Mistral's chat (https://docs.mistral.ai/api): OpenAI's, but for messages whose content is a list of parts.
//!
//! A model that thinks answers in parts, and thoughts are parts among them. Here the text is `content` and the thoughts are
//! `reasoning_content` and `thinking_blocks`; the parts themselves stand in the message's `provider_specific_fields`, and
//! sent back they go out as they came, unless the caller changed the text. What else OpenAI's messages carry is not sent,
//! because Mistral answers 422 to fields that it does not know
//! (https://github.com/charmbracelet/crush/issues/1590), and ids of calls that others made are made Mistral's.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use memchr::memmem;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Ask, EventReader, Object, Protocol, Route, chunk, foreign, text};
use crate::chunk::{self as openai, Meaning};
use crate::error::Result;
use crate::sse::Event;

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
        Box::<Reader>::default()
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

/// Reads a stream, keeping the parts of each choice for its last chunk.
#[derive(Default)]
struct Reader {
    parts: BTreeMap<u64, Vec<Value>>,
    /// The text of each choice that came before its first part.
    before: BTreeMap<u64, String>,
}

/// What a chunk says whose contents are texts.
#[derive(Deserialize)]
struct TextChunk {
    choices: Vec<TextChoice>,
}

#[derive(Deserialize)]
struct TextChoice {
    #[serde(default)]
    index: u64,
    delta: TextDelta,
}

#[derive(Deserialize)]
struct TextDelta {
    content: Option<String>,
}

impl EventReader for Reader {
    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        let meaning = openai::read(event.clone());
        let Meaning::Chunk { json, finished } = &meaning else {
            return Ok(vec![meaning]);
        };
        // Plain text, which most chunks are, passes as it came.
        if self.parts.is_empty() && !has_parts(json) {
            self.keep(json);
            return Ok(vec![meaning]);
        }
        let Ok(mut object) = serde_json::from_slice::<Value>(json) else {
            return Ok(vec![meaning]);
        };
        for choice in choices(&mut object) {
            self.take(choice);
        }
        Ok(vec![chunk(&object, *finished)?])
    }
}

impl Reader {
    /// Keeps the text of a chunk for parts that may follow.
    fn keep(&mut self, json: &[u8]) {
        let Ok(chunk) = serde_json::from_slice::<TextChunk>(json) else {
            return;
        };
        for TextChoice { index, delta } in chunk.choices {
            self.before.entry(index).or_default().push_str(delta.content.as_deref().unwrap_or_default());
        }
    }

    fn take(&mut self, choice: &mut Value) {
        let index = super::count(choice, "index");
        let finished = text(choice, "finish_reason").is_some_and(|reason| !reason.is_empty());
        let Some(delta) = choice.get_mut("delta").and_then(Value::as_object_mut) else {
            return;
        };
        if let Some(parts) = take_apart(delta) {
            let before = self.before.remove(&index);
            let so_far = self.parts.entry(index).or_default();
            so_far.extend(before.filter(|said| !said.is_empty()).map(|said| json!({"type": "text", "text": said})));
            parts.into_iter().for_each(|part| append(so_far, part));
        } else if let Some(so_far) = self.parts.get_mut(&index)
            && let Some(said) = delta.get("content").and_then(Value::as_str).filter(|said| !said.is_empty())
        {
            append(so_far, json!({"type": "text", "text": said}));
        } else if let Some(said) = delta.get("content").and_then(Value::as_str) {
            self.before.entry(index).or_default().push_str(said);
        }
        if finished && let Some(parts) = self.parts.remove(&index) {
            delta.insert("provider_specific_fields".into(), json!({ KEPT: parts }));
        }
    }
}

/// Whether a content in a reply or a chunk is a list.
fn has_parts(json: &[u8]) -> bool {
    const NAME: &[u8] = b"\"content\":";
    memmem::find_iter(json, NAME)
        .any(|at| json.get(at + NAME.len()..).is_some_and(|value| value.trim_ascii_start().starts_with(b"[")))
}

/// Adds a piece of a part: text to the text before it, thoughts to the thoughts.
fn append(parts: &mut Vec<Value>, piece: Value) {
    let goes_on = |last: &Value| {
        let kind = text(last, "type");
        let is_closed = text(last, "signature").is_some() || last.get("closed").is_some_and(|closed| *closed == true);
        kind == text(&piece, "type") && matches!(kind, Some("text" | "thinking")) && !is_closed
    };
    let last = parts.last_mut().filter(|last| goes_on(last)).and_then(Value::as_object_mut);
    let (Some(last), Value::Object(more)) = (last, &piece) else {
        parts.push(piece);
        return;
    };
    for (name, value) in more {
        match (last.get_mut(name), value) {
            (Some(Value::Array(pieces)), Value::Array(more)) => {
                more.iter().cloned().for_each(|piece| append(pieces, piece));
            }
            (Some(Value::String(said)), Value::String(more)) if name == "text" => said.push_str(more),
            _ => {
                last.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask() -> Ask {
        Ask { provider: "mistral".into(), model: "magistral-medium-latest".into(), ..Ask::default() }
    }

    fn parts() -> Value {
        json!([
            {"type": "thinking", "thinking": [{"type": "text", "text": "Two and"}, {"type": "text", "text": " two."}],
             "closed": true},
            {"type": "text", "text": "Fo"},
            {"type": "reference", "reference_ids": [1]},
            {"type": "text", "text": "ur"},
        ])
    }

    fn sent(message: Value) -> Value {
        let body = json!({"messages": [message]});
        let Value::Object(body) = body else { unreachable!() };
        Mistral.request(&ask(), body).unwrap()["messages"][0].clone()
    }

    #[test]
    fn parts_become_text_and_thoughts_and_go_back_as_they_came() {
        let reply = json!({"choices": [{"message": {"role": "assistant", "content": parts(), "tool_calls": null}}]});
        let message = Mistral.reply(&ask(), reply).unwrap()["choices"][0]["message"].clone();
        assert_eq!(message["content"], "Four");
        assert_eq!(message["reasoning_content"], "Two and two.");
        assert_eq!(message["thinking_blocks"], json!([{"type": "thinking", "thinking": "Two and two."}]));
        assert_eq!(sent(message.clone()), json!({"role": "assistant", "content": parts(), "tool_calls": null}));
        let mut changed = message;
        changed["content"] = "Five".into();
        assert_eq!(sent(changed), json!({"role": "assistant", "content": "Five", "tool_calls": null}));
    }

    #[test]
    fn ids_of_calls_are_nine_letters_or_digits() {
        let called = |id: &str| {
            let call = json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
            sent(json!({"role": "assistant", "content": "", "tool_calls": [call]}))["tool_calls"][0]["id"].clone()
        };
        let answered =
            |id: &str| sent(json!({"role": "tool", "tool_call_id": id, "content": "1"}))["tool_call_id"].clone();
        assert_eq!(called("wVug6SNgl"), "wVug6SNgl");
        let ids = ["call_PTLP8xhu3uwZk4l3nlnrrJha", "call_PTLP8xhu3uwZk4l3nlnrrJhb", "turn1_0", "wVug6SNg!", ""];
        for id in ids {
            let made = called(id);
            let made = made.as_str().unwrap();
            assert!(made.len() == 9 && made.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{made}");
            assert_eq!(answered(id), made);
        }
        assert_ne!(called(ids[0]), called(ids[1]));
    }

    #[test]
    fn what_other_providers_answered_is_sent_without_what_mistral_refuses() {
        let message = json!({
            "role": "assistant", "content": "Hi", "reasoning_content": "Hm", "prefix": true,
            "provider_specific_fields": {"content": [{"type": "text", "text": "Hi"}]},
            "tool_calls": [{"id": "wVug6SNgl", "provider_specific_fields": {"x": 1}}],
        });
        let plain = json!({"role": "assistant", "content": "Hi", "prefix": true, "tool_calls": [{"id": "wVug6SNgl"}]});
        assert_eq!(sent(message), plain);
    }

    fn read(reader: &mut Reader, data: &Value) -> Value {
        let event = Event { name: None, data: serde_json::to_vec(data).unwrap().into() };
        let mut meanings = reader.read(&event).unwrap();
        let Some(Meaning::Chunk { json, .. }) = meanings.pop() else { unreachable!() };
        serde_json::from_slice::<Value>(&json).unwrap()["choices"][0]["delta"].clone()
    }

    #[test]
    fn a_streamed_answer_keeps_its_parts_for_the_last_chunk() {
        let mut reader = Reader::default();
        let mut told = |delta: Value, reason: Value| {
            read(&mut reader, &json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
        };
        assert_eq!(told(json!({"role": "assistant", "content": ""}), Value::Null)["content"], "");
        let thinking = |thought: &str| json!({"type": "thinking", "thinking": [{"type": "text", "text": thought}]});
        let delta = told(json!({"content": [thinking("Two")]}), Value::Null);
        assert_eq!((&delta["content"], &delta["reasoning_content"]), (&json!(""), &json!("Two")));
        let mut closing = thinking(" two.");
        closing["closed"] = true.into();
        let delta = told(json!({"content": [closing, {"type": "text", "text": "Fo"}]}), Value::Null);
        assert_eq!((&delta["content"], &delta["reasoning_content"]), (&json!("Fo"), &json!(" two.")));
        let delta = told(json!({"content": "ur"}), "stop".into());
        let mut whole = thinking("Two two.");
        whole["closed"] = true.into();
        let kept = json!([whole, {"type": "text", "text": "Four"}]);
        assert_eq!(delta, json!({"content": "ur", "provider_specific_fields": {KEPT: kept}}));
    }
}
