//! Google's generateContent (https://ai.google.dev/api/generate-content) and batchEmbedContents.

use serde_json::Value;

use super::plain::Plain;
use super::{Ask, EventReader, KeyHeader, Object, Protocol, Route, text};
use crate::error::{Error, Kind, Result};

mod back;
mod citations;
mod config;
mod content;
pub(super) mod embeddings;
mod media;
mod partial;
mod parts;
mod plain;
mod reply;
mod request;
mod schema;
mod stream;
mod tools;
mod usage;

pub(super) use parts::made_id;
pub(super) use reply::unix_time;

/// The protocol.
pub struct Gemini;

impl Protocol for Gemini {
    fn path(&self, ask: &Ask) -> Result<String> {
        let method = match (ask.route, ask.stream) {
            (Route::Embeddings, _) => "batchEmbedContents",
            (Route::Chat, false) => "generateContent",
            // Without `alt=sse` the stream is one JSON array.
            (Route::Chat, true) => "streamGenerateContent?alt=sse",
            (Route::Rerank | Route::Messages | Route::Beside, _) => return Err(ask.no_route()),
        };
        Ok(format!("/{}:{method}", encoded(&resource(&ask.model))))
    }

    fn fetches(&self, ask: &Ask, url: &str) -> bool {
        media::is_fetched(&ask.model, url)
    }

    fn key_header(&self, _ask: &Ask, _base: &str) -> KeyHeader {
        KeyHeader::Named("x-goog-api-key")
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        let request = match ask.route {
            Route::Chat => request::request(ask, body),
            Route::Embeddings => embeddings::request(ask, body),
            Route::Rerank | Route::Messages | Route::Beside => Err(ask.no_route()),
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
            Route::Rerank | Route::Messages | Route::Beside => Err(ask.no_route()),
        }
    }

    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        Box::new(stream::Reader::new(ask))
    }
}

/// The model as the API names it: `models/...`, or the caller's own `tunedModels/...`.
fn resource(model: &str) -> String {
    if model.starts_with("models/") || model.starts_with("tunedModels/") {
        model.to_owned()
    } else {
        format!("models/{model}")
    }
}

/// Percent-encoded for a path whose slashes stay.
pub(super) fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The model's version: (3, 0) for `gemini-3-flash-preview`, (2, 5) for `gemini-2.5-pro`; zeros where it has none.
fn version(model: &str) -> (u32, u32) {
    let name = model.rsplit('/').next().unwrap_or_default();
    let version = name.strip_prefix("gemini-").and_then(|rest| rest.split('-').next()).unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Takes a parameter out of a request; one that is null was not given.
pub(super) fn take(body: &mut Object, name: &str) -> Option<Value> {
    body.shift_remove(name).filter(|value| !value.is_null())
}

/// The text of a message's content, which may be a list of parts.
fn content_text(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(said)) => said.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| text(part, "text").or(text(part, "refusal"))).collect()
        }
        _ => String::new(),
    }
}

fn invalid(why: &str) -> Error {
    Error::new(Kind::ResponseValidation, format!("The reply is not what generateContent says: {why}"))
}

#[cfg(test)]
mod tests;
