//! The events of a streamed message as chunks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::{Value, json};

use super::JSON_TOOL;
use super::block::{Block, begun_thinking, with_others};
use super::content::KEPT;
use super::reply::{annotation, call, finish, must_keep, reply, usage};
use crate::chunk::{self, Meaning};
use crate::error::{Error, Kind, Result};
use crate::protocol::chunks::{Opening, Text};
use crate::protocol::{EventReader, Object, chunk, extend, now, text};
use crate::sse::Event;

/// Reads one streamed message. The blocks are put together beside the chunks, for what OpenAI's shape cannot say.
#[derive(Default)]
pub struct Reader {
    /// `id`, `object`, `created`, `model` of every chunk.
    head: Object,
    /// The same, as most chunks begin.
    opening: Option<Opening>,
    /// What is known of usage; each event that tells of it tells the whole so far.
    usage: Object,
    blocks: BTreeMap<u64, Block>,
    calls: u64,
    characters: usize,
}

impl EventReader for Reader {
    fn text(&mut self, event: &Event) -> Option<Result<Meaning>> {
        let opening = self.opening.as_ref()?;
        TEXT_DELTA.find(&event.data)?;
        let event: TextEvent<'_> = serde_json::from_slice(&event.data).ok()?;
        if event.r#type != "content_block_delta" || event.delta.r#type != "text_delta" {
            return None;
        }
        let said = &*event.delta.text;
        extend(&mut self.blocks.get_mut(&event.index)?.value, "text", said);
        self.characters += said.chars().count();
        Some(opening.chunk(0, &Text::Said(said)))
    }

    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        if event.data.trim_ascii().is_empty() {
            return Ok(Vec::new());
        }
        let value: Value = match serde_json::from_slice(&event.data) {
            Ok(value) => value,
            Err(_) if event.name.as_deref() == Some("error") => {
                return Ok(vec![chunk::failure(&String::from_utf8_lossy(&event.data).into(), event.data.clone())]);
            }
            Err(error) => return Err(invalid(&format!("is not JSON: {error}"))),
        };
        let delta = match text(&value, "type").or(event.name.as_deref()) {
            Some("error") => return Ok(vec![chunk::failure(&value, event.data.clone())]),
            Some("message_stop") => return Ok(vec![Meaning::Done]),
            // The whole message as one event (Vertex AI, exchange 543a45bad96ec849).
            Some("message") => return whole(value),
            Some("message_start") => return self.start(&value).map(|first| vec![first]),
            Some("content_block_start") => self.open(&value)?,
            Some("content_block_delta") => self.add(&value)?,
            Some("content_block_stop") => self.close(&value),
            Some("message_delta") => return self.finish(value),
            // Ping, and events that are yet to come.
            _ => None,
        };
        delta.map(|delta| self.chunk(&delta)).transpose().map(|meaning| meaning.into_iter().collect())
    }
}

static TEXT_DELTA: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"text_delta\""));

/// The event that most are.
#[derive(Deserialize)]
struct TextEvent<'a> {
    r#type: &'a str,
    index: u64,
    #[serde(borrow)]
    delta: TextDelta<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextDelta<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

impl Reader {
    /// The first chunk; what the message says besides (a gateway its provider) is said once.
    fn start(&mut self, event: &Value) -> Result<Meaning> {
        let message = event.get("message").unwrap_or(&Value::Null);
        for (name, value) in [
            ("id", message.get("id").cloned().unwrap_or_default()),
            ("object", "chat.completion.chunk".into()),
            ("created", now().into()),
            ("model", message.get("model").cloned().unwrap_or_default()),
        ] {
            self.head.insert(name.into(), value);
        }
        self.opening = Some(Opening::new(&self.head)?);
        self.count(message);
        let mut first = self.head.clone();
        let delta = json!({"role": "assistant", "content": ""});
        first.insert("choices".into(), json!([{"index": 0, "delta": delta, "finish_reason": null}]));
        for (name, value) in message.as_object().into_iter().flatten() {
            let is_elsewhere =
                matches!(name.as_str(), "type" | "role" | "content" | "usage" | "stop_reason" | "stop_sequence");
            if !is_elsewhere && !value.is_null() && !first.contains_key(name) {
                first.insert(name.clone(), value.clone());
            }
        }
        chunk(&Value::Object(first), false)
    }

