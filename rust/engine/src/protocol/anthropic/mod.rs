//! Anthropic's Messages API (https://docs.anthropic.com/en/api/messages).
//!
//! What OpenAI's shape has no place for (server tools and their results, citations) is kept: the blocks of such a
//! message stand in its `provider_specific_fields` under `content`, and sent back they go out as they came.

use serde_json::Value;

use super::plain::Plain;
use super::{Ask, EventReader, KeyHeader, Object, Protocol, Route};
use crate::error::Result;
use crate::provider::structured::Structured;

mod block;
mod content;
pub(super) mod model;
pub(super) mod plain;
pub(super) mod reply;
pub(super) mod request;
pub(super) mod stream;
mod tools;

#[cfg(test)]
mod tests;

/// The tool by which models without structured output of their own are made to answer in JSON.
pub(super) const JSON_TOOL: &str = "json_tool_call";

/// The protocol.
pub struct Anthropic;

impl Protocol for Anthropic {
    fn path(&self, ask: &Ask) -> Result<String> {
        match ask.route {
            Route::Chat | Route::Messages => Ok("/messages".to_owned()),
            Route::Embeddings | Route::Rerank | Route::Beside => Err(ask.no_route()),
        }
    }

    fn passes_through(&self, ask: &Ask) -> bool {
        ask.route == Route::Messages
    }

    fn structured(&self, ask: &Ask, asked: Structured) -> Structured {
        if asked == Structured::JsonSchema && model::has_structured_output(&ask.model) {
            asked
        } else {
            Structured::Tool
        }
    }

    fn key_header(&self, _ask: &Ask, _base: &str) -> KeyHeader {
        KeyHeader::Named("x-api-key")
    }

    fn headers(&self, _ask: &Ask) -> &'static [(&'static str, &'static str)] {
        &[("anthropic-version", "2023-06-01")]
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        request::request(ask, body).map(Value::Object)
    }

    fn params(&self, ask: &Ask) -> Option<&'static [&'static str]> {
        Some(match ask.route {
            Route::Chat => request::PARAMS,
            Route::Embeddings | Route::Rerank | Route::Messages | Route::Beside => &[],
        })
    }

    fn plain<'a>(&self, _ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
        plain::plain(body)
    }

    fn reply(&self, _ask: &Ask, reply: Value) -> Result<Value> {
        reply::reply(reply)
    }

    fn reader(&self, _ask: &Ask) -> Box<dyn EventReader> {
        Box::<stream::Reader>::default()
    }
}
