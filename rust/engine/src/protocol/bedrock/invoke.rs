//! Anthropic's messages through invoke: their body without the model and the mode, which the address has, and their events
//! in frames, as base64
//! (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use memchr::memmem;
use serde_json::Value;

use super::{failure, invalid};
use crate::chunk::Meaning;
use crate::error::Result;
use crate::protocol::{EventReader, Object, anthropic, chunk, text};
use crate::sse::Event;
use crate::wire::read_typed;

/// What the members begin with that Bedrock adds to the last event.
const MEASURED: &str = "amazon-bedrock-";

/// Anthropic's body as invoke wants it.
pub fn request(mut body: Object) -> Object {
    body.shift_remove("model");
    body.shift_remove("stream");
    body.entry("anthropic_version").or_insert_with(|| "bedrock-2023-05-31".into());
    body
}

/// Anthropic's event that a frame holds; None where it holds none.
fn unframed(event: &Event) -> Result<Option<Bytes>> {
    let frame: Value = serde_json::from_slice(&event.data).map_err(|error| invalid(&error.to_string()))?;
    let Some(said) = text(&frame, "bytes") else {
        return Ok(None);
    };
    STANDARD.decode(said).map(|said| Some(said.into())).map_err(|error| invalid(&error.to_string()))
}

/// Hands on Anthropic's events as they are.
pub struct Events;

impl EventReader for Events {
    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        if let Some(failure) = failure(event) {
            return Ok(vec![failure]);
        }
        let said = unframed(event)?;
        Ok(said.map(|data| read_typed(Event { name: None, data })).into_iter().collect())
    }
}

/// Reads one streamed message. The chunk that says why it ended waits for what Bedrock measured, which comes after it.
#[derive(Default)]
pub struct Reader {
    inner: anthropic::stream::Reader,
    last: Option<Value>,
}

impl EventReader for Reader {
    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        if let Some(failure) = failure(event) {
            return Ok(vec![failure]);
        }
        let Some(said) = unframed(event)? else {
            return Ok(Vec::new());
        };
        // Most events measure nothing.
        let measured =
            memmem::find(&said, MEASURED.as_bytes()).and_then(|_| serde_json::from_slice::<Value>(&said).ok());
        let measured = measured.as_ref().and_then(Value::as_object).into_iter().flatten();
        let measured: Object = measured
            .filter(|(name, _)| name.starts_with(MEASURED))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let event = Event { name: None, data: said };
        if let Some(chunk) = self.inner.text(&event) {
            return chunk.map(|chunk| vec![chunk]);
        }
        let mut meanings = Vec::new();
        for meaning in self.inner.read(&event)? {
            match meaning {
                Meaning::Chunk { json, finished: true } => {
                    self.last = serde_json::from_slice(&json).ok();
                }
                Meaning::Done => {
                    if let Some(last) = self.last.as_mut().and_then(Value::as_object_mut) {
                        last.extend(measured.clone());
                    }
                    meanings.extend(self.end()?);
                    meanings.push(Meaning::Done);
                }
                other => meanings.push(other),
            }
        }
        Ok(meanings)
    }

    fn end(&mut self) -> Result<Vec<Meaning>> {
        self.last.take().map(|last| chunk(&last, true)).transpose().map(|last| last.into_iter().collect())
    }
}
