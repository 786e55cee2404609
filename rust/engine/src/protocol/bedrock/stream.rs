//! The events of ConverseStream as chunks
//! (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::block::Block;
use super::content::KEPT;
use super::reply::{Ended, call, is_of_server, must_keep, usage};
use super::{JSON_TOOL, failure, invalid, made_id, model};
use crate::chunk::Meaning;
use crate::error::Result;
use crate::protocol::chunks::{Opening, Text};
use crate::protocol::{Ask, EventReader, Object, chunk, extend, now, text};
use crate::sse::Event;

/// Reads one streamed answer. The blocks are put together beside the chunks, for what OpenAI's shape cannot say; the chunk
/// that says why it ended waits for `metadata`, which counts the tokens and comes after.
pub struct Reader {
    /// `id`, `object`, `created`, `model` of every chunk.
    head: Object,
    /// The same, as most chunks begin.
    opening: Option<Opening>,
    blocks: BTreeMap<u64, Block>,
    calls: u64,
    ended: Ended,
    /// What was said at the end, once it was.
    last: Option<Object>,
}

impl Reader {
    /// Of an answer to `ask`.
    pub fn new(ask: &Ask) -> Self {
        let mut head = Object::new();
        for (name, value) in [
            ("id", made_id().into()),
            ("object", "chat.completion.chunk".into()),
            ("created", now().into()),
            ("model", model::id(&ask.model).into()),
        ] {
            head.insert(name.into(), value);
        }
        Self { head, opening: None, blocks: BTreeMap::new(), calls: 0, ended: Ended::default(), last: None }
    }
}

/// The event that most are.
#[derive(Deserialize)]
struct TextEvent<'a> {
    #[serde(rename = "contentBlockIndex", default)]
    index: u64,
    #[serde(borrow)]
    delta: TextDelta<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextDelta<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

impl EventReader for Reader {
    fn text(&mut self, event: &Event) -> Option<Result<Meaning>> {
        let opening = self.opening.as_ref().filter(|_| event.name.as_deref() == Some("contentBlockDelta"))?;
        let event: TextEvent<'_> = serde_json::from_slice(&event.data).ok()?;
        extend(&mut self.blocks.entry(event.index).or_default().value, "text", &event.delta.text);
        Some(opening.chunk(0, &Text::Said(&event.delta.text)))
    }

    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        if let Some(failure) = failure(event) {
            return Ok(vec![failure]);
        }
        let Some(name) = event.name.as_deref() else {
            return Ok(Vec::new());
        };
        let told: Value = serde_json::from_slice(&event.data)
            .map_err(|error| invalid(&format!("an event of the stream is not JSON: {error}")))?;
        let delta = match name {
            "messageStart" => Some(json!({"role": text(&told, "role"), "content": ""})),
            "contentBlockStart" => self.open(&told),
            "contentBlockDelta" => self.add(&told),
            "contentBlockStop" => self.close(&told),
            "messageStop" => {
                self.last.get_or_insert_default().extend(members(told));
                None
            }
            "metadata" => {
                self.last.get_or_insert_default().extend(members(told));
                let has_ended = self.last.as_ref().is_some_and(|last| last.contains_key("stopReason"));
                let mut said = self.end()?;
                said.extend(has_ended.then_some(Meaning::Done));
                return Ok(said);
            }
            // Events that are yet to come.
            _ => None,
        };
        delta.map(|delta| self.chunk(&delta)).transpose().map(|said| said.into_iter().collect())
    }

    /// The last chunk: why it ended, what it cost, and the blocks where they say more than the chunks did.
    fn end(&mut self) -> Result<Vec<Meaning>> {
        let Some(mut told) = self.last.take_if(|last| last.contains_key("stopReason")) else {
            return Ok(Vec::new());
        };
        let blocks = std::mem::take(&mut self.blocks).into_values().map(Block::into_value).collect::<Vec<_>>();
        let delta = if must_keep(&blocks) { json!({"provider_specific_fields": {KEPT: blocks}}) } else { json!({}) };
        let mut choice = Object::new();
        choice.insert("index".into(), 0.into());
        choice.insert("delta".into(), delta);
        choice.extend(self.ended.finish(told.shift_remove("stopReason").unwrap_or_default()));
        let usage = usage(told.shift_remove("usage").as_ref());
        let mut last = self.head.clone();
        last.insert("choices".into(), json!([choice]));
        if !usage.is_null() {
            last.insert("usage".into(), usage);
        }
        last.extend(told);
        chunk(&Value::Object(last), true).map(|last| vec![last])
    }
}

impl Reader {
    fn chunk(&mut self, delta: &Value) -> Result<Meaning> {
        let opening = match &mut self.opening {
            Some(opening) => opening,
            none => none.insert(Opening::new(&self.head)?),
        };
        opening.chunk(0, delta)
    }

    fn open(&mut self, told: &Value) -> Option<Value> {
        let value = told.get("start").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut opened = Block { value, ..Block::default() };
        let made = opened.value.get("toolUse").filter(|made| !is_of_server(made)).cloned();
        let delta = made.and_then(|made| {
            if text(&made, "name") == Some(JSON_TOOL) {
                (opened.is_answer, self.ended.is_answered_by_tool) = (true, true);
                return None;
            }
            let mut call = call(&made, "");
            if let Some(call) = call.as_object_mut() {
                call.insert("index".into(), self.calls.into());
            }
            opened.call = Some(self.calls);
            self.calls += 1;
            self.ended.has_calls = true;
            Some(json!({"tool_calls": [call]}))
        });
        self.blocks.insert(index(told), opened);
        delta
    }

    /// A piece of a block; blocks of text and thoughts begin with their first.
    fn add(&mut self, told: &Value) -> Option<Value> {
        let delta = told.get("delta").unwrap_or(&Value::Null);
        let block = self.blocks.entry(index(told)).or_default();
        if let Some(more) = text(delta, "text") {
            extend(&mut block.value, "text", more);
            return Some(json!({ "content": more }));
        }
        if let Some(piece) = delta.get("toolUse") {
            let more = text(piece, "input").unwrap_or_default();
            block.call_with(piece, more);
            return match block.call {
                _ if more.is_empty() => None,
                Some(call) => Some(json!({"tool_calls": [{"index": call, "function": {"arguments": more}}]})),
                None => block.is_answer.then(|| json!({ "content": more })),
            };
        }
        if let Some(piece) = delta.get("reasoningContent") {
            return block.think(piece);
        }
        match delta.get("citation") {
            Some(citation) => block.citations.push(citation.clone()),
            None => block.add(delta),
        }
        None
    }

    /// A block is whole: only now is known that a call has no arguments, and all of a thought that is not shown.
    fn close(&mut self, told: &Value) -> Option<Value> {
        let block = self.blocks.get(&index(told)).filter(|block| block.input.is_empty())?;
        if let Some(data) = block.redacted() {
            return Some(json!({"thinking_blocks": [{"type": "redacted_thinking", "data": data}]}));
        }
        block.call.map(|call| json!({"tool_calls": [{"index": call, "function": {"arguments": "{}"}}]}))
    }
}

/// What an event says; the padding hides how long it is.
fn members(told: Value) -> Object {
    let mut told = match told {
        Value::Object(told) => told,
        _ => Object::new(),
    };
    told.retain(|name, value| name != "p" && !value.is_null());
    told
}

fn index(told: &Value) -> u64 {
    told.get("contentBlockIndex").and_then(Value::as_u64).unwrap_or(0)
}
