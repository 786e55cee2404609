//! The chunks of a streamed answer: text and thoughts apart, the parts together in the last.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{KEPT, choices, has_parts, take_apart};
use crate::chunk::{self as openai, Meaning};
use crate::error::Result;
use crate::protocol::{EventReader, chunk, count, text};
use crate::sse::Event;

/// Reads a stream, keeping the parts of each choice for its last chunk.
#[derive(Default)]
pub struct Reader {
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
        let index = count(choice, "index");
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
