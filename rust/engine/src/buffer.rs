//! The buffer between a producer on tokio and one consumer: bounded by count and by bytes. A full buffer stops the
//! producer's reading, and TCP carries the pressure to the provider.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::error::Error;

/// Most chunks that wait for the consumer.
const MAX_CHUNKS: usize = 256;
/// Most bytes that wait for the consumer; one chunk may exceed it alone.
const MAX_BYTES: usize = 256 * 1024;

/// What the consumer finds.
#[derive(Debug)]
pub enum Next {
    /// The next chunk.
    Chunk(Bytes),
    /// Nothing yet.
    Pending,
    /// The stream is complete.
    Done,
    /// The stream failed; said once, then `Done`.
    Failed(Error),
}

/// See the module.
#[derive(Debug, Default)]
pub struct Buffer {
    state: Mutex<State>,
    readable: Notify,
    writable: Notify,
}

#[derive(Debug, Default)]
struct State {
    chunks: VecDeque<Bytes>,
    bytes: usize,
    ended: bool,
    failure: Option<Error>,
}

impl State {
    fn is_full(&self) -> bool {
        self.chunks.len() >= MAX_CHUNKS || self.bytes >= MAX_BYTES
    }
}

impl Buffer {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is there, without waiting. Chunks that arrived before a failure come before it.
    pub fn try_next(&self) -> Next {
        let mut state = self.state();
        let was_full = state.is_full();
        let Some(chunk) = state.chunks.pop_front() else {
            return match (state.failure.take(), state.ended) {
                (Some(error), _) => Next::Failed(error),
                (None, true) => Next::Done,
                (None, false) => Next::Pending,
            };
        };
        state.bytes -= chunk.len();
        let has_room = was_full && !state.is_full();
        drop(state);
        if has_room {
            self.writable.notify_one();
        }
        Next::Chunk(chunk)
    }

    /// Waits until [`Buffer::try_next`] has an answer. Takes nothing, so being cancelled loses nothing.
    pub async fn wait_readable(&self) {
        loop {
            let changed = self.readable.notified();
            {
                let state = self.state();
                if state.ended || !state.chunks.is_empty() {
                    return;
                }
            }
            changed.await;
        }
    }

    /// Waits until there is room.
    pub async fn wait_writable(&self) {
        loop {
            let changed = self.writable.notified();
            if !self.state().is_full() {
                return;
            }
            changed.await;
        }
    }

    /// Adds the chunks of one read; may pass the bounds by that much.
    pub fn push(&self, chunks: impl IntoIterator<Item = Bytes>) {
        let mut state = self.state();
        for chunk in chunks {
            state.bytes += chunk.len();
            state.chunks.push_back(chunk);
        }
        drop(state);
        self.readable.notify_one();
    }

    /// Ends the stream; only the first end counts.
    pub fn end(&self, outcome: Result<(), Error>) {
        let mut state = self.state();
        if !state.ended {
            state.ended = true;
            state.failure = outcome.err();
        }
        drop(state);
        self.readable.notify_one();
    }
}
