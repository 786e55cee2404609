//! A chat request in the words of the Messages API.

use serde_json::{Value, json};

use super::{JSON_TOOL, content, model, tools};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad};

/// Thinking tokens for each effort, where a model wants a budget; litellm's numbers.
const BUDGETS: [(&str, u32); 4] = [("minimal", 1024), ("low", 1024), ("medium", 2048), ("high", 4096)];

/// OpenAI's parameters that the Messages API has a word for.
pub const PARAMS: &[&str] = &[
    "max_completion_tokens",
    "max_tokens",
    "parallel_tool_calls",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
    "user",
    "web_search_options",
];

pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let mut take = |name: &str| body.shift_remove(name).filter(|value| !value.is_null());
    let mut to = Object::with_capacity(8);
    to.insert("model".into(), take("model").unwrap_or_else(|| ask.model.clone().into()));
    let messages = take("messages").ok_or_else(|| bad("messages", "must be given"))?;
    let (system, messages) = content::split(messages)?;
    if !system.is_empty() {
        to.insert("system".into(), Value::Array(system));
    }
    to.insert("messages".into(), Value::Array(messages));
    let limit = [take("max_completion_tokens"), take("max_tokens")].into_iter().flatten().next();
    to.insert("max_tokens".into(), limit.unwrap_or_else(|| model::max_tokens(&ask.model).into()));
    for same in ["temperature", "top_p", "output_config"] {
        if let Some(value) = take(same) {
            to.insert(same.into(), value);
        }
    }
    if let Some(stop) = take("stop") {
        to.insert("stop_sequences".into(), if stop.is_string() { json!([stop]) } else { stop });
    }
    // OpenAI's newer name for who asks wins over the older.
    if let Some(user) = [take("safety_identifier"), take("user")].into_iter().flatten().next() {
        to.insert("metadata".into(), json!({"user_id": user}));
    }
    // Usage is always told, so what asks for it in a stream is done.
    take("stream_options");
    if ask.stream {
        to.insert("stream".into(), true.into());
    }
    take("stream");
    if body.get("n").is_some_and(|n| *n == 1) {
        body.shift_remove("n");
    }
    think(ask, &mut body, &mut to);
    tools::put(&mut body, &mut to)?;
    structure(ask, &mut body, &mut to)?;
    ask.pass_on(body, &mut to)?;
    Ok(to)
}

/// `reasoning_effort`, where the caller does not say `thinking` in Anthropic's own words.
pub fn think(ask: &Ask, body: &mut Object, to: &mut Object) {
    if body.get("thinking").is_some_and(|thinking| !thinking.is_null()) {
        return;
    }
    let Some(Value::String(effort)) = body.get("reasoning_effort").cloned() else {
        return;
    };
    if model::thinks_adaptively(&ask.model) {
        body.shift_remove("reasoning_effort");
        if effort != "none" {
            to.insert("thinking".into(), json!({"type": "adaptive"}));
            let effort = if effort == "minimal" { "low" } else { &effort };
            configure(to, "effort", effort.into());
        }
    } else if effort == "none" {
        body.shift_remove("reasoning_effort");
    } else if let Some((_, budget)) = BUDGETS.iter().find(|(name, _)| *name == effort) {
        body.shift_remove("reasoning_effort");
        to.insert("thinking".into(), json!({"type": "enabled", "budget_tokens": budget}));
    }
}

/// `response_format`: by the model itself where it can, else by a tool that it must call.
fn structure(ask: &Ask, body: &mut Object, to: &mut Object) -> Result<()> {
    let Some(format) = body.shift_remove("response_format").filter(|format| !format.is_null()) else {
        return Ok(());
    };
    let schema = match format.get("type").and_then(Value::as_str) {
        Some("text") => return Ok(()),
        Some("json_object") => None,
        Some("json_schema") => {
            let schema = format.pointer("/json_schema/schema").cloned();
            Some(schema.ok_or_else(|| bad("response_format['json_schema']", "must have a 'schema'"))?)
        }
        _ => return Err(bad("response_format['type']", "must be text, json_object or json_schema")),
    };
    match schema {
        // On Vertex AI it is off unless a project's administrator allows it
        // (https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/structured_outputs).
        Some(schema) if model::has_structured_output(&ask.model) && ask.provider != "vertex_ai" => {
            configure(to, "format", json!({"type": "json_schema", "schema": schema}));
        }
        schema => {
            let schema = schema.unwrap_or_else(|| json!({"type": "object", "additionalProperties": true}));
            let tool = json!({
                "name": JSON_TOOL,
                "description": "Answer by calling this tool with the answer.",
                "input_schema": schema,
            });
            // A model that thinks cannot be made to call a tool, nor one that is to choose among others.
            let thinks = to.get("thinking").or_else(|| body.get("thinking"));
            let thinks = thinks.and_then(|thinking| thinking.get("type")).is_some_and(|kind| kind != "disabled");
            match to.get_mut("tools").and_then(Value::as_array_mut) {
                Some(tools) => tools.push(tool),
                None => {
                    to.insert("tools".into(), json!([tool]));
                    if !thinks {
                        to.insert("tool_choice".into(), json!({"type": "tool", "name": JSON_TOOL}));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Adds to `output_config`, in which the caller may have said something already.
fn configure(to: &mut Object, name: &str, value: Value) {
    let mut config = match to.shift_remove("output_config") {
        Some(Value::Object(config)) => config,
        _ => Object::new(),
    };
    config.insert(name.into(), value);
    to.insert("output_config".into(), Value::Object(config));
}
