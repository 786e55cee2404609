//! One streamed call: a producer task that decodes events into a bounded buffer, aborted when the stream is dropped.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::HeaderMap;
use serde::de::IgnoredAny;
use tokio::task::AbortHandle;

use crate::buffer::Buffer;
use crate::call::{self, Call, Head, body_error};
use crate::chunk::Meaning;
use crate::classify;
use crate::error::{Error, Kind, Result, TimeoutKind};
use crate::framing::{Framing, MAX_ITEM_BYTES};
use crate::http::Clients;
use crate::protocol::Native;
use crate::target::Target;
use crate::timeouts::Deadline;
use crate::wire::{Reader, Wire};

/// After the last event the rest of the body (usually one empty HTTP chunk, in the same packet) is awaited this long
/// before the consumer is told, so that the connection can serve the consumer's next call, and this long afterwards.
const LINGER: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(250)];

/// A stream of chunks. Dropping it closes the connection to the provider.
#[derive(Debug)]
pub struct ChunkStream {
    /// Where the chunks arrive.
    pub buffer: Arc<Buffer>,
    /// HTTP status, 2xx.
    pub status: u16,
    /// Response headers.
    pub headers: HeaderMap,
    /// How many requests were sent.
    pub attempts: u32,
    producer: AbortHandle,
}

impl ChunkStream {
    /// Closes the connection to the provider; what is buffered stays readable, then the stream is done.
    pub fn abort(&self) {
        self.producer.abort();
        self.buffer.end(Ok(()));
    }
}

impl Drop for ChunkStream {
    fn drop(&mut self) {
        self.abort();
    }
}

/// Sends a request and returns when the head of the reply has arrived; chunks follow in the buffer.
///
/// # Errors
/// Every failure before the head. Later ones are in the buffer, behind the chunks that preceded them.
pub async fn open(clients: &Clients, target: Arc<Target>, call: &Call, wire: Wire) -> Result<ChunkStream> {
    let total = Deadline::after(target.timeouts.total, TimeoutKind::Total);
    let encoded = call::encode(clients, &target, call, total).await?;
    let call = encoded.as_ref().unwrap_or(call);
    let accept = if wire.is_events() { "text/event-stream" } else { "*/*" };
    let Head { response, attempts, first_token, secrets } = call::open(clients, &target, call, total, accept).await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let buffer = Arc::new(Buffer::default());
    let native = target.native.as_ref().and_then(Native::reader);
    let framing = native.as_ref().map_or(Framing::ServerSent, |(framing, _)| *framing);
    let mut producer = Producer {
        buffer: buffer.clone(),
        wire,
        reader: Reader::new(wire, native),
        target,
        total,
        first_token: Some(first_token),
        is_known: framing != Framing::ServerSent || is_known(wire, call, &headers),
        finished: !wire.is_events(),
    };
    let list = headers.clone();
    let task = tokio::spawn(async move {
        let outcome = producer.run(response).await.map_err(|mut error| {
            classify::with_headers(&mut error, &call::header_list(&list));
            let details = error.details_mut();
            (details.status, details.attempts) = (details.status.or(Some(status)), attempts);
            secrets.clean(&mut error);
            producer.target.sign(error)
        });
        producer.buffer.end(outcome);
    });
    Ok(ChunkStream { buffer, status, headers, attempts, producer: task.abort_handle() })
}

/// Whether the body is what `wire` says, whatever its first byte is. Bytes that are said to be JSON may be an error.
fn is_known(wire: Wire, call: &Call, headers: &HeaderMap) -> bool {
    match wire {
        Wire::Chat | Wire::Events => false,
        Wire::Lines => true,
        Wire::Bytes => call.verbatim || !call::is_json(headers),
    }
}

struct Producer {
    buffer: Arc<Buffer>,
    target: Arc<Target>,
    wire: Wire,
    reader: Reader,
    total: Deadline,
    /// Present until the first chunk has arrived; comments that keep the connection alive do not count.
    first_token: Option<Deadline>,
    /// The body is known to be no document.
    is_known: bool,
    /// The end of the body is an end and not a cut: a finish reason has been seen, or the wire has no other end.
    finished: bool,
}

