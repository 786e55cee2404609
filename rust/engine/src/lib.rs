//! The engine of edgequake_async: providers, wire formats, HTTP, SSE, retries and errors, without Python.
//!
//! Entry points are [`call::send`] for one response and [`stream::open`] for a stream of chunks.

pub mod chunk;
pub mod classify;
pub mod error;
pub mod provider;
pub mod redact;
pub mod retry;
pub mod sse;
pub mod vectors;

pub use error::{Error, Kind, Result, TimeoutKind};
