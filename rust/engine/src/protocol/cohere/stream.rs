//! The events of a streamed reply as chunks (https://docs.cohere.com/v2/docs/streaming).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{failure, finish, head, is_said, kept, logprobs};
use super::{invalid, usage};
use crate::chunk::{self, Meaning};
use crate::classify;
use crate::error::Result;
use crate::protocol::chunks::{Opening, Text};
use crate::protocol::{self, Ask, EventReader, Object, text};
use crate::sse::Event;

/// Reads one stream. The blocks are put together beside the chunks, for what OpenAI's shape cannot say.
pub struct Reader {
    ask: Ask,
    /// `id`, `object`, `created`, `model` of every chunk.
    head: Option<Object>,
    /// The same, as most chunks begin.
    opening: Option<Opening>,
    blocks: BTreeMap<u64, Object>,
    /// Calls whose arguments have begun.
    told: BTreeSet<u64>,
}

impl Reader {
    /// A reader of the answer to `ask`.
    pub fn new(ask: &Ask) -> Self {
        Self { ask: ask.clone(), head: None, opening: None, blocks: BTreeMap::new(), told: BTreeSet::new() }
    }
}

/// The event that most are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextEvent<'a> {
    r#type: &'a str,
    index: u64,
    #[serde(borrow)]
    delta: Delta<'a>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    message: Message<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Piece<'a>,
}

/// One of the two.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Piece<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
    #[serde(borrow)]
    Thinking(Cow<'a, str>),
}

impl EventReader for Reader {
    fn text(&mut self, event: &Event) -> Option<Result<Meaning>> {
        let opening = self.opening.as_ref()?;
        let event: TextEvent<'_> = serde_json::from_slice(&event.data).ok()?;
        let (name, said) = match &event.delta.message.content {
            Piece::Text(more) => ("text", Text::Said(more)),
            Piece::Thinking(more) => ("thinking", Text::Thought(more)),
        };
        let (Text::Said(more) | Text::Thought(more)) = said;
        if event.r#type != "content-delta" || more.is_empty() {
            return None;
        }
        match self.blocks.get_mut(&event.index)?.get_mut(name) {
            Some(Value::String(before)) => before.push_str(more),
            _ => return None,
        }
        Some(opening.chunk(0, &said))
    }

    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        match event.data.trim_ascii() {
            b"" => return Ok(Vec::new()),
            b"[DONE]" => return Ok(vec![Meaning::Done]),
            _ => {}
        }
        let value: Value = serde_json::from_slice(&event.data).map_err(|error| invalid(&error.to_string()))?;
        let kind = text(&value, "type").or(event.name.as_deref());
        if classify::is_failure(&value) || (kind.is_none() && value.get("message").is_some()) {
            return Ok(vec![chunk::failure(&value, event.data.clone())]);
        }
        let index = value.get("index").and_then(Value::as_u64).unwrap_or(0);
        let said = value.pointer("/delta/message").unwrap_or(&Value::Null);
        let delta = match kind {
            Some("message-start") => Some(self.start(&value, said)),
            Some("content-start") => self.open(index, said),
            Some("content-delta") => self.add(index, said),
            Some("tool-plan-delta") => own("tool_plan", said.get("tool_plan")),
            Some("tool-call-start") => Some(json!({"tool_calls": [self.call(index, said)]})),
            Some("tool-call-delta") => {
                let more = said.pointer("/tool_calls/function/arguments").and_then(Value::as_str).unwrap_or_default();
                (!more.is_empty()).then(|| self.arguments(index, more))
            }
            // A call without arguments has empty ones.
            Some("tool-call-end") if !self.told.contains(&index) => Some(self.arguments(index, "{}")),
            Some("citation-start") => cited(said),
            Some("message-end") => return self.finish(value, event),
            Some("debug") => own("prompt", value.get("prompt")),
            // The ends of blocks and citations, and events that are yet to come.
            _ => None,
        };
        let logprobs =
            value.get("logprobs").filter(|item| item.is_object()).map(|item| logprobs(std::slice::from_ref(item)));
        if delta.is_none() && logprobs.is_none() {
            return Ok(Vec::new());
        }
        let mut choice = Object::new();
        choice.insert("index".into(), 0.into());
        choice.insert("delta".into(), delta.unwrap_or_else(|| json!({})));
        choice.extend(logprobs.map(|logprobs| ("logprobs".to_owned(), logprobs)));
        choice.insert("finish_reason".into(), Value::Null);
        let mut made = self.head(None);
        if self.opening.is_none() {
            self.opening = Some(Opening::new(&made)?);
        }
        made.insert("choices".into(), json!([choice]));
        Ok(vec![protocol::chunk(&Value::Object(made), false)?])
    }
}

