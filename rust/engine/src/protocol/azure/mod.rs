//! Azure: OpenAI's protocol at addresses of Azure's own, and Anthropic's for Claude. Bodies travel as they are.
//!
//! `azure` is Azure OpenAI, where a model is the name of a deployment in the path
//! (https://learn.microsoft.com/azure/ai-foundry/openai/reference), `azure_ai` is everything else that a Foundry resource
//! or a serverless endpoint serves (https://learn.microsoft.com/rest/api/aifoundry/modelinference).

use serde_json::Value;

use super::anthropic::Anthropic;
use super::{Ask, EventReader, KeyHeader, Object, Protocol, Route};
use crate::error::{Error, Kind, Result};
use crate::provider::structured::Structured;

mod address;

#[cfg(test)]
mod tests;

/// The header of Azure's own keys.
const KEY: KeyHeader = KeyHeader::Named("api-key");

/// Azure OpenAI.
pub struct Azure;

/// Models of Azure's foundry.
pub struct AzureAi;

impl Protocol for Azure {
    fn base_url(&self, ask: &Ask, base: &str) -> Result<String> {
        Ok(address::openai(ask, base))
    }

    fn path(&self, ask: &Ask) -> Result<String> {
        route(ask)
    }

    fn passes_through(&self, _ask: &Ask) -> bool {
        true
    }

    fn refine(&self, error: &mut Error) {
        refine(error);
    }

    fn key_header(&self, _ask: &Ask, _base: &str) -> KeyHeader {
        KEY
    }

    fn token<'a>(&self, ask: &'a Ask) -> Option<&'a str> {
        ask.options.get("azure_ad_token")
    }

    fn request(&self, _ask: &Ask, body: Object) -> Result<Value> {
        Ok(Value::Object(body))
    }

    fn reply(&self, _ask: &Ask, reply: Value) -> Result<Value> {
        Ok(reply)
    }

    /// Never asked, for bodies pass through.
    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        Anthropic.reader(ask)
    }
}

impl Protocol for AzureAi {
    fn base_url(&self, ask: &Ask, base: &str) -> Result<String> {
        Ok(if is_claude(ask) { address::anthropic(base) } else { address::models(ask, base) })
    }

    fn path(&self, ask: &Ask) -> Result<String> {
        if is_claude(ask) { Anthropic.path(ask) } else { route(ask) }
    }

    fn passes_through(&self, ask: &Ask) -> bool {
        !is_claude(ask) || ask.route == Route::Messages
    }

    fn params(&self, ask: &Ask) -> Option<&'static [&'static str]> {
        is_claude(ask).then(|| Anthropic.params(ask)).flatten()
    }

    fn refine(&self, error: &mut Error) {
        refine(error);
    }

    fn structured(&self, ask: &Ask, asked: Structured) -> Structured {
        if is_claude(ask) { Anthropic.structured(ask, asked) } else { asked }
    }

    /// A serverless endpoint takes its key as a bearer token, a resource in a header.
    fn key_header(&self, ask: &Ask, base: &str) -> KeyHeader {
        match is_claude(ask) {
            true => Anthropic.key_header(ask, base),
            false if address::is_resource(base) => KEY,
            false => KeyHeader::Bearer,
        }
    }

    fn token<'a>(&self, ask: &'a Ask) -> Option<&'a str> {
        ask.options.get("azure_ad_token")
    }

    fn headers(&self, ask: &Ask) -> &'static [(&'static str, &'static str)] {
        if is_claude(ask) { Anthropic.headers(ask) } else { &[] }
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        Anthropic.request(ask, body)
    }

    fn reply(&self, ask: &Ask, reply: Value) -> Result<Value> {
        Anthropic.reply(ask, reply)
    }

    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        Anthropic.reader(ask)
    }
}

/// Claude is spoken to as at Anthropic's (https://platform.claude.com/docs/en/build-with-claude/claude-in-microsoft-foundry).
fn is_claude(ask: &Ask) -> bool {
    ask.model.starts_with("claude")
}

fn route(ask: &Ask) -> Result<String> {
    match ask.route {
        Route::Chat => Ok("/chat/completions".to_owned()),
        Route::Embeddings => Ok("/embeddings".to_owned()),
        Route::Beside => Ok(ask.path.clone()),
        Route::Rerank | Route::Messages => Err(ask.no_route()),
    }
}

/// A prompt that the content filter refused says so in an inner error, whatever the outer one is called
/// (https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter).
fn refine(error: &mut Error) {
    let body: Value = serde_json::from_slice(&error.details().body).unwrap_or_default();
    let inner = ["/error/innererror/code", "/error/inner_error/code"].into_iter().find_map(|path| body.pointer(path));
    if error.kind() == Kind::BadRequest && inner.is_some_and(|code| code == "ResponsibleAIPolicyViolation") {
        error.details_mut().kind = Kind::ContentPolicyViolation;
    }
}
