//! A streamed reply: every event is a reply of its own, holding what is new.
//!
//! The reasons to end come in one chunk at the end of the body, because a candidate may go on after its reason
//! (recorded: exchange 10ef42c145db6f1d). With them come the counts, which every event repeats, and what a message must
//! keep of its parts (see `parts`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::partial::Joiner;
use super::reply::{candidates, finish_reason, head, index, left, own_fields, take_ending, take_parts};
use super::{citations, invalid, parts, usage};
use crate::chunk::{self, Meaning};
use crate::classify;
use crate::error::Result;
use crate::protocol::chunks::{Opening, Text};
use crate::protocol::{self, Ask, EventReader, Object};
use crate::sse::Event;

/// Reads one stream.
pub struct Reader {
    ask: Ask,
    /// Id, time and model of the first event, which later ones need not repeat.
    head: Option<Object>,
    /// The same, as most chunks begin.
    opening: Option<Opening>,
    choices: BTreeMap<u64, Choice>,
    counts: Option<Value>,
    /// Counts that came later, and are read at the end.
    unread_counts: Option<Bytes>,
    /// What events without a choice said of the whole.
    beside: Object,
}

impl Reader {
    /// A reader of the answer to `ask`.
    pub fn new(ask: &Ask) -> Self {
        Self {
            ask: ask.clone(),
            head: None,
            opening: None,
            choices: BTreeMap::new(),
            counts: None,
            unread_counts: None,
            beside: Object::new(),
        }
    }
}

impl EventReader for Reader {
    fn text(&mut self, event: &Event) -> Option<Result<Meaning>> {
        let opening = self.opening.as_ref()?;
        let told: TextEvent<'_> = serde_json::from_slice(&event.data).ok()?;
        let [TextCandidate { content: TextContent { parts: [part] }, index }] = &told.candidates;
        let choice = self.choices.get_mut(index)?;
        if part.text.is_empty() || !choice.begun || choice.joiner.is_open() {
            return None;
        }
        choice.said.push_str(&part.text);
        parts::join_text(&mut choice.parts, &part.text);
        if let Some(counts) = told.usage_metadata.map(RawValue::get).filter(|counts| counts.starts_with('{')) {
            self.unread_counts = Some(event.data.slice_ref(counts.as_bytes()));
        }
        Some(opening.chunk(*index, &Text::Said(&part.text)))
    }

    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        if event.data.trim_ascii().is_empty() {
            return Ok(Vec::new());
        }
        let reply: Value = serde_json::from_slice(&event.data).map_err(|error| invalid(&error.to_string()))?;
        if classify::is_failure(&reply) {
            return Ok(vec![chunk::failure(&reply, event.data.clone())]);
        }
        let Value::Object(mut reply) = reply else {
            return Err(invalid("an event is no object"));
        };
        let choices: Vec<Value> = candidates(&mut reply)
            .into_iter()
            .filter_map(|new| self.choices.entry(index(&new)).or_default().add(new))
            .collect();
        if let Some(counts) = reply.get_mut("usageMetadata").filter(|counts| counts.is_object()) {
            self.counts = Some(counts.take());
            self.unread_counts = None;
        }
        let first = self.head.get_or_insert_with(|| head(&self.ask, &reply, "chat.completion.chunk"));
        if self.opening.is_none() {
            self.opening = Some(Opening::new(first)?);
        }
        let beside = left(reply);
        if choices.is_empty() {
            self.beside.extend(beside);
            return Ok(Vec::new());
        }
        let mut made = first.clone();
        made.extend(beside);
        made.insert("choices".into(), Value::Array(choices));
        Ok(vec![protocol::chunk(&Value::Object(made), false)?])
    }

    fn end(&mut self) -> Result<Vec<Meaning>> {
        let ended: Vec<Value> =
            std::mem::take(&mut self.choices).into_iter().filter_map(|(index, choice)| choice.end(index)).collect();
        let Some(head) = self.head.take().filter(|_| !ended.is_empty()) else {
            return Ok(Vec::new());
        };
        let mut made = head;
        made.insert("choices".into(), Value::Array(ended));
        made.extend(std::mem::take(&mut self.beside));
        let unread = self.unread_counts.take().and_then(|counts| serde_json::from_slice(&counts).ok());
        made.extend(unread.or(self.counts.take()).map(|counts| ("usage".to_owned(), usage::usage(&counts))));
        Ok(vec![protocol::chunk(&Value::Object(made), true)?])
    }
}

