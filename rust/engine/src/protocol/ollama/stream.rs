//! The lines of a streamed answer as chunks.

use serde_json::{Value, json};

use super::invalid;
use super::reply::{Line, finish, head, usage};
use crate::chunk::{self, Meaning};
use crate::classify;
use crate::error::Result;
use crate::protocol::{self, Ask, EventReader, Object};
use crate::sse::Event;

/// Reads one stream.
pub struct Reader {
    ask: Ask,
    /// `id`, `object`, `created`, `model` of every chunk.
    head: Option<Object>,
    calls: usize,
}

impl Reader {
    /// A reader of the answer to `ask`.
    pub fn new(ask: &Ask) -> Self {
        Self { ask: ask.clone(), head: None, calls: 0 }
    }
}

impl EventReader for Reader {
    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        if event.data.trim_ascii().is_empty() {
            return Ok(Vec::new());
        }
        let line: Value = serde_json::from_slice(&event.data).map_err(|error| invalid(&error.to_string()))?;
        if classify::is_failure(&line) {
            return Ok(vec![chunk::failure(&line, event.data.clone())]);
        }
        let mut line = Line::of(line)?;
        let is_first = self.head.is_none();
        let head = self.head.get_or_insert_with(|| head(&self.ask, &line, "chat.completion.chunk"));
        let mut delta = line.take_delta(&mut self.calls);
        if is_first {
            delta.insert("role".into(), "assistant".into());
        }
        let mut choice = Object::new();
        choice.insert("index".into(), 0.into());
        choice.insert("delta".into(), Value::Object(delta));
        choice.extend(line.take_logprobs());
        let mut made = head.clone();
        if line.done {
            choice.extend(finish(&mut line.rest, self.calls > 0));
            made.insert("choices".into(), json!([choice]));
            made.insert("usage".into(), usage(&mut line.rest));
        } else {
            choice.insert("finish_reason".into(), Value::Null);
            made.insert("choices".into(), json!([choice]));
        }
        made.extend(line.rest);
        let said = protocol::chunk(&Value::Object(made), line.done)?;
        Ok(if line.done { vec![said, Meaning::Done] } else { vec![said] })
    }
}