    fn count(&mut self, from: &Value) {
        let counts = from.get("usage").and_then(Value::as_object).into_iter().flatten();
        self.usage
            .extend(counts.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())));
    }

    fn open(&mut self, event: &Value) -> Result<Option<Value>> {
        let value = event.get("content_block").and_then(Value::as_object).cloned().unwrap_or_default();
        let block = Value::Object(value.clone());
        let mut opened = Block { value, start: self.characters, ..Block::default() };
        let delta = match text(&block, "type") {
            Some("tool_use") if text(&block, "name") != Some(JSON_TOOL) => {
                opened.call = Some(self.calls);
                self.calls += 1;
                let mut call = call(&block, "");
                if let Some(call) = call.as_object_mut() {
                    call.insert("index".into(), opened.call.into());
                }
                Some(json!({"tool_calls": [call]}))
            }
            Some("redacted_thinking") => Some(json!({"thinking_blocks": [block]})),
            Some("thinking") => begun_thinking(&block),
            Some("fallback") => {
                self.answered_by(block.pointer("/to/model"))?;
                None
            }
            Some("text") => text(&block, "text").filter(|said| !said.is_empty()).map(|said| {
                self.characters += said.chars().count();
                json!({"content": said})
            }),
            _ => None,
        };
        self.blocks.insert(index(event), opened);
        Ok(delta)
    }

    /// Another model goes on: a whole message names the last.
    fn answered_by(&mut self, model: Option<&Value>) -> Result<()> {
        if let Some(model) = model.filter(|model| model.is_string()) {
            self.head.insert("model".into(), model.clone());
            self.opening = Some(Opening::new(&self.head)?);
        }
        Ok(())
    }

    fn add(&mut self, event: &Value) -> Result<Option<Value>> {
        let delta = event.get("delta").unwrap_or(&Value::Null);
        let block = self.blocks.get_mut(&index(event)).ok_or_else(|| invalid("adds to a block that has not begun"))?;
        let said = |name: &str| text(delta, name).unwrap_or_default();
        let told = match text(delta, "type") {
            Some("text_delta") => {
                extend(&mut block.value, "text", said("text"));
                self.characters += said("text").chars().count();
                Some(json!({"content": said("text")}))
            }
            Some("input_json_delta") => {
                let more = said("partial_json");
                block.input.push_str(more);
                match block.call {
                    Some(call) if !more.is_empty() => {
                        Some(json!({"tool_calls": [{"index": call, "function": {"arguments": more}}]}))
                    }
                    None if block.value.get("name").is_some_and(|name| name == JSON_TOOL) => {
                        Some(json!({"content": more}))
                    }
                    _ => None,
                }
            }
            Some("thinking_delta") => {
                let more = said("thinking");
                extend(&mut block.value, "thinking", more);
                let part = json!({"type": "thinking", "thinking": more});
                Some(json!({"reasoning_content": more, "thinking_blocks": [part]}))
            }
            Some("signature_delta") => {
                extend(&mut block.value, "signature", said("signature"));
                let part = json!({"type": "thinking", "thinking": "", "signature": said("signature")});
                Some(json!({"thinking_blocks": [part]}))
            }
            Some("citations_delta") => {
                block.cite(delta.get("citation").cloned().unwrap_or_default());
                None
            }
            _ => {
                block.add(delta);
                return Ok(None);
            }
        };
        Ok(with_others(told, delta))
    }

    /// A block is whole: only now is known that no arguments followed those that it began with (none, as a rule), and how
    /// far the text goes that a citation is of.
    fn close(&mut self, event: &Value) -> Option<Value> {
        let block = self.blocks.get(&index(event))?;
        if let Some(call) = block.call.filter(|_| block.input.is_empty()) {
            let input = block.value.get("input").filter(|input| !input.is_null());
            let arguments = input.map_or_else(|| "{}".to_owned(), Value::to_string);
            return Some(json!({"tool_calls": [{"index": call, "function": {"arguments": arguments}}]}));
        }
        let citations = block.value.get("citations").and_then(Value::as_array)?;
        let found = citations.iter().filter_map(|citation| annotation(citation, block.start, self.characters));
        let found: Vec<Value> = found.collect();
        (!found.is_empty()).then(|| json!({"annotations": found}))
    }

    /// The last chunk: why it ended, what it cost, and the blocks where they say more than the chunks did.
    fn finish(&mut self, mut event: Value) -> Result<Vec<Meaning>> {
        self.count(&event);
        let Some(event) = event.as_object_mut() else {
            return Ok(Vec::new());
        };
        let mut ended = match event.shift_remove("delta") {
            Some(Value::Object(delta)) => delta,
            _ => Object::new(),
        };
        if ended.get("stop_reason").is_none_or(Value::is_null) {
            return Ok(Vec::new());
        }
        let answered_by_tool =
            self.blocks.values().any(|block| block.value.get("name").is_some_and(|n| n == JSON_TOOL));
        let mut choice = Object::new();
        choice.insert("index".into(), 0.into());
        let blocks = std::mem::take(&mut self.blocks).into_values().map(Block::into_value).collect::<Vec<_>>();
        let delta = if must_keep(&blocks) { json!({"provider_specific_fields": {KEPT: blocks}}) } else { json!({}) };
        choice.insert("delta".into(), delta);
        choice.extend(finish(&mut ended, answered_by_tool));
        let mut last = self.head.clone();
        last.insert("choices".into(), json!([choice]));
        last.insert("usage".into(), usage(Some(&Value::Object(self.usage.clone()))));
        let others = ended.into_iter().chain(std::mem::take(event));
        last.extend(others.filter(|(name, value)| !value.is_null() && name != "type" && name != "usage"));
        chunk(&Value::Object(last), true).map(|meaning| vec![meaning])
    }

    fn chunk(&self, delta: &Value) -> Result<Meaning> {
        match &self.opening {
            Some(opening) => opening.chunk(0, delta),
            // A block that begins before the message does.
            None => chunk(&json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]}), false),
        }
    }
}

fn whole(message: Value) -> Result<Vec<Meaning>> {
    let reply = reply(message)?;
    let json = chunk::whole_reply_as_chunk(reply.to_string().as_bytes())?;
    Ok(vec![Meaning::Chunk { json, finished: true }, Meaning::Done])
}

fn index(event: &Value) -> u64 {
    event.get("index").and_then(Value::as_u64).unwrap_or(0)
}

fn invalid(why: &str) -> Error {
    Error::new(Kind::ResponseValidation, format!("An event of the stream {why}"))
}
