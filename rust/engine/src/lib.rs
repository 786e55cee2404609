//! The engine of edgequake_async: providers, wire formats, HTTP, SSE, retries and errors, without Python.
//!
//! Entry points are [`call::send`] for one response, [`download::to_file`] for one that goes to disk, and
//! [`stream::open`] for a stream of items.

pub mod auth;
pub mod aws_frames;
pub mod body;
pub mod buffer;
pub mod call;
pub mod chunk;
pub mod classify;
mod connect;
pub mod download;
pub mod error;
pub mod framing;
pub mod http;
pub mod media;
mod poll;
pub mod protocol;
pub mod provider;
pub mod redact;
pub mod retry;
pub mod several;
pub mod sse;
pub mod stream;
pub mod target;
pub mod timeouts;
pub mod tokens;
pub mod vectors;
pub mod wire;

pub use error::{Error, Kind, Result, TimeoutKind};
pub use reqwest::header::HeaderMap;
