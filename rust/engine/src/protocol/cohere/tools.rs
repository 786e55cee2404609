//! Tools, and which of them may be called (https://docs.cohere.com/reference/chat#request.body.tools).

use serde_json::{Value, json};

use super::take;
use crate::error::Result;
use crate::protocol::{Object, bad, text};

/// Moves `tools`, `tool_choice` and a `parallel_tool_calls` that changes nothing: Cohere may always call several at once.
///
/// # Errors
/// `BadRequest`: a tool or a choice that is none.
pub fn put(body: &mut Object, to: &mut Object) -> Result<()> {
    let mut tools = match take(body, "tools") {
        None => Vec::new(),
        Some(Value::Array(tools)) => {
            tools.into_iter().enumerate().map(|(at, tool)| convert(at, tool)).collect::<Result<Vec<_>>>()?
        }
        Some(_) => return Err(bad("tools", "must be a list")),
    };
    let choice = take(body, "tool_choice");
    if tools.is_empty() || body.get("parallel_tool_calls").is_some_and(|parallel| *parallel == true) {
        body.shift_remove("parallel_tool_calls");
    }
    if tools.is_empty() {
        return Ok(());
    }
    if let Some(choice) = choice {
        let (only, word) = choose(&choice)?;
        if let Some(only) = only {
            // A choice cannot name functions, so the others are not told.
            tools.retain(|tool| name(tool).is_some_and(|name| only.contains(&name)));
            if tools.is_empty() {
                return Err(bad("tool_choice", "names a function that is none of the tools"));
            }
        }
        if let Some(word) = word {
            to.insert("tool_choice".into(), word.into());
        }
    }
    // Cohere holds all calls to their schemas or none.
    let strict: Vec<bool> = tools.iter_mut().map(take_strict).collect();
    if strict.iter().all(|strict| *strict) {
        to.insert("strict_tools".into(), true.into());
    }
    to.insert("tools".into(), tools.into());
    Ok(())
}

fn convert(at: usize, tool: Value) -> Result<Value> {
    let place = format!("tools[{at}]");
    let Value::Object(mut tool) = tool else {
        return Err(bad(&place, "must be a dict"));
    };
    let kind = tool.get("type").and_then(Value::as_str).unwrap_or("function").to_owned();
    let (true, Some(Value::Object(mut function))) = (kind == "function", tool.shift_remove("function")) else {
        return Err(bad(&place, &format!("Cohere calls functions only, no {kind:?}")));
    };
    if !function.get("name").is_some_and(Value::is_string) {
        return Err(bad(&format!("{place}['function']['name']"), "must be a text"));
    }
    if function.get("parameters").is_none_or(Value::is_null) {
        function.insert("parameters".into(), json!({"type": "object", "properties": {}}));
    }
    Ok(json!({"type": "function", "function": function}))
}

fn take_strict(tool: &mut Value) -> bool {
    let function = tool.get_mut("function").and_then(Value::as_object_mut);
    function.and_then(|function| function.shift_remove("strict")).is_some_and(|strict| strict == true)
}

fn name(tool: &Value) -> Option<&str> {
    text(tool.get("function").unwrap_or(tool), "name")
}

/// The functions that may be called, where not all; Cohere's word, where there is one.
type Choice<'a> = (Option<Vec<&'a str>>, Option<&'static str>);

fn choose(choice: &Value) -> Result<Choice<'_>> {
    let refused = || bad("tool_choice", "must be auto, none, required, or name a function");
    if let Some(word) = choice.as_str() {
        return match word.to_ascii_lowercase().as_str() {
            "auto" => Ok((None, None)),
            "none" => Ok((None, Some("NONE"))),
            "required" | "any" => Ok((None, Some("REQUIRED"))),
            _ => Err(refused()),
        };
    }
    if text(choice, "type") == Some("allowed_tools") {
        let allowed = choice.get("allowed_tools").unwrap_or(choice);
        let tools = allowed.get("tools").and_then(Value::as_array).ok_or_else(refused)?;
        let word = (text(allowed, "mode") == Some("required")).then_some("REQUIRED");
        return Ok((Some(tools.iter().filter_map(name).collect()), word));
    }
    let only = name(choice).ok_or_else(refused)?;
    Ok((Some(vec![only]), Some("REQUIRED")))
}
