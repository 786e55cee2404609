//! An OpenAI chat request as a generateContent request.
//!
//! Parameters that are Gemini's own are placed where the API has them: in `generationConfig` by name (in camel or snake
//! case), else beside it. `generationConfig` of `extra_body` is added to ours, any other member replaces ours.

use serde_json::{Value, json};

use super::{config, content, take, tools};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, object};

/// OpenAI's parameters that Gemini can be told.
pub const PARAMS: &[&str] = &[
    "audio",
    "frequency_penalty",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "modalities",
    "n",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "service_tier",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "web_search_options",
];

/// The request.
///
/// # Errors
/// `BadRequest` naming what is no OpenAI request; `UnsupportedParams` naming what Gemini cannot be told.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    for known in ["model", "stream", "stream_options"] {
        body.shift_remove(known);
    }
    let Some(Value::Array(messages)) = take(&mut body, "messages") else {
        return Err(bad("messages", "must be a list of messages"));
    };
    let content::Conversation { system, contents, resolution } = content::conversation(ask, &messages)?;
    let mut request = Object::with_capacity(8);
    request.insert("contents".into(), Value::Array(contents));
    if !system.is_empty() {
        request.insert("systemInstruction".into(), object([("parts", system.into())]));
    }
    tools::move_tools(ask, &mut body, &mut request)?;
    let mut config = config::config(ask, &mut body)?;
    if let Some(resolution) = resolution {
        config.entry("mediaResolution").or_insert(resolution.into());
    }
    if let Some(tier) = take(&mut body, "service_tier") {
        // `auto` and `default` are OpenAI's words for what is standard here.
        let tier = match tier.as_str() {
            Some("auto" | "default") => json!("standard"),
            _ => tier,
        };
        request.insert("serviceTier".into(), tier);
    }
    let own = body.get_mut("extra_body").and_then(Value::as_object_mut).map(config::take_own);
    config.extend(own.unwrap_or_default());
    if !config.is_empty() {
        request.insert("generationConfig".into(), Value::Object(config));
    }
    ask.pass_on(body, &mut request)?;
    Ok(request)
}
