//! Tools, and which of them may be called.

use serde_json::{Value, json};

use crate::error::Result;
use crate::protocol::{Object, bad, text};

/// Moves `tools`, `tool_choice`, `parallel_tool_calls` and `web_search_options`.
pub fn put(body: &mut Object, to: &mut Object) -> Result<()> {
    let mut take = |name: &str| body.shift_remove(name).filter(|value| !value.is_null());
    let mut tools = match take("tools") {
        None => Vec::new(),
        Some(Value::Array(tools)) => {
            tools.into_iter().enumerate().map(|(at, tool)| convert(at, tool)).collect::<Result<Vec<_>>>()?
        }
        Some(_) => return Err(bad("tools", "must be a list")),
    };
    tools.extend(take("web_search_options").map(|options| web_search(&options)));
    let mut choice = take("tool_choice").map(choose).transpose()?;
    if take("parallel_tool_calls").is_some_and(|parallel| parallel == false) && !tools.is_empty() {
        let choice = choice.get_or_insert_with(|| json!({"type": "auto"}));
        let calls = text(choice, "type") != Some("none");
        if let Some(object) = choice.as_object_mut().filter(|_| calls) {
            object.insert("disable_parallel_tool_use".into(), true.into());
        }
    }
    if !tools.is_empty() {
        to.insert("tools".into(), Value::Array(tools));
        if let Some(choice) = choice {
            to.insert("tool_choice".into(), choice);
        }
    }
    Ok(())
}

/// A function in Anthropic's words; a tool that is none (its own: web search, computer use) as it is.
fn convert(at: usize, tool: Value) -> Result<Value> {
    let Value::Object(mut tool) = tool else {
        return Err(bad(&format!("tools[{at}]"), "must be a dict"));
    };
    let Some(function) = tool.shift_remove("function") else {
        return Ok(Value::Object(tool));
    };
    let Value::Object(mut function) = function else {
        return Err(bad(&format!("tools[{at}]['function']"), "must be a dict"));
    };
    let name = function.shift_remove("name").filter(Value::is_string);
    let mut converted = Object::new();
    converted
        .insert("name".into(), name.ok_or_else(|| bad(&format!("tools[{at}]['function']['name']"), "must be a text"))?);
    if let Some(description) = function.shift_remove("description").filter(|description| !description.is_null()) {
        converted.insert("description".into(), description);
    }
    let schema = function.shift_remove("parameters").filter(|schema| !schema.is_null());
    let mut schema = schema.unwrap_or_else(|| json!({"type": "object", "properties": {}}));
    if let Some(object) = schema.as_object_mut() {
        // The API refuses a schema without it; OpenAI takes an empty one.
        object.entry("type").or_insert_with(|| "object".into());
    }
    converted.insert("input_schema".into(), schema);
    tool.shift_remove("type");
    // `strict` and `cache_control` have the same meaning in both; what is unknown here is the caller's.
    converted.extend(function.into_iter().filter(|(_, value)| !value.is_null()));
    converted.extend(tool.into_iter().filter(|(_, value)| !value.is_null()));
    Ok(Value::Object(converted))
}

fn choose(choice: Value) -> Result<Value> {
    let kind = match choice.as_str() {
        Some("required") => "any",
        Some(word @ ("auto" | "none" | "any")) => word,
        Some(other) => return Err(bad("tool_choice", &format!("{other:?} is none of auto, none, required"))),
        None => {
            return match choice.pointer("/function/name") {
                Some(name) => Ok(json!({"type": "tool", "name": name})),
                // Anthropic's own words.
                None if choice.is_object() => Ok(choice),
                None => Err(bad("tool_choice", "must be a text or a dict")),
            };
        }
    };
    Ok(json!({"type": kind}))
}

/// Searches for each size of context; litellm's numbers.
const SEARCHES: [(&str, u32); 3] = [("low", 1), ("medium", 5), ("high", 10)];

fn web_search(options: &Value) -> Value {
    let mut tool = json!({"type": "web_search_20250305", "name": "web_search"});
    if let Some(object) = tool.as_object_mut() {
        let size = text(options, "search_context_size");
        if let Some((_, searches)) = SEARCHES.iter().find(|(name, _)| Some(*name) == size) {
            object.insert("max_uses".into(), (*searches).into());
        }
        if let Some(Value::Object(place)) = options.pointer("/user_location/approximate") {
            let mut place = place.clone();
            place.insert("type".into(), "approximate".into());
            object.insert("user_location".into(), Value::Object(place));
        }
    }
    tool
}
