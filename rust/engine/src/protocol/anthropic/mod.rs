//! Anthropic's Messages API (https://docs.anthropic.com/en/api/messages).

use serde_json::Value;

use super::{Ask, EventReader, KeyHeader, Object, Protocol, Route};
use crate::error::Result;

mod content;
mod reply;
mod request;
mod stream;

/// The protocol.
pub struct Anthropic;

impl Protocol for Anthropic {
    fn path(&self, ask: &Ask) -> Result<String> {
        match ask.route {
            Route::Chat => Ok("/messages".to_owned()),
            Route::Embeddings => Err(ask.no_route("embeddings")),
        }
    }

    fn key_header(&self) -> KeyHeader {
        KeyHeader::Named("x-api-key")
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("anthropic-version", "2023-06-01")]
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        request::request(ask, body).map(Value::Object)
    }

    fn reply(&self, _ask: &Ask, reply: Value) -> Result<Value> {
        reply::reply(&reply)
    }

    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        Box::new(stream::Reader::new(ask))
    }
}