impl Producer {
    async fn run(&mut self, mut response: Response) -> Result<()> {
        let mut opening = BytesMut::new();
        loop {
            self.buffer.wait_writable().await;
            let Some(piece) = self.read(&mut response).await? else {
                return self.finish();
            };
            // The first visible byte decides: a stream of events, or a document (an error, or a whole reply from a
            // server that ignores `stream`). Content types are not to be trusted here.
            if !self.is_known {
                opening.extend_from_slice(&piece);
                match opening.iter().find(|byte| !byte.is_ascii_whitespace()) {
                    None => continue,
                    Some(b'{' | b'[' | b'<' | b'"') => return self.document(opening, response).await,
                    Some(_) => self.is_known = true,
                }
                self.reader.feed(opening.split().freeze())?;
            } else {
                self.reader.feed(piece)?;
            }
            if self.deliver()? {
                // A task of its own, which dropping the stream does not abort.
                let [before, after] = LINGER;
                let rest = async move { while let Ok(Some(_)) = response.chunk().await {} };
                let rest = tokio::spawn(tokio::time::timeout(before + after, rest));
                let _ = tokio::time::timeout(before, rest).await;
                return Ok(());
            }
        }
    }

    async fn read(&self, response: &mut Response) -> Result<Option<Bytes>> {
        let idle = Deadline::after(self.target.timeouts.idle, TimeoutKind::Idle);
        let limit = self.total.or(self.first_token.unwrap_or(idle));
        limit.run(response.chunk()).await?.map_err(|error| body_error(&error, &self.target))
    }

    /// Hands over every complete event; true when the stream said that it is done.
    fn deliver(&mut self) -> Result<bool> {
        let mut chunks = Vec::new();
        let outcome = loop {
            match self.reader.next() {
                Ok(None) => break Ok(false),
                Err(error) => break Err(error),
                Ok(Some(Meaning::Nothing)) => {}
                Ok(Some(Meaning::Chunk { json, finished })) => {
                    self.finished |= finished;
                    chunks.push(json);
                }
                Ok(Some(Meaning::Last { json })) => {
                    chunks.push(json);
                    break Ok(true);
                }
                Ok(Some(Meaning::Done)) => break Ok(true),
                Ok(Some(Meaning::Failure(error))) => break Err(*error),
            }
        };
        if !chunks.is_empty() {
            self.first_token = None;
            self.buffer.push(chunks);
        }
        outcome
    }

    /// The body ended without `[DONE]`: normal for some providers, but only after a finish reason.
    fn finish(&mut self) -> Result<()> {
        while let Some(meaning) = self.reader.rest()? {
            match meaning {
                Meaning::Failure(error) => return Err(*error),
                Meaning::Done => return Ok(()),
                Meaning::Last { json } if is_whole(&json) => {
                    self.finished = true;
                    self.buffer.push([json]);
                }
                // The body may have been cut inside an event.
                Meaning::Chunk { json, finished } if !self.wire.is_events() || is_whole(&json) => {
                    self.finished |= finished;
                    self.buffer.push([json]);
                }
                Meaning::Chunk { .. } | Meaning::Last { .. } | Meaning::Nothing => {}
            }
        }
        if self.finished {
            return Ok(());
        }
        let how = if self.first_token.is_some() { "without a single chunk" } else { "before a finish reason" };
        Err(Error::new(Kind::Connection, format!("The stream of {} ended {how}", self.target.origin())))
    }

    async fn document(&mut self, mut body: BytesMut, mut response: Response) -> Result<()> {
        while let Some(piece) = self.read(&mut response).await? {
            body.extend_from_slice(&piece);
            if body.len() > MAX_ITEM_BYTES {
                return Err(Error::new(Kind::ResponseValidation, "The response to a streaming request is too large"));
            }
        }
        let body = body.freeze();
        let item = self.item_of_document(&body).map_err(|mut error| {
            error.details_mut().body = body.clone();
            error
        })?;
        self.buffer.push([item]);
        Ok(())
    }

    fn item_of_document(&self, body: &Bytes) -> Result<Bytes> {
        match &self.target.native {
            Some(native) if self.wire == Wire::Chat => {
                Wire::Events.item_of_document(body).or_else(|error| match error.kind() {
                    Kind::ResponseValidation => {
                        native.decode(body, &HeaderMap::new()).and_then(|reply| Wire::Chat.item_of_document(&reply))
                    }
                    _ => Err(error),
                })
            }
            _ => self.wire.item_of_document(body),
        }
    }
}

fn is_whole(json: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(json).is_ok()
}
