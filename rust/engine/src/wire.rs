//! How the body of a streamed reply is cut into items: events of a chat, typed events, lines, or bytes as they come.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::chunk::{self, Meaning};
use crate::classify;
use crate::error::{Error, Kind, Result};
use crate::framing::{Cutter, Framing, Lines, MAX_ITEM_BYTES};
use crate::protocol::EventReader;
use crate::sse::{Decoder, Event};

/// The shape of a streamed reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wire {
    /// Events of an OpenAI-shaped chat, ended by `[DONE]`.
    #[default]
    Chat,
    /// Events that say what they are in `event:` or `type` (Anthropic's messages, OpenAI's responses).
    Events,
    /// One JSON document per line.
    Lines,
    /// Bytes as they arrive.
    Bytes,
}

impl Wire {
    /// The name that Python uses.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "chat" => Self::Chat,
            "events" => Self::Events,
            "lines" => Self::Lines,
            "bytes" => Self::Bytes,
            _ => return None,
        })
    }

    /// Whether the body is a stream of server-sent events.
    pub(crate) fn is_events(self) -> bool {
        matches!(self, Self::Chat | Self::Events)
    }

    /// The item that a whole document is which came instead of a stream.
    ///
    /// # Errors
    /// What the document reports, where it is an error; `ResponseValidation` where a stream of events was due.
    pub(crate) fn item_of_document(self, body: &Bytes) -> Result<Bytes> {
        if self == Self::Chat {
            return chunk::whole_reply_as_chunk(body);
        }
        match serde_json::from_slice::<Value>(body) {
            Ok(object) if object.get("type").is_some_and(|kind| kind == "error") || classify::is_failure(&object) => {
                Err(classify::error_from_event(&object))
            }
            _ if self.is_events() => {
                Err(Error::new(Kind::ResponseValidation, "The answer to a streaming request is no stream of events"))
            }
            _ => Ok(body.clone()),
        }
    }
}

/// Pieces of a body in, items out.
pub(crate) struct Reader(Source);

enum Source {
    Chat(Decoder),
    Events(Decoder),
    Lines(Lines),
    Bytes(BytesMut),
    Translated(Translated),
}

impl Reader {
    /// A reader of what `wire` says, or of a chat in another protocol or framing.
    pub fn new(wire: Wire, native: Option<(Framing, Box<dyn EventReader>)>) -> Self {
        Self(match (wire, native) {
            // In server-sent events, typed ones are what they are whoever sends them.
            (Wire::Chat, Some((framing, reader))) | (Wire::Events, Some((framing @ Framing::AwsFrames, reader))) => {
                Source::Translated(Translated::new(framing, reader))
            }
            (Wire::Chat, None) => Source::Chat(Decoder::new(MAX_ITEM_BYTES)),
            (Wire::Events, _) => Source::Events(Decoder::new(MAX_ITEM_BYTES)),
            (Wire::Lines, _) => Source::Lines(Lines::default()),
            (Wire::Bytes, _) => Source::Bytes(BytesMut::new()),
        })
    }

    pub fn feed(&mut self, piece: Bytes) -> Result<()> {
        match &mut self.0 {
            Source::Chat(decoder) | Source::Events(decoder) => return decoder.feed(piece),
            Source::Translated(source) => return source.cutter.feed(piece),
            Source::Lines(lines) => lines.feed(&piece),
            Source::Bytes(begun) => begun.extend_from_slice(&piece),
        }
        Ok(())
    }

    /// The next whole item of what has been fed.
    pub fn next(&mut self) -> Result<Option<Meaning>> {
        match &mut self.0 {
            Source::Chat(decoder) => Ok(decoder.next_event()?.map(chunk::read)),
            Source::Events(decoder) => Ok(decoder.next_event()?.map(read_typed)),
            Source::Translated(source) => source.next(false),
            Source::Lines(lines) => Ok(lines.next_line()?.map(read_line)),
            Source::Bytes(begun) if begun.is_empty() => Ok(None),
            Source::Bytes(begun) => Ok(Some(Meaning::Chunk { json: begun.split().freeze(), finished: false })),
        }
    }

    /// What the end of the body left without its end mark; it may be cut short.
    pub fn rest(&mut self) -> Result<Option<Meaning>> {
        match &mut self.0 {
            Source::Chat(decoder) => Ok(decoder.finish()?.map(chunk::read)),
            Source::Events(decoder) => Ok(decoder.finish()?.map(read_typed)),
            Source::Translated(source) => source.next(true),
            Source::Lines(lines) => Ok(lines.finish().map(read_line)),
            Source::Bytes(_) => self.next(),
        }
    }
}

/// A chat in another protocol, as OpenAI's chunks.
struct Translated {
    cutter: Cutter,
    reader: Box<dyn EventReader>,
    /// What an event said and has not been taken.
    said: VecDeque<Meaning>,
    /// The reader knows that the body has ended.
    ended: bool,
}

impl Translated {
    fn new(framing: Framing, reader: Box<dyn EventReader>) -> Self {
        Self { cutter: Cutter::new(framing), reader, said: VecDeque::new(), ended: false }
    }

