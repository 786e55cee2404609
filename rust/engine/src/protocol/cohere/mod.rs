//! Cohere's v2 API: chat, embeddings, reranking (https://docs.cohere.com/reference/chat).
//!
//! What OpenAI's shape has no place for is kept in a message's `provider_specific_fields`: the plan of tool calls, the
//! citations, and where the model thought, its blocks. Sent back, these go out as they came. A rerank is spoken as Python
//! speaks it to every provider.

use serde_json::Value;

use super::plain::Plain;
use super::{Ask, EventReader, Object, Protocol, Route, text};
use crate::error::{Error, Kind, Result};

mod content;
mod embeddings;
mod plain;
mod reply;
mod request;
mod stream;
mod tools;
mod usage;

#[cfg(test)]
mod tests;

/// Where the blocks of a message stand that says more than a text.
const BLOCKS: &str = "content_blocks";

/// The protocol.
pub struct Cohere;

impl Protocol for Cohere {
    /// Users name the host, the older version, or (litellm's way) the whole address of one endpoint.
    fn base_url(&self, _ask: &Ask, base: &str) -> Result<String> {
        let mut base = base.trim_end_matches('/');
        for tail in ["/chat", "/embed", "/rerank", "/v1", "/v2"] {
            base = base.strip_suffix(tail).unwrap_or(base);
        }
        Ok(format!("{base}/v2"))
    }

    fn path(&self, ask: &Ask) -> Result<String> {
        let path = match ask.route {
            Route::Chat => "/chat",
            Route::Embeddings => "/embed",
            Route::Rerank => "/rerank",
            Route::Messages | Route::Beside => return Err(ask.no_route()),
        };
        Ok(path.to_owned())
    }

    fn passes_through(&self, ask: &Ask) -> bool {
        ask.route == Route::Rerank
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        let request = match ask.route {
            Route::Chat => request::request(ask, body),
            Route::Embeddings => embeddings::request(ask, body),
            Route::Rerank | Route::Beside => Ok(body),
            Route::Messages => Err(ask.no_route()),
        };
        request.map(Value::Object)
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
            Route::Rerank | Route::Beside => Ok(reply),
            Route::Messages => Err(ask.no_route()),
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

/// The texts of a content, which may be a text or a list of parts.
fn said(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(said)) => said.clone(),
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| text(part, "text")).collect(),
        _ => String::new(),
    }
}

fn invalid(why: &str) -> Error {
    Error::new(Kind::ResponseValidation, format!("The reply is not what Cohere's v2 API says: {why}"))
}
