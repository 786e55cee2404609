//! A streamed reply: every event is a reply of its own, holding what is new.
//!
//! Counts come with every event and are handed on with the reason to end. What a message must keep of its parts (see
//! `parts`) comes with that reason too, once all parts are known.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::partial::Joiner;
use super::reply::{candidates, finish_reason, head, index, own_fields, take_parts};
use super::{citations, invalid, parts, usage};
use crate::chunk::{self, Meaning};
use crate::classify;
use crate::error::Result;
use crate::protocol::{self, Ask, EventReader, Object};
use crate::sse::Event;

/// Reads one stream.
pub struct Reader {
    ask: Ask,
    /// Those of the first event stay: later ones need not name them.
    id: Option<Value>,
    created: Option<Value>,
    choices: BTreeMap<u64, Choice>,
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
    ended: bool,
}

impl Reader {
    /// A reader of the answer to `ask`.
    pub fn new(ask: &Ask) -> Self {
        Self { ask: ask.clone(), id: None, created: None, choices: BTreeMap::new() }
    }
}

impl EventReader for Reader {
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
        let candidates = candidates(&mut reply);
        let mut made = head(&self.ask, &reply, "chat.completion.chunk");
        let says_more = made.len() > 4;
        for (name, kept) in [("id", &mut self.id), ("created", &mut self.created)] {
            let kept = kept.get_or_insert_with(|| made.get(name).cloned().unwrap_or_default());
            made.insert(name.into(), kept.clone());
        }
        let mut ended = false;
        let mut choices = Vec::new();
        for candidate in candidates {
            let choice = self.choices.entry(index(&candidate)).or_default();
            choices.push(choice.add(candidate));
            ended |= choice.ended;
        }
        let goes_on = self.choices.is_empty() || self.choices.values().any(|choice| !choice.ended);
        let counts = reply.get("usageMetadata").filter(|counts| counts.is_object() && !goes_on);
        if choices.is_empty() && counts.is_none() && !says_more {
            return Ok(Vec::new());
        }
        made.insert("choices".into(), Value::Array(choices));
        made.extend(counts.map(|counts| ("usage".to_owned(), usage::usage(counts))));
        Ok(vec![protocol::chunk(&Value::Object(made), ended)?])
    }
}

impl Choice {
    /// The choice of a chunk.
    fn add(&mut self, mut candidate: Object) -> Value {
        let mut new = Vec::new();
        for part in take_parts(&mut candidate) {
            new.extend(self.joiner.add(part));
        }
        if candidate.get("finishReason").is_some_and(|reason| !reason.is_null()) {
            new.extend(self.joiner.close());
        }
        let mut delta = self.delta(&new);
        new.into_iter().for_each(|part| parts::join(&mut self.parts, part));
        let finish = finish_reason(&candidate, self.calls > 0);
        self.ended |= finish.is_some();
        if self.ended {
            let mut whole = parts::message(&self.parts);
            parts::keep(&mut whole, self.parts.clone());
            if let Some(own) = whole.shift_remove("provider_specific_fields") {
                delta.insert("provider_specific_fields".into(), own);
            }
        }
        let mut annotations = citations::annotations(&candidate, &self.said);
        annotations.retain(|annotation| !self.annotations.contains(annotation));
        if !annotations.is_empty() {
            self.annotations.extend_from_slice(&annotations);
            delta.insert("annotations".into(), Value::Array(annotations));
        }
        let mut choice = Object::new();
        choice.insert("index".into(), index(&candidate).into());
        choice.insert("delta".into(), Value::Object(delta));
        choice.insert("finish_reason".into(), finish.map_or(Value::Null, Value::from));
        choice.extend(citations::logprobs(&candidate).map(|logprobs| ("logprobs".to_owned(), logprobs)));
        let own = own_fields(&candidate, finish);
        if !own.is_empty() {
            choice.insert("provider_specific_fields".into(), Value::Object(own));
        }
        Value::Object(choice)
    }

    /// What new parts say.
    fn delta(&mut self, new: &[Value]) -> Object {
        let mut delta = parts::message(new);
        if std::mem::replace(&mut self.begun, true) {
            delta.shift_remove("role");
        }
        match delta.get("content") {
            Some(Value::String(said)) => self.said.push_str(said),
            _ => drop(delta.shift_remove("content")),
        }
        number(&mut delta, "tool_calls", &mut self.calls);
        number(&mut delta, "images", &mut self.images);
        // Signatures are told at the end, when all are known: of this field the last counts.
        if let Some(Value::Object(own)) = delta.get_mut("provider_specific_fields") {
            own.shift_remove("thought_signatures");
            if own.is_empty() {
                delta.shift_remove("provider_specific_fields");
            }
        }
        delta
    }
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
