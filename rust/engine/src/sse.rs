//! An incremental server-sent-events decoder, as the WHATWG standard defines the format.
//!
//! Lines end with CR, LF or CRLF and with nothing else: U+2028, U+2029 and U+0085 are data. Works on bytes, so a
//! character split across packets is whole again. Takes time linear in the input however it is cut; an event that lies
//! whole in one piece is not copied. Refuses an event larger than its limit.

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memchr2};

use crate::error::{Error, Kind, Result};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One event: its `data` lines joined by LF, and its `event` field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The `event` field, where there is one that is not empty.
    pub name: Option<Box<str>>,
    /// The `data` lines.
    pub data: Bytes,
}

/// Pieces of a body in, events out. Every event is to be taken before the next piece is fed: what is not is copied.
#[derive(Debug)]
pub struct Decoder {
    max_event_bytes: usize,
    piece: Bytes,
    /// How much of `piece` is read.
    at: usize,
    /// The line that earlier pieces began.
    begun: BytesMut,
    /// The last line ended with CR: an LF that follows belongs to it.
    after_cr: bool,
    /// No line has been read, so a byte order mark may come.
    at_start: bool,
    data: Data,
    name: Option<Box<str>>,
}

/// The data lines of the event that is being read. One line, the usual case, stays a slice of its piece.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    One(Bytes),
    Joined(BytesMut),
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(line) => line.len(),
            Self::Joined(lines) => lines.len(),
        }
    }

    fn push(&mut self, line: Bytes) {
        let mut lines = match std::mem::take(self) {
            Self::None => {
                *self = Self::One(line);
                return;
            }
            Self::One(first) => BytesMut::from(first.as_ref()),
            Self::Joined(lines) => lines,
        };
        lines.extend_from_slice(b"\n");
        lines.extend_from_slice(&line);
        *self = Self::Joined(lines);
    }
}

impl Decoder {
    /// A decoder that refuses events of more than `max_event_bytes`.
    pub fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            piece: Bytes::new(),
            at: 0,
            begun: BytesMut::new(),
            after_cr: false,
            at_start: true,
            data: Data::None,
            name: None,
        }
    }

    /// Takes the next piece of the body.
    ///
    /// # Errors
    /// `ResponseValidation`: events were left unread until they passed the limit.
    pub fn feed(&mut self, piece: Bytes) -> Result<()> {
        let unread = self.piece.get(self.at..).unwrap_or_default();
        if unread.is_empty() {
            self.piece = piece;
        } else {
            self.check(unread.len() + piece.len())?;
            let mut joined = BytesMut::with_capacity(unread.len() + piece.len());
            joined.extend_from_slice(unread);
            joined.extend_from_slice(&piece);
            self.piece = joined.freeze();
        }
        self.at = 0;
        Ok(())
    }

    /// The next complete event of what has been fed; `None` when more is needed.
    ///
    /// # Errors
    /// `ResponseValidation`: the event is larger than the limit.
    pub fn next_event(&mut self) -> Result<Option<Event>> {
        while let Some(line) = self.next_line()? {
            if !line.is_empty() {
                self.read(line)?;
                continue;
            }
            self.at_start = false;
            if let Some(event) = self.take() {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// The event that the end of the body left without its blank line, if there is one. It may be cut short.
    ///
    /// # Errors
    /// `ResponseValidation`: the event is larger than the limit.
    pub fn finish(&mut self) -> Result<Option<Event>> {
        if let Some(event) = self.next_event()? {
            return Ok(Some(event));
        }
        let line = self.begun.split().freeze();
        if !line.is_empty() {
            self.read(line)?;
        }
        Ok(self.take())
    }

    fn next_line(&mut self) -> Result<Option<Bytes>> {
        let mut rest = self.piece.get(self.at..).unwrap_or_default();
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            if let Some(after) = rest.strip_prefix(b"\n") {
                rest = after;
                self.at += 1;
            }
        }
        let Some(length) = memchr2(b'\n', b'\r', rest) else {
            self.check(self.data.len() + self.begun.len() + rest.len())?;
            self.begun.extend_from_slice(rest);
            self.piece = Bytes::new();
            self.at = 0;
            return Ok(None);
        };
        self.after_cr = rest.get(length) == Some(&b'\r');
        let start = self.at;
        self.at += length + 1;
        if self.begun.is_empty() {
            return Ok(Some(if length == 0 { Bytes::new() } else { self.piece.slice(start..start + length) }));
        }
        self.begun.extend_from_slice(rest.get(..length).unwrap_or_default());
        Ok(Some(self.begun.split().freeze()))
    }

    /// Takes one field of the event: `name: value`, one space after the colon not counted.
    fn read(&mut self, mut line: Bytes) -> Result<()> {
        if std::mem::take(&mut self.at_start) && line.starts_with(BOM) {
            line = line.slice(BOM.len()..);
        }
        let colon = if line.starts_with(b"data:") { 4 } else { memchr(b':', &line).unwrap_or(line.len()) };
        let space = usize::from(line.get(colon + 1) == Some(&b' '));
        let value = (colon + 1 + space).min(line.len());
        match line.get(..colon) {
            Some(b"data") => {
                self.check(self.data.len() + line.len())?;
                self.data.push(line.slice(value..));
            }
            Some(b"event") => {
                let name = String::from_utf8_lossy(line.get(value..).unwrap_or_default());
                self.name = if name.is_empty() { None } else { Some(name.into()) };
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends the event; one without data is no event.
    fn take(&mut self) -> Option<Event> {
        let name = self.name.take();
        match std::mem::take(&mut self.data) {
            Data::None => None,
            Data::One(data) => Some(Event { name, data }),
            Data::Joined(lines) => Some(Event { name, data: lines.freeze() }),
        }
    }

    fn check(&self, size: usize) -> Result<()> {
        if size <= self.max_event_bytes {
            return Ok(());
        }
        let message = format!("The provider sent an event of more than {} bytes", self.max_event_bytes);
        Err(Error::new(Kind::ResponseValidation, message))
    }
}

#[cfg(test)]
mod tests;
