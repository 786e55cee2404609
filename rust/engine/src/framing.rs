//! How the body of a streamed reply is cut into events, whichever way its protocol marks them.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use crate::aws_frames::Frames;
use crate::error::{Error, Kind, Result};
use crate::sse::{Decoder, Event};

/// The largest event, line, or document from a server that ignores `stream`.
pub(crate) const MAX_ITEM_BYTES: usize = 64 * 1024 * 1024;

/// What marks the end of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    #[default]
    ServerSent,
    /// One JSON document per line.
    Lines,
    /// Amazon's event stream encoding.
    AwsFrames,
}

/// Pieces of a body in, events out.
#[derive(Debug)]
pub(crate) enum Cutter {
    ServerSent(Decoder),
    Lines(Lines),
    AwsFrames(Frames),
}

impl Cutter {
    pub fn new(framing: Framing) -> Self {
        match framing {
            Framing::ServerSent => Self::ServerSent(Decoder::new(MAX_ITEM_BYTES)),
            Framing::Lines => Self::Lines(Lines::default()),
            Framing::AwsFrames => Self::AwsFrames(Frames::default()),
        }
    }

    pub fn feed(&mut self, piece: Bytes) -> Result<()> {
        match self {
            Self::ServerSent(decoder) => decoder.feed(piece),
            Self::Lines(lines) => {
                lines.feed(&piece);
                Ok(())
            }
            Self::AwsFrames(frames) => {
                frames.feed(&piece);
                Ok(())
            }
        }
    }

    /// The next whole event of what has been fed.
    pub fn next_event(&mut self) -> Result<Option<Event>> {
        match self {
            Self::ServerSent(decoder) => decoder.next_event(),
            Self::Lines(lines) => Ok(lines.next_line()?.map(event)),
            Self::AwsFrames(frames) => frames.next_event(),
        }
    }

    /// What the end of the body left without its end mark; it may be cut short.
    pub fn finish(&mut self) -> Result<Option<Event>> {
        match self {
            Self::ServerSent(decoder) => decoder.finish(),
            Self::Lines(lines) => Ok(lines.finish().map(event)),
            // A frame says how long it is: what is left is cut short.
            Self::AwsFrames(_) => Ok(None),
        }
    }
}

fn event(line: Bytes) -> Event {
    Event { name: None, data: line }
}

/// Lines, cut at line feeds and nothing else.
#[derive(Debug, Default)]
pub struct Lines {
    begun: BytesMut,
    /// How much of `begun` is known to hold no line feed.
    searched: usize,
}

impl Lines {
    /// Takes a piece of the body.
    pub fn feed(&mut self, piece: &[u8]) {
        self.begun.extend_from_slice(piece);
    }

    /// The next line, its line feed included.
    ///
    /// # Errors
    /// `ResponseValidation`: a line is longer than 64 MiB.
    pub fn next_line(&mut self) -> Result<Option<Bytes>> {
        match memchr(b'\n', self.begun.get(self.searched..).unwrap_or_default()) {
            Some(end) => {
                let line = self.begun.split_to(self.searched + end + 1).freeze();
                self.searched = 0;
                Ok(Some(line))
            }
            None if self.begun.len() > MAX_ITEM_BYTES => {
                Err(Error::new(Kind::ResponseValidation, "The response holds a line that is too long"))
            }
            None => {
                self.searched = self.begun.len();
                Ok(None)
            }
        }
    }

    /// What is left after the last line feed.
    pub fn finish(&mut self) -> Option<Bytes> {
        self.searched = 0;
        (!self.begun.is_empty()).then(|| self.begun.split().freeze())
    }
}
