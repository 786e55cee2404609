//! Tools and their choice. A tool that is not OpenAI's function (`{"googleSearch": {}}`) is Gemini's own and is sent as it is.

use serde_json::{Value, json};

use super::{schema, take};
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, text};

/// Takes what a request says of tools.
///
/// # Errors
/// `BadRequest`: a tool or a choice that is none of OpenAI's; `UnsupportedParams`: calls one at a time.
pub fn move_tools(ask: &Ask, body: &mut Object, request: &mut Object) -> Result<()> {
    let mut own = Vec::new();
    let mut functions = Vec::new();
    match take(body, "tools") {
        Some(Value::Array(tools)) => {
            for (index, tool) in tools.into_iter().enumerate() {
                sort(tool, index, &mut functions, &mut own)?;
            }
        }
        Some(_) => return Err(bad("tools", "must be a list of tools")),
        None => {}
    }
    // Its options (a place, a size) have no counterpart.
    if take(body, "web_search_options").is_some() {
        own.push(json!({"googleSearch": {}}));
    }
    let has_functions = !functions.is_empty();
    if has_functions {
        own.insert(0, json!({ "functionDeclarations": functions }));
    }
    if !own.is_empty() {
        request.insert("tools".into(), Value::Array(own));
    }
    if let Some(choice) = take(body, "tool_choice") {
        request.insert("toolConfig".into(), json!({"functionCallingConfig": calling(&choice)?}));
    }
    // Gemini may always call several at once.
    if let Some(Value::Bool(true)) = body.get("parallel_tool_calls") {
        body.shift_remove("parallel_tool_calls");
    }
    if !has_functions {
        body.shift_remove("parallel_tool_calls");
    } else if ask.drop_params {
        take(body, "parallel_tool_calls");
    }
    Ok(())
}

fn sort(tool: Value, index: usize, functions: &mut Vec<Value>, own: &mut Vec<Value>) -> Result<()> {
    let place = format!("tools[{index}]");
    match (text(&tool, "type"), tool.get("function")) {
        (None | Some("function"), Some(Value::Object(function))) => functions.push(declaration(function)),
        (Some("web_search" | "web_search_preview"), _) => own.push(json!({"googleSearch": {}})),
        (Some(kind), _) => return Err(bad(&place, &format!("Gemini has no tools of type {kind:?}"))),
        (None, _) if tool.is_object() => own.push(tool),
        (None, _) => return Err(bad(&place, "must be an object")),
    }
    Ok(())
}

/// `strict` has no counterpart: arguments keep to the schema as far as the model does.
fn declaration(function: &Object) -> Value {
    let mut declared = function.clone();
    declared.shift_remove("strict");
    if let Some(parameters) = take(&mut declared, "parameters") {
        // `parameters` takes a part of OpenAPI's schemas only
        // (https://ai.google.dev/api/caching#FunctionDeclaration).
        declared.insert("parametersJsonSchema".into(), schema::cleaned(&parameters));
    }
    Value::Object(declared)
}

fn calling(choice: &Value) -> Result<Value> {
    let refused = || bad("tool_choice", "must be auto, none, required, or name a function");
    if let Some(word) = choice.as_str() {
        let mode = match word {
            "auto" => "AUTO",
            "none" => "NONE",
            "required" | "any" => "ANY",
            _ => return Err(refused()),
        };
        return Ok(json!({ "mode": mode }));
    }
    match text(choice, "type") {
        Some("function") => {
            let name = choice.get("function").and_then(|function| text(function, "name"));
            let name = name.or(text(choice, "name")).ok_or_else(refused)?;
            Ok(json!({"mode": "ANY", "allowedFunctionNames": [name]}))
        }
        Some("allowed_tools") => {
            let allowed = choice.get("allowed_tools").unwrap_or(choice);
            let names: Vec<&str> = allowed
                .get("tools")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|tool| text(tool.get("function").unwrap_or(tool), "name"))
                .collect();
            // AUTO takes no names (https://ai.google.dev/api/caching#FunctionCallingConfig).
            let mode = if text(allowed, "mode") == Some("required") { "ANY" } else { "VALIDATED" };
            Ok(json!({"mode": mode, "allowedFunctionNames": names}))
        }
        _ => Err(refused()),
    }
}
