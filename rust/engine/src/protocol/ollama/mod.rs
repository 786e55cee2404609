//! Ollama's own API: api/chat and api/embed (https://docs.ollama.com/api).
//!
//! Its OpenAI-compatible endpoint is not asked: that one has no word for the context window, for how long a model stays
//! loaded, or for most of what a model can be set to.

use serde_json::Value;

use super::plain::Plain;
use super::{Ask, EventReader, Object, Protocol, Route};
use crate::error::{Error, Kind, Result};
use crate::framing::Framing;

mod embeddings;
mod messages;
mod options;
mod plain;
mod reply;
mod request;
mod stream;

#[cfg(test)]
mod tests;

/// The protocol.
pub struct Ollama;

impl Protocol for Ollama {
    /// Users name the host, the OpenAI-compatible base, or the API's.
    fn base_url(&self, _ask: &Ask, base: &str) -> Result<String> {
        let trimmed = base.trim_end_matches('/');
        Ok(["/v1", "/api"].into_iter().find_map(|end| trimmed.strip_suffix(end)).unwrap_or(base).to_owned())
    }

    fn path(&self, ask: &Ask) -> Result<String> {
        match ask.route {
            Route::Chat => Ok("/api/chat".to_owned()),
            Route::Embeddings => Ok("/api/embed".to_owned()),
            Route::Rerank | Route::Messages | Route::Beside => Err(ask.no_route()),
        }
    }

    fn framing(&self, _ask: &Ask) -> Framing {
        Framing::Lines
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        let request = match ask.route {
            Route::Chat => request::request(ask, body),
            Route::Embeddings => embeddings::request(ask, body),
            Route::Rerank | Route::Messages | Route::Beside => Err(ask.no_route()),
        };
        request.map(Value::Object)
    }

    /// It takes pictures in base64 alone (https://github.com/ollama/ollama/blob/main/docs/api.md).
    fn fetches(&self, _ask: &Ask, _url: &str) -> bool {
        false
    }

    fn params(&self, ask: &Ask) -> Option<&'static [&'static str]> {
        Some(match ask.route {
            Route::Chat => request::PARAMS,
            Route::Embeddings => embeddings::PARAMS,
            Route::Rerank | Route::Messages | Route::Beside => &[],
        })
    }

    fn plain<'a>(&self, ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
        plain::plain(ask, body)
    }

    fn reply(&self, ask: &Ask, reply: Value) -> Result<Value> {
        match ask.route {
            Route::Chat => reply::reply(ask, reply),
            Route::Embeddings => embeddings::reply(ask, reply),
            Route::Rerank | Route::Messages | Route::Beside => Err(ask.no_route()),
        }
    }

    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        Box::new(stream::Reader::new(ask))
    }
}

/// Takes a parameter out of a request; one that is null was not given.
fn take(body: &mut Object, name: &str) -> Option<Value> {
    body.shift_remove(name).filter(|value| !value.is_null())
}

fn invalid(why: &str) -> Error {
    Error::new(Kind::ResponseValidation, format!("The reply is not what Ollama says: {why}"))
}