    fn next(&mut self, at_end: bool) -> Result<Option<Meaning>> {
        loop {
            if let Some(meaning) = self.said.pop_front() {
                return Ok(Some(meaning));
            }
            // The body may have been cut inside its last event.
            let event = if at_end {
                self.cutter.finish()?.filter(|event| serde_json::from_slice::<IgnoredAny>(&event.data).is_ok())
            } else {
                self.cutter.next_event()?
            };
            match event {
                Some(event) => match self.reader.text(&event) {
                    Some(chunk) => return chunk.map(Some),
                    None => self.said.extend(self.reader.read(&event)?),
                },
                None if at_end && !self.ended => {
                    self.ended = true;
                    self.said.extend(self.reader.end()?);
                }
                None => return Ok(None),
            }
        }
    }
}

/// The events after which nothing of the reply follows.
const LAST_EVENTS: [&str; 3] = ["message_stop", "response.completed", "response.incomplete"];

/// One event that says what it is. `error` is a failure wherever it comes; `response.failed` is one of OpenAI's.
pub(crate) fn read_typed(event: Event) -> Meaning {
    let json = event.data;
    match json.trim_ascii() {
        b"" => return Meaning::Nothing,
        b"[DONE]" => return Meaning::Done,
        _ => {}
    }
    let object: Value = match serde_json::from_slice(&json) {
        Ok(object) => object,
        Err(_) if event.name.as_deref() == Some("error") => String::from_utf8_lossy(&json).into(),
        // Whoever decodes it says what is wrong with it.
        Err(_) => return Meaning::Chunk { json, finished: false },
    };
    let kind = object.get("type").and_then(Value::as_str).or(event.name.as_deref()).unwrap_or_default();
    if kind == "error" || event.name.as_deref() == Some("error") || classify::is_failure(&object) {
        return chunk::failure(&object, json);
    }
    if kind == "response.failed" {
        return chunk::failure(object.get("response").unwrap_or(&object), json);
    }
    if LAST_EVENTS.contains(&kind) { Meaning::Last { json } } else { Meaning::Chunk { json, finished: false } }
}

/// A line; one that reports a failure of the whole request and of no item is a failure.
fn read_line(line: Bytes) -> Meaning {
    let start = line.len() - line.trim_ascii_start().len();
    let json = line.slice(start..start + line.trim_ascii().len());
    if json.is_empty() {
        return Meaning::Nothing;
    }
    if memchr::memmem::find(&json, b"\"error\"").is_some()
        && let Ok(object) = serde_json::from_slice::<Value>(&json)
        && object.get("custom_id").is_none()
        && classify::is_failure(&object)
    {
        return chunk::failure(&object, json);
    }
    Meaning::Chunk { json, finished: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items of a body that arrives byte by byte, and how it ended.
    fn items(wire: Wire, body: &str) -> Vec<String> {
        let mut reader = Reader::new(wire, None);
        let mut said = Vec::new();
        let mut note = |meaning: Meaning| match meaning {
            Meaning::Chunk { json, .. } => said.push(String::from_utf8(json.to_vec()).unwrap()),
            Meaning::Last { json } => said.push(format!("last {}", String::from_utf8_lossy(&json))),
            Meaning::Done => said.push("done".into()),
            Meaning::Failure(error) => said.push(error.to_string()),
            Meaning::Nothing => {}
        };
        for byte in body.bytes() {
            reader.feed(Bytes::copy_from_slice(&[byte])).unwrap();
            while let Some(meaning) = reader.next().unwrap() {
                note(meaning);
            }
        }
        while let Some(meaning) = reader.rest().unwrap() {
            note(meaning);
        }
        said
    }

    #[test]
    fn typed_events_end_with_their_last() {
        let body =
            "event: ping\ndata: {\"type\": \"ping\"}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
        assert_eq!(items(Wire::Events, body), ["{\"type\": \"ping\"}", "last {\"type\":\"message_stop\"}"]);
        let body = "data: {\"type\":\"response.completed\"}\n\n";
        assert_eq!(items(Wire::Events, body), ["last {\"type\":\"response.completed\"}"]);
        // Only the event's name says what it is; `[DONE]` ends the stream.
        let body = "event: message_stop\ndata: {}\n\ndata: [DONE]\n\n";
        assert_eq!(items(Wire::Events, body), ["last {}", "done"]);
    }

    #[test]
    fn typed_events_that_fail() {
        let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        for head in ["event: error\n", ""] {
            let said = items(Wire::Events, &format!("{head}data: {overloaded}\n\n"));
            assert_eq!(said, ["ServiceUnavailableError: Overloaded"]);
        }
        let failed = r#"{"type":"response.failed","response":{"id":"r","object":"response","error":{"code":"rate_limit_exceeded","message":"Slow down"}}}"#;
        assert_eq!(items(Wire::Events, &format!("data: {failed}\n\n")), ["RateLimitError: Slow down"]);
        assert_eq!(items(Wire::Events, "event: error\ndata: boom\n\n"), ["InternalServerError: boom"]);
    }

    #[test]
    fn lines_are_cut_at_line_feeds_only() {
        let said = items(Wire::Lines, "{\"a\":\"\u{2028}\u{85}\"}\r\n\n {\"b\":1}");
        assert_eq!(said, ["{\"a\":\"\u{2028}\u{85}\"}", "{\"b\":1}"]);
        let own = r#"{"custom_id":"a","error":{"message":"x"}}"#;
        assert_eq!(items(Wire::Lines, own), [own]);
        assert_eq!(items(Wire::Lines, r#"{"error":{"message":"x"}}"#), ["InternalServerError: x"]);
    }

    #[test]
    fn bytes_are_handed_on() {
        assert_eq!(items(Wire::Bytes, "{\n"), ["{", "\n"]);
    }
}
