//! The lines of a streamed answer as chunks.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::invalid;
use super::reply::{Line, finish, head, usage};
use crate::chunk::{self, Meaning};
use crate::classify;
use crate::error::Result;
use crate::protocol::chunks::{Opening, Text};
use crate::protocol::{self, Ask, EventReader, Object};
use crate::sse::Event;

/// Reads one stream.
pub struct Reader {
    ask: Ask,
    /// `id`, `object`, `created`, `model` of every chunk.
    head: Option<Object>,
    /// The same, as most chunks begin.
    opening: Option<Opening>,
    calls: usize,
}

impl Reader {
    /// A reader of the answer to `ask`.
    pub fn new(ask: &Ask) -> Self {
        Self { ask: ask.clone(), head: None, opening: None, calls: 0 }
    }
}

/// The line that most are: a piece of a text, and what the first has said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextLine<'a> {
    #[serde(rename = "model")]
    _model: Option<IgnoredAny>,
    #[serde(rename = "created_at")]
    _created_at: Option<IgnoredAny>,
    #[serde(borrow)]
    message: TextMessage<'a>,
    done: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextMessage<'a> {
    #[serde(rename = "role")]
    _role: Option<IgnoredAny>,
    #[serde(borrow)]
    content: Cow<'a, str>,
    #[serde(borrow, default)]
    thinking: Cow<'a, str>,
}

impl EventReader for Reader {
    fn text(&mut self, event: &Event) -> Option<Result<Meaning>> {
        let opening = self.opening.as_ref()?;
        let TextLine { message, done: false, .. } = serde_json::from_slice(&event.data).ok()? else {
            return None;
        };
        let said = match (&*message.content, &*message.thinking) {
            ("", "") => return None,
            (said, "") => Text::Said(said),
            ("", thought) => Text::Thought(thought),
            _ => return None,
        };
        Some(opening.chunk(0, &said))
    }

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
        if self.opening.is_none() {
            self.opening = Some(Opening::new(head)?);
        }
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
