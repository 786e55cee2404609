//! A chat request in the words of v2/chat.

use serde_json::{Value, json};

use super::{content, take, tools};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, text};

/// OpenAI's parameters that v2/chat has a word for.
pub const PARAMS: &[&str] = &[
    "frequency_penalty",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
];

/// OpenAI's parameters, and `top_k` of others, by their names here.
const NAMES: [(&str, &str); 9] = [
    ("max_completion_tokens", "max_tokens"),
    ("max_tokens", "max_tokens"),
    ("temperature", "temperature"),
    ("top_p", "p"),
    ("top_k", "k"),
    ("seed", "seed"),
    ("frequency_penalty", "frequency_penalty"),
    ("presence_penalty", "presence_penalty"),
    ("logprobs", "logprobs"),
];

/// Thinking tokens for each effort, litellm's numbers; a higher effort has no limit.
const BUDGETS: [(&str, u32); 4] = [("minimal", 1024), ("low", 1024), ("medium", 2048), ("high", 4096)];

/// The request.
///
/// # Errors
/// `BadRequest` naming what is no OpenAI request; `UnsupportedParams`.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let mut to = Object::with_capacity(8);
    to.insert("model".into(), take(&mut body, "model").unwrap_or_else(|| ask.model.clone().into()));
    let messages = take(&mut body, "messages").ok_or_else(|| bad("messages", "must be given"))?;
    to.insert("messages".into(), content::messages(messages)?.into());
    for (openai, own) in NAMES {
        if let Some(value) = take(&mut body, openai) {
            to.entry(own).or_insert(value);
        }
    }
    if let Some(stop) = take(&mut body, "stop") {
        to.insert("stop_sequences".into(), if stop.is_string() { json!([stop]) } else { stop });
    }
    // Usage is always told, so what asks for it in a stream is done.
    take(&mut body, "stream_options");
    take(&mut body, "stream");
    if ask.stream {
        to.insert("stream".into(), true.into());
    }
    if body.get("n").is_some_and(|n| *n == 1) {
        body.shift_remove("n");
    }
    think(&mut body, &mut to);
    tools::put(&mut body, &mut to)?;
    structure(&mut body, &mut to)?;
    ask.pass_on(body, &mut to)?;
    Ok(to)
}

/// `thinking` in Cohere's words or in Anthropic's, which litellm's callers use for all; else `reasoning_effort`
/// (https://docs.cohere.com/docs/reasoning).
fn think(body: &mut Object, to: &mut Object) {
    if let Some(mut thinking) = take(body, "thinking") {
        if let Some(object) = thinking.as_object_mut()
            && let Some(budget) = object.shift_remove("budget_tokens")
        {
            object.entry("token_budget").or_insert(budget);
        }
        to.insert("thinking".into(), thinking);
        body.shift_remove("reasoning_effort");
        return;
    }
    let effort = body.get("reasoning_effort").unwrap_or(&Value::Null);
    // `{"effort", "summary"}` is what programs made for the Responses API say.
    let effort = text(effort, "effort").or(effort.as_str()).unwrap_or_default();
    let thinking = match effort {
        "none" | "disable" => json!({"type": "disabled"}),
        "xhigh" | "max" => json!({"type": "enabled"}),
        _ => match BUDGETS.iter().find(|(name, _)| *name == effort) {
            Some((_, budget)) => json!({"type": "enabled", "token_budget": budget}),
            None => return,
        },
    };
    body.shift_remove("reasoning_effort");
    to.insert("thinking".into(), thinking);
}

fn structure(body: &mut Object, to: &mut Object) -> Result<()> {
    let Some(format) = take(body, "response_format") else {
        return Ok(());
    };
    let named = format.get("json_schema");
    let schema = match text(&format, "type") {
        Some("text") => return Ok(()),
        // Cohere's own word for the schema, its older one, and litellm's.
        Some("json_object") => named.or_else(|| format.get("schema")).or_else(|| format.get("response_schema")),
        Some("json_schema") => {
            let schema = named.and_then(|named| named.get("schema"));
            Some(schema.ok_or_else(|| bad("response_format['json_schema']", "must have a 'schema'"))?)
        }
        _ => return Err(bad("response_format['type']", "must be text, json_object or json_schema")),
    };
    let mut own = json!({"type": "json_object"});
    if let (Some(schema), Some(own)) = (schema.filter(|schema| !schema.is_null()), own.as_object_mut()) {
        own.insert("json_schema".into(), schema.clone());
    }
    to.insert("response_format".into(), own);
    Ok(())
}
