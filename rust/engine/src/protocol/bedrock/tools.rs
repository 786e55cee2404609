//! Tools, and which of them may be called.

use serde_json::{Value, json};

use super::content::cache_point;
use super::model::Model;
use crate::error::Result;
use crate::protocol::{Ask, Object, bad, text};

/// Moves `tools`, `tool_choice` and `parallel_tool_calls`. `has_calls`: the conversation holds calls of tools, and Bedrock
/// refuses those without `toolConfig`.
///
/// # Errors
/// `BadRequest` naming a tool that is none; `UnsupportedParams`: no tool is to be called, which Converse has no word for and
/// which leaving the tools out would not say here.
pub fn put(
    ask: &Ask,
    model: Model<'_>,
    has_calls: bool,
    body: &mut Object,
    to: &mut Object,
    additional: &mut Object,
) -> Result<()> {
    let mut take = |name: &str| body.shift_remove(name).filter(|value| !value.is_null());
    let (mut tools, mut anthropics) = (Vec::new(), Vec::new());
    match take("tools") {
        None => {}
        Some(Value::Array(given)) => {
            for (at, tool) in given.into_iter().enumerate() {
                let place = format!("tools[{at}]");
                // Anthropic's own (computer use, a text editor) have a type of their own, and go to the model as they are.
                let own = text(&tool, "type").is_some_and(|kind| kind != "function" && tool.get("function").is_none());
                match own && model.is_claude() {
                    true => anthropics.push(tool),
                    false => tools.extend(convert(&place, tool)?),
                }
            }
        }
        Some(_) => return Err(bad("tools", "must be a list")),
    }
    let choice = take("tool_choice");
    let parallel = take("parallel_tool_calls");
    let is_none = choice.as_ref().is_some_and(|choice| *choice == "none");
    if is_none && has_calls && !ask.drop_params {
        return Err(ask.unsupported(&["tool_choice".to_owned()]));
    }
    if is_none && !has_calls {
        return Ok(());
    }
    let choice = choice.filter(|_| !is_none).map(choose).transpose()?;
    if parallel == Some(Value::Bool(false)) && !tools.is_empty() {
        match model.is_claude() {
            // Converse has no word for it; Anthropic's reaches the model beside Converse's choice.
            true => drop(additional.insert("tool_choice".into(), one_at_a_time(choice.as_ref()))),
            false if ask.drop_params => {}
            false => return Err(ask.unsupported(&["parallel_tool_calls".to_owned()])),
        }
    }
    if !anthropics.is_empty() {
        additional.insert("tools".into(), Value::Array(anthropics));
    }
    if !tools.is_empty() {
        let mut config = Object::new();
        config.insert("tools".into(), Value::Array(tools));
        config.extend(choice.map(|choice| ("toolChoice".to_owned(), choice)));
        to.insert("toolConfig".into(), Value::Object(config));
    }
    Ok(())
}

/// Makes the model answer by a tool of that name, where it can be made to.
pub fn answer_by(name: &str, schema: &Value, model: Model<'_>, thinks: bool, to: &mut Object) {
    let description = "Answer by calling this tool with the answer.";
    let tool = json!({"toolSpec": {"name": name, "description": description, "inputSchema": {"json": schema}}});
    if let Some(tools) = to.get_mut("toolConfig").and_then(|config| config.get_mut("tools")) {
        if let Some(tools) = tools.as_array_mut() {
            tools.push(tool);
        }
        return;
    }
    let mut config = json!({"tools": [tool]});
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html says who takes which.
    let choice = match model.maker {
        _ if thinks => None,
        "anthropic" => Some(json!({"tool": {"name": name}})),
        "amazon" if model.is_nova() => Some(json!({"tool": {"name": name}})),
        "mistral" => Some(json!({"any": {}})),
        _ => None,
    };
    if let (Some(choice), Some(config)) = (choice, config.as_object_mut()) {
        config.insert("toolChoice".into(), choice);
    }
    to.insert("toolConfig".into(), config);
}

/// A function in Converse's words, and the point up to which a prompt is cached behind it; a tool in Converse's own words
/// as it is.
fn convert(place: &str, tool: Value) -> Result<Vec<Value>> {
    let Value::Object(mut tool) = tool else {
        return Err(bad(place, "must be a dict"));
    };
    let function = match tool.shift_remove("function") {
        Some(Value::Object(function)) => function,
        Some(_) => return Err(bad(&format!("{place}['function']"), "must be a dict")),
        None if ["toolSpec", "systemTool", "cachePoint"].iter().any(|own| tool.contains_key(*own)) => {
            return Ok(vec![Value::Object(tool)]);
        }
        None => return Err(bad(place, "is neither a function nor a tool in Converse's words")),
    };
    let mut function: Object = function.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let name = function.shift_remove("name").filter(Value::is_string);
    let name = name.ok_or_else(|| bad(&format!("{place}['function']['name']"), "must be a text"))?;
    let mut spec = Object::new();
    spec.insert("name".into(), name);
    // An empty one is refused.
    if let Some(description) = function.shift_remove("description").filter(|description| *description != "") {
        spec.insert("description".into(), description);
    }
    let mut schema = function.shift_remove("parameters").unwrap_or_else(|| json!({"type": "object", "properties": {}}));
    if let Some(schema) = schema.as_object_mut() {
        // It is refused without; OpenAI takes an empty one.
        schema.entry("type").or_insert_with(|| "object".into());
    }
    spec.insert("inputSchema".into(), json!({ "json": schema }));
    let control = [function.shift_remove("cache_control"), tool.shift_remove("cache_control")];
    // `strict` means the same in both; what is unknown here is the caller's.
    spec.extend(function);
    let mut converted = vec![json!({ "toolSpec": spec })];
    converted.extend(control.into_iter().flatten().next().as_ref().and_then(cache_point));
    Ok(converted)
}

fn choose(choice: Value) -> Result<Value> {
    match choice.as_str() {
        Some("auto") => Ok(json!({"auto": {}})),
        Some("required" | "any") => Ok(json!({"any": {}})),
        Some(other) => Err(bad("tool_choice", &format!("{other:?} is none of auto, none, required"))),
        None => match choice.pointer("/function/name") {
            Some(name) => Ok(json!({"tool": {"name": name}})),
            // Converse's own words.
            None if choice.is_object() => Ok(choice),
            None => Err(bad("tool_choice", "must be a text or a dict")),
        },
    }
}

fn one_at_a_time(choice: Option<&Value>) -> Value {
    let mut told = match choice {
        Some(choice) if choice.get("any").is_some() => json!({"type": "any"}),
        Some(choice) => match choice.pointer("/tool/name") {
            Some(name) => json!({"type": "tool", "name": name}),
            None => json!({"type": "auto"}),
        },
        None => json!({"type": "auto"}),
    };
    if let Some(told) = told.as_object_mut() {
        told.insert("disable_parallel_tool_use".into(), true.into());
    }
    told
}