/// The event that most are: a piece of text, and what every event repeats.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TextEvent<'a> {
    #[serde(borrow)]
    candidates: [TextCandidate<'a>; 1],
    #[serde(borrow)]
    usage_metadata: Option<&'a RawValue>,
    #[serde(rename = "createTime")]
    _create_time: Option<IgnoredAny>,
    #[serde(rename = "modelVersion")]
    _model_version: Option<IgnoredAny>,
    #[serde(rename = "responseId")]
    _response_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextCandidate<'a> {
    #[serde(borrow)]
    content: TextContent<'a>,
    #[serde(default)]
    index: u64,
}

#[derive(Deserialize)]
struct TextContent<'a> {
    #[serde(borrow)]
    parts: [TextPart<'a>; 1],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextPart<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

/// A candidate so far.
#[derive(Default)]
struct Choice {
    joiner: Joiner,
    parts: Vec<Value>,
    begun: bool,
    calls: usize,
    images: usize,
    /// The text, whose places sources name.
    said: String,
    annotations: Vec<Value>,
    /// Every event has its own (recorded: exchange 10ef42c145db6f1d), and of a field the last counts.
    citations: Vec<Value>,
    /// The last that was said of the reason to end.
    ending: Option<Object>,
}

impl Choice {
    /// The choice of a chunk; `None` where nothing new is said.
    fn add(&mut self, mut candidate: Object) -> Option<Value> {
        let mut new = Vec::new();
        for part in take_parts(&mut candidate) {
            new.extend(self.joiner.add(part));
        }
        let mut delta = self.delta(new);
        let mut annotations = citations::annotations(&candidate, &self.said);
        annotations.retain(|annotation| !self.annotations.contains(annotation));
        if !annotations.is_empty() {
            self.annotations.extend_from_slice(&annotations);
            delta.insert("annotations".into(), Value::Array(annotations));
        }
        if let Some(Value::Object(metadata)) = candidate.get_mut("citationMetadata")
            && let Some(Value::Array(citations)) = metadata.get_mut("citations")
        {
            self.citations.append(citations);
            citations.clone_from(&self.citations);
        }
        let logprobs = citations::logprobs(&candidate);
        let index = index(&candidate);
        if candidate.get("finishReason").is_some_and(|reason| !reason.is_null()) {
            self.ending = Some(take_ending(&mut candidate));
        }
        let own = own_fields(&candidate, None);
        if delta.is_empty() && own.is_empty() && logprobs.is_none() {
            return None;
        }
        if !std::mem::replace(&mut self.begun, true) {
            delta.insert("role".into(), "assistant".into());
        }
        Some(choice(index, delta, None, logprobs, own))
    }

    /// The choice of the last chunk; `None` where no reason to end was given.
    fn end(mut self, index: u64) -> Option<Value> {
        let ending = self.ending.take()?;
        let open = self.joiner.close();
        let mut delta = self.delta(open.into_iter().collect());
        if !self.begun {
            delta.insert("role".into(), "assistant".into());
        }
        let finish = finish_reason(&ending, self.calls > 0);
        let mut whole = parts::message(&self.parts);
        parts::keep(&mut whole, self.parts);
        delta.extend(whole.shift_remove(OWN).map(|own| (OWN.to_owned(), own)));
        Some(choice(index, delta, finish, None, own_fields(&ending, finish)))
    }

    /// What new parts say.
    fn delta(&mut self, new: Vec<Value>) -> Object {
        let mut delta = parts::message(&new);
        new.into_iter().for_each(|part| parts::join(&mut self.parts, part));
        delta.shift_remove("role");
        match delta.get("content") {
            Some(Value::String(said)) if !said.is_empty() => self.said.push_str(said),
            _ => drop(delta.shift_remove("content")),
        }
        number(&mut delta, "tool_calls", &mut self.calls);
        number(&mut delta, "images", &mut self.images);
        // Signatures are told at the end, when all are known: of this field the last counts.
        if let Some(Value::Object(own)) = delta.get_mut(OWN) {
            own.shift_remove("thought_signatures");
            if own.is_empty() {
                delta.shift_remove(OWN);
            }
        }
        delta
    }
}

const OWN: &str = "provider_specific_fields";

fn choice(index: u64, delta: Object, finish: Option<&str>, logprobs: Option<Value>, own: Object) -> Value {
    let mut choice = Object::new();
    choice.insert("index".into(), index.into());
    choice.insert("delta".into(), Value::Object(delta));
    choice.insert("finish_reason".into(), finish.map_or(Value::Null, Value::from));
    choice.extend(logprobs.map(|logprobs| ("logprobs".to_owned(), logprobs)));
    if !own.is_empty() {
        choice.insert(OWN.into(), Value::Object(own));
    }
    Value::Object(choice)
}

/// Numbers a list's items, going on from those before.
fn number(delta: &mut Object, name: &str, before: &mut usize) {
    for item in delta.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(item) = item {
            item.insert("index".into(), json!(*before));
        }
        *before += 1;
    }
}