/// A delta of what stands in `provider_specific_fields`.
fn own(name: &str, value: Option<&Value>) -> Option<Value> {
    value.filter(|value| is_said(value)).map(|value| json!({"provider_specific_fields": {name: value}}))
}

/// One citation in the API, a list of them in its SDK's older shape.
fn cited(said: &Value) -> Option<Value> {
    match said.get("citations") {
        Some(one @ Value::Object(_)) => own("citations", Some(&json!([one]))),
        many => own("citations", many),
    }
}

impl Reader {
    fn head(&mut self, id: Option<Value>) -> Object {
        let ask = &self.ask;
        self.head.get_or_insert_with(|| head(ask, id, "chat.completion.chunk")).clone()
    }

    fn start(&mut self, event: &Value, said: &Value) -> Value {
        self.head(event.get("id").cloned());
        let members = said.as_object().into_iter().flatten();
        let own: Object = members
            .filter(|(name, value)| !matches!(name.as_str(), "role" | "content" | "tool_calls") && is_said(value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut delta = json!({"role": "assistant", "content": ""});
        if let Some(delta) = delta.as_object_mut().filter(|_| !own.is_empty()) {
            delta.insert("provider_specific_fields".into(), own.into());
        }
        delta
    }

    fn open(&mut self, index: u64, said: &Value) -> Option<Value> {
        let block = said.get("content").and_then(Value::as_object).cloned().unwrap_or_default();
        let delta = delta_of(&block);
        self.blocks.insert(index, block);
        delta
    }

    fn add(&mut self, index: u64, said: &Value) -> Option<Value> {
        let more = said.get("content").and_then(Value::as_object)?;
        let block = self.blocks.entry(index).or_default();
        for (name, value) in more {
            match (block.get_mut(name), value.as_str()) {
                (Some(Value::String(before)), Some(more)) if name != "type" => before.push_str(more),
                _ => drop(block.insert(name.clone(), value.clone())),
            }
        }
        delta_of(more)
    }

    fn call(&mut self, index: u64, said: &Value) -> Value {
        let mut call = said.get("tool_calls").and_then(Value::as_object).cloned().unwrap_or_default();
        call.insert("index".into(), index.into());
        if call.get("function").and_then(|f| text(f, "arguments")).is_some_and(|json| !json.is_empty()) {
            self.told.insert(index);
        }
        call.into()
    }

    fn arguments(&mut self, index: u64, more: &str) -> Value {
        self.told.insert(index);
        json!({"tool_calls": [{"index": index, "function": {"arguments": more}}]})
    }

    /// The last chunk: why it ended, what it cost, and the blocks where they say more than the chunks did.
    fn finish(&mut self, mut value: Value, event: &Event) -> Result<Vec<Meaning>> {
        let mut ended = match value.get_mut("delta").map(Value::take) {
            Some(Value::Object(ended)) => ended,
            _ => return Err(invalid("its end says nothing")),
        };
        if let Some(mut error) = failure(&ended) {
            error.details_mut().body = event.data.clone();
            return Ok(vec![Meaning::Failure(Box::new(error))]);
        }
        let blocks = std::mem::take(&mut self.blocks).into_values().map(fixed).collect();
        let own: Object = kept(blocks).into_iter().collect();
        let delta = if own.is_empty() { json!({}) } else { json!({ "provider_specific_fields": own }) };
        let mut choice = Object::new();
        choice.insert("index".into(), 0.into());
        choice.insert("delta".into(), delta);
        choice.extend(finish(&mut ended));
        let mut made = self.head(value.get("id").cloned());
        made.insert("choices".into(), json!([choice]));
        if let Some(counts) = ended.shift_remove("usage").filter(Value::is_object) {
            made.insert("usage".into(), usage::usage(&counts));
        }
        made.extend(ended.into_iter().filter(|(_, value)| !value.is_null()));
        Ok(vec![protocol::chunk(&Value::Object(made), true)?])
    }
}

/// What a piece of a block says in a delta.
fn delta_of(block: &Object) -> Option<Value> {
    let said = [("text", "content"), ("thinking", "reasoning_content")].into_iter().filter_map(|(theirs, ours)| {
        let more = block.get(theirs)?.as_str().filter(|more| !more.is_empty())?;
        Some((ours.to_owned(), more.into()))
    });
    let delta: Object = said.collect();
    (!delta.is_empty()).then_some(delta.into())
}

/// A block that began without saying what it is.
fn fixed(mut block: Object) -> Value {
    if !block.contains_key("type") {
        let kind = if block.contains_key("thinking") { "thinking" } else { "text" };
        block.insert("type".into(), kind.into());
    }
    block.into()
}
