//! Whose a model is, which decides how it is asked.

use crate::error::Result;
use crate::protocol::bad;

/// Names that begin like this, where nobody says whose the model is.
const MAKERS: [(&str, &str); 5] = [
    ("claude", "anthropic"),
    ("mistral", "mistralai"),
    ("ministral", "mistralai"),
    ("codestral", "mistralai"),
    ("jamba", "ai21"),
];

/// Models that are asked alike, by the name in their path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family<'m> {
    /// Google's.
    Gemini(&'m str),
    /// A tuned one of Google's, by the number of its endpoint
    /// (https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-use-supervised-tuning).
    Tuned(&'m str),
    /// Anthropic's.
    Claude(&'m str),
    /// Of makers whose own API is OpenAI's, and is reached behind `rawPredict`
    /// (https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/mistral).
    Raw { maker: &'m str, name: &'m str },
    /// Those that Vertex AI serves in OpenAI's words, by the name of maker and model
    /// (https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis).
    Open(&'m str),
}

impl Family<'_> {
    /// The path of the model below project and location.
    pub fn resource(&self) -> String {
        match self {
            Self::Gemini(name) => format!("publishers/google/models/{name}"),
            Self::Tuned(id) => format!("endpoints/{id}"),
            Self::Claude(name) => format!("publishers/anthropic/models/{name}"),
            Self::Raw { maker, name } => format!("publishers/{maker}/models/{name}"),
            Self::Open(_) => "endpoints/openapi".to_owned(),
        }
    }
}

/// Whose this model is: as Vertex AI names models (`publishers/anthropic/models/X`), as litellm does (`meta/X`), or bare.
///
/// # Errors
/// `BadRequest`: an endpoint of the caller's own whose model speaks who knows what.
pub fn family(model: &str) -> Result<Family<'_>> {
    let full = model.strip_prefix("publishers/").and_then(|named| named.split_once("/models/"));
    let (maker, name) = match full.or(model.split_once('/')) {
        Some(split) => split,
        None => {
            let known = MAKERS.iter().find(|(beginning, _)| model.starts_with(beginning));
            (known.map_or("google", |(_, maker)| maker), model)
        }
    };
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    Ok(match maker {
        "google" | "gemini" | "endpoints" if is_number => Family::Tuned(name),
        _ if is_number => {
            let why = "only endpoints of tuned Gemini models can be asked by number (vertex_ai/NUMBER); for another, \
                       use the provider hosted_vllm or custom_openai with its address";
            return Err(bad("model", why));
        }
        // Gemma and other open models of Google's.
        "google" | "gemini" if !name.ends_with("-maas") => Family::Gemini(name),
        "anthropic" => Family::Claude(name),
        "mistralai" | "ai21" => Family::Raw { maker, name },
        _ => Family::Open(model),
    })
}
