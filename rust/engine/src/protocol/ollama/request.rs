//! An OpenAI chat request as Ollama's (https://docs.ollama.com/api/chat).

use serde_json::{Value, json};

use super::{messages, options, take};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, text};

/// OpenAI's parameters that Ollama has. A `tool_choice` is none of them, though "auto" and "none", which leaves the tools
/// out, can be obeyed without one.
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
    "tools",
    "top_logprobs",
    "top_p",
];

/// The request.
///
/// # Errors
/// `BadRequest` naming what is no OpenAI request; `UnsupportedParams` naming what Ollama cannot be told.
pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    for known in ["model", "stream", "stream_options"] {
        body.shift_remove(known);
    }
    let Some(Value::Array(messages)) = take(&mut body, "messages") else {
        return Err(bad("messages", "must be a list of messages"));
    };
    let mut request = Object::with_capacity(8);
    request.insert("model".into(), ask.model.clone().into());
    request.insert("messages".into(), messages::messages(messages)?);
    // Unasked, Ollama streams.
    request.insert("stream".into(), ask.stream.into());
    put_tools(&mut body, &mut request)?;
    if let Some(format) = take(&mut body, "response_format") {
        request.extend(structure(format)?.map(|format| ("format".to_owned(), format)));
    }
    if let Some(think) = think(ask, &mut body)? {
        request.insert("think".into(), think);
    }
    for alike in ["logprobs", "top_logprobs"] {
        request.extend(take(&mut body, alike).map(|value| (alike.to_owned(), value)));
    }
    let options = options::options(&mut body)?;
    if !options.is_empty() {
        request.insert("options".into(), Value::Object(options));
    }
    if body.get("n").is_some_and(|n| *n == 1) {
        body.shift_remove("n");
    }
    ask.pass_on(body, &mut request)?;
    Ok(request)
}

/// `tools`, unless none may be called. That one must be called cannot be said, and is left to be refused or dropped.
fn put_tools(body: &mut Object, request: &mut Object) -> Result<()> {
    if body.get("parallel_tool_calls").is_some_and(|parallel| *parallel == true) {
        body.shift_remove("parallel_tool_calls");
    }
    let tools = take(body, "tools");
    let choice = body.get("tool_choice").and_then(Value::as_str).unwrap_or_default().to_owned();
    if matches!(choice.as_str(), "auto" | "none") {
        body.shift_remove("tool_choice");
    }
    let Some(tools) = tools.filter(|_| choice != "none") else {
        return Ok(());
    };
    let list = tools.as_array().ok_or_else(|| bad("tools", "must be a list"))?;
    if let Some(at) = list.iter().position(|tool| !tool.get("function").is_some_and(Value::is_object)) {
        return Err(bad(&format!("tools[{at}]"), "Ollama has functions and no other tools"));
    }
    request.insert("tools".into(), tools);
    Ok(())
}

/// `format`: a schema, or any JSON.
fn structure(format: Value) -> Result<Option<Value>> {
    match text(&format, "type") {
        Some("text") => Ok(None),
        Some("json_object") => Ok(Some("json".into())),
        Some("json_schema") => {
            let schema = format.pointer("/json_schema/schema").cloned();
            schema.map(Some).ok_or_else(|| bad("response_format['json_schema']", "must have a 'schema'"))
        }
        _ => Err(bad("response_format['type']", "must be text, json_object or json_schema")),
    }
}

/// `think`, where the caller does not say it in Ollama's own word. Models name their levels themselves; gpt-oss has three,
/// and of others is known only that they think or do not (https://docs.ollama.com/capabilities/thinking).
fn think(ask: &Ask, body: &mut Object) -> Result<Option<Value>> {
    let (effort, thinking) = (take(body, "reasoning_effort"), take(body, "thinking"));
    if let Some(own) = take(body, "think") {
        return Ok(Some(own));
    }
    if let Some(thinking) = thinking {
        return match text(&thinking, "type") {
            Some("enabled" | "adaptive") => Ok(Some(true.into())),
            Some("disabled") => Ok(Some(false.into())),
            _ => Err(bad("thinking", "its type must be enabled, adaptive or disabled")),
        };
    }
    let Some(effort) = effort else {
        return Ok(None);
    };
    let level = match effort.as_str() {
        Some("none" | "disable") => return Ok(Some(false.into())),
        Some("minimal" | "low") => "low",
        Some("medium") => "medium",
        Some("high" | "xhigh" | "max") => "high",
        _ => return Err(bad("reasoning_effort", "must be none, minimal, low, medium, high, xhigh or max")),
    };
    let has_levels = ask.model.rsplit('/').next().is_some_and(|name| name.starts_with("gpt-oss"));
    Ok(Some(if has_levels { json!(level) } else { json!(true) }))
}
