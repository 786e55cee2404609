//! Vertex AI (https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest): Google's models, Claude, and other
//! makers' models behind one door.
//!
//! Gemini is asked as [`gemini`](super::gemini) asks it and Claude as [`anthropic`](super::anthropic) does; models that
//! speak OpenAI's words are passed through. What is Vertex AI's own is where requests go, and the older embeddings.

use serde_json::Value;

use super::anthropic::Anthropic;
use super::gemini::{Gemini, embeddings, encoded};
use super::plain::Plain;
use super::{Ask, EventReader, Object, Protocol, Route, bad};
use crate::error::Result;
use crate::provider::structured::Structured;

mod family;
mod predict;

use family::{Family, family};

/// Said in the body instead of in a header (https://docs.anthropic.com/en/api/claude-on-vertex-ai).
const ANTHROPIC_VERSION: &str = "vertex-2023-10-16";

/// The protocol.
pub struct Vertex;

impl Protocol for Vertex {
    /// https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations: one host per region, one for `global`, and
    /// one for each part of the world. A base of the caller's may name project and location, and is kept.
    fn base_url(&self, ask: &Ask, base: &str) -> Result<String> {
        let base = base.trim_end_matches('/');
        if base.contains("/projects/") {
            return Ok(base.to_owned());
        }
        let location = option(ask, "vertex_location")?.unwrap_or("us-central1");
        let Some(project) = option(ask, "vertex_project")? else {
            let why = "pass it, or set VERTEXAI_PROJECT or GOOGLE_CLOUD_PROJECT; the credentials name none";
            return Err(bad("vertex_project", why));
        };
        let base = match (base.strip_prefix(&format!("https://{location}-aiplatform.googleapis.com")), location) {
            (Some(rest), "global") => format!("https://aiplatform.googleapis.com{rest}"),
            (Some(rest), "eu" | "us") => format!("https://aiplatform.{location}.rep.googleapis.com{rest}"),
            _ => base.to_owned(),
        };
        Ok(format!("{base}/projects/{project}/locations/{location}"))
    }

    fn path(&self, ask: &Ask) -> Result<String> {
        let family = family(&ask.model)?;
        let resource = encoded(&family.resource());
        let (whole, streamed) = match (ask.route, family) {
            (Route::Chat, Family::Gemini(_) | Family::Tuned(_)) => ("generateContent", "streamGenerateContent?alt=sse"),
            (Route::Messages, Family::Claude(_)) | (Route::Chat, Family::Claude(_) | Family::Raw { .. }) => {
                ("rawPredict", "streamRawPredict")
            }
            (Route::Chat, Family::Open(_)) => return Ok("/endpoints/openapi/chat/completions".to_owned()),
            (Route::Embeddings, Family::Gemini(name)) if name.contains("gemini") => ("embedContent", "embedContent"),
            (Route::Embeddings, Family::Gemini(_) | Family::Tuned(_)) => ("predict", "predict"),
            (Route::Embeddings | Route::Rerank | Route::Messages | Route::Beside, _) => return Err(ask.no_route()),
        };
        Ok(format!("/{resource}:{}", if ask.stream { streamed } else { whole }))
    }

    /// `embedContent` takes one input.
    fn path_of(&self, ask: &Ask, request: &Value) -> Option<String> {
        if ask.route != Route::Embeddings || request.get("requests").is_none() {
            return None;
        }
        let path = self.path(ask).ok()?;
        path.strip_suffix(":embedContent").map(|resource| format!("{resource}:batchEmbedContents"))
    }

    fn passes_through(&self, ask: &Ask) -> bool {
        matches!(family(&ask.model), Ok(Family::Raw { .. } | Family::Open(_)))
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        match (family(&ask.model)?, ask.route) {
            (Family::Claude(_), route) => {
                let mut request = Object::new();
                request.insert("anthropic_version".into(), ANTHROPIC_VERSION.into());
                let said = if route == Route::Messages { Value::Object(body) } else { Anthropic.request(ask, body)? };
                if let Value::Object(said) = said {
                    request.extend(said);
                }
                // The path names it, and Claude refuses to hear it twice.
                request.shift_remove("model");
                Ok(Value::Object(request))
            }
            (Family::Gemini(name), Route::Embeddings) if name.contains("gemini") => {
                embeddings::request_of_vertex(ask, body).map(Value::Object)
            }
            (_, Route::Embeddings) => predict::request(ask, body).map(Value::Object),
            _ => Gemini.request(ask, body),
        }
    }

    /// Claude fetches nothing here (https://docs.anthropic.com/en/docs/build-with-claude/vision).
    fn fetches(&self, ask: &Ask, url: &str) -> bool {
        match family(&ask.model) {
            Ok(Family::Claude(_)) => false,
            _ => Gemini.fetches(ask, url),
        }
    }

    fn structured(&self, ask: &Ask, asked: Structured) -> Structured {
        match family(&ask.model) {
            Ok(Family::Claude(_)) => Anthropic.structured(ask, asked),
            _ => asked,
        }
    }

    fn params(&self, ask: &Ask) -> Option<&'static [&'static str]> {
        match family(&ask.model) {
            Ok(Family::Claude(_)) => Anthropic.params(ask),
            Ok(Family::Raw { .. } | Family::Open(_)) | Err(_) => None,
            Ok(_) => Gemini.params(ask),
        }
    }

    fn plain<'a>(&self, ask: &'a Ask, body: &'a [u8]) -> Option<Plain<'a>> {
        match family(&ask.model).ok()? {
            Family::Claude(_) => Anthropic.plain(ask, body),
            _ => Gemini.plain(ask, body),
        }
    }

    fn reply(&self, ask: &Ask, reply: Value) -> Result<Value> {
        match (family(&ask.model)?, ask.route) {
            (Family::Claude(_), _) => Anthropic.reply(ask, reply),
            (_, Route::Embeddings) if reply.get("predictions").is_some() => predict::reply(ask, reply),
            _ => Gemini.reply(ask, reply),
        }
    }

    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        match family(&ask.model) {
            Ok(Family::Claude(_)) => Anthropic.reader(ask),
            _ => Gemini.reader(ask),
        }
    }
}

/// An option by either of the names that litellm has for it. It becomes a part of the path.
fn option<'a>(ask: &'a Ask, name: &str) -> Result<Option<&'a str>> {
    let other = name.replace("vertex_", "vertex_ai_");
    let Some(value) = ask.options.get(&other).or(ask.options.get(name)) else {
        return Ok(None);
    };
    let is_name = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:_".contains(&byte));
    if is_name { Ok(Some(value)) } else { Err(bad(name, &format!("{value:?} is no name of one"))) }
}

#[cfg(test)]
mod tests;
