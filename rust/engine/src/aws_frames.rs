//! Amazon's event stream encoding (https://smithy.io/2.0/aws/amazon-eventstream.html): frames with headers and checksums.
//!
//! A frame becomes an event whose name is its `:event-type`. One that tells of a failure is named after that instead,
//! behind [`FAILURE`]. A frame whose checksum is wrong, or that is larger than the limit, is an error.

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::{Bytes, BytesMut};

use crate::error::{Error, Kind, Result};
use crate::framing::MAX_ITEM_BYTES;
use crate::sse::Event;

/// What the name of a failure begins with.
pub const FAILURE: &str = "failure:";
/// The length of a frame that holds nothing: prelude, its checksum, the frame's.
const SMALLEST: usize = 16;

/// Pieces of a body in, events out.
#[derive(Debug, Default)]
pub struct Frames(BytesMut);

impl Frames {
    /// Takes the next piece of the body.
    pub fn feed(&mut self, piece: &[u8]) {
        self.0.extend_from_slice(piece);
    }

    /// The event of the next whole frame.
    ///
    /// # Errors
    /// `ResponseValidation`: the frame is damaged or too large.
    pub fn next_event(&mut self) -> Result<Option<Event>> {
        let Some(length) = self.0.first_chunk().map(|length| u32::from_be_bytes(*length) as usize) else {
            return Ok(None);
        };
        if !(SMALLEST..=MAX_ITEM_BYTES).contains(&length) {
            return Err(damaged(&format!("it claims to be {length} bytes long")));
        }
        if self.0.len() < length {
            return Ok(None);
        }
        let frame = self.0.split_to(length).freeze();
        read_message_from(frame).map(|message| Some(event(&message))).map_err(|error| damaged(&error.to_string()))
    }
}

fn event(message: &Message) -> Event {
    let header = |name: &str| {
        let found = message.headers().iter().rfind(|header| header.name().as_str() == name);
        match found.map(Header::value) {
            Some(HeaderValue::String(text)) => Some(text.as_str()),
            _ => None,
        }
    };
    let failure = header(":exception-type").or_else(|| header(":error-code"));
    let name = match failure {
        Some(kind) => Some(format!("{FAILURE}{kind}")),
        None if header(":message-type") == Some("error") => Some(FAILURE.to_owned()),
        None => header(":event-type").map(str::to_owned),
    };
    let data = match header(":error-message") {
        Some(said) if message.payload().is_empty() => Bytes::from(serde_json::json!({"message": said}).to_string()),
        _ => message.payload().clone(),
    };
    Event { name: name.map(Into::into), data }
}

fn damaged(why: &str) -> Error {
    Error::new(Kind::ResponseValidation, format!("A frame of the stream is damaged: {why}"))
}
