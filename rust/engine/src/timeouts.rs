//! The four limits of a call. Each is optional; none is ever shared between calls.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Kind, Result, TimeoutKind};

/// How long each part of a call may take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timeouts {
    /// TCP and TLS set-up of a new connection.
    pub connect: Option<Duration>,
    /// From sending the request to the response head (unary) or the first event (stream).
    pub first_token: Option<Duration>,
    /// Between two pieces of a body.
    pub idle: Option<Duration>,
    /// The whole call: every attempt and the waits between them.
    pub total: Option<Duration>,
}

/// A moment and the limit that set it.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    at: Option<Instant>,
    limit: Duration,
    kind: TimeoutKind,
}

impl Deadline {
    /// The moment `limit` from now; without a limit, never.
    pub fn after(limit: Option<Duration>, kind: TimeoutKind) -> Self {
        // A limit too large for the clock is no limit.
        let at = limit.and_then(|limit| Instant::now().checked_add(limit));
        Self { at, limit: limit.unwrap_or_default(), kind }
    }

    /// The earlier of the two.
    pub fn or(self, other: Self) -> Self {
        match (self.at, other.at) {
            (Some(mine), Some(theirs)) if theirs < mine => other,
            (None, Some(_)) => other,
            _ => self,
        }
    }

    /// Whether waiting `delay` from now would pass this deadline.
    pub fn forbids(self, delay: Duration) -> bool {
        self.at.is_some_and(|at| Instant::now() + delay >= at)
    }

    /// Runs `future` until the deadline, then fails with a `Timeout` that says which limit fired.
    pub async fn run<T>(self, future: impl Future<Output = T>) -> Result<T> {
        match self.at {
            None => Ok(future.await),
            Some(at) => tokio::time::timeout_at(at, future).await.map_err(|_| self.error()),
        }
    }

    /// The error of this deadline having passed.
    pub fn error(self) -> Error {
        let what = match self.kind {
            TimeoutKind::Connect => "connecting",
            TimeoutKind::FirstToken => "waiting for the first token",
            TimeoutKind::Idle => "waiting for the next piece of the response",
            TimeoutKind::Total | TimeoutKind::Upstream => "the whole call",
        };
        Error::new(
            Kind::Timeout(self.kind),
            format!("Timed out: {what} took longer than {} s", self.limit.as_secs_f64()),
        )
    }
}
