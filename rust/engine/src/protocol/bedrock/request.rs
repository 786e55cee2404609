//! A chat request in the words of Converse (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).
//!
//! What Converse has no word for goes to the model itself, in `additionalModelRequestFields`.

use serde_json::{Value, json};

use super::model::Model;
use super::{JSON_TOOL, content, tools};
use crate::error::Result;
use crate::protocol::{Ask, Object, anthropic, bad, text};

/// Members of a request that a caller may give in Converse's own words.
const OWN: [&str; 11] = [
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "guardrailConfig",
    "inferenceConfig",
    "outputConfig",
    "performanceConfig",
    "projectIdentifier",
    "promptVariables",
    "requestMetadata",
    "serviceTier",
    "toolConfig",
];

/// OpenAI's parameters that can be said, to some models at least.
pub const PARAMS: &[&str] = &[
    "max_completion_tokens",
    "max_tokens",
    "parallel_tool_calls",
    "reasoning_effort",
    "response_format",
    "service_tier",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
];

pub fn request(ask: &Ask, mut body: Object) -> Result<Object> {
    let model = Model::of(&ask.model);
    let (mut to, mut additional) = (Object::new(), Object::new());
    let mut take = |name: &str| body.shift_remove(name).filter(|value| !value.is_null());
    take("model");
    let messages = take("messages").ok_or_else(|| bad("messages", "must be given"))?;
    let (system, messages) = content::split(messages)?;
    let has_calls = content::has_calls(&messages);
    to.insert("messages".into(), Value::Array(messages));
    if !system.is_empty() {
        to.insert("system".into(), Value::Array(system));
    }
    let stop = take("stop").map(|stop| if stop.is_string() { json!([stop]) } else { stop });
    let limit = [take("max_completion_tokens"), take("max_tokens")].into_iter().flatten().next();
    let inference =
        [("maxTokens", limit), ("temperature", take("temperature")), ("topP", take("top_p")), ("stopSequences", stop)];
    let inference = inference.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let inference: Object = inference.collect();
    if !inference.is_empty() {
        to.insert("inferenceConfig".into(), Value::Object(inference));
    }
    // "auto" is what an account is set to, which is what Bedrock does unasked.
    if let Some(tier) = take("service_tier").filter(|tier| *tier != "auto") {
        to.insert("serviceTier".into(), json!({ "type": tier }));
    }
    // The address says whether the answer is streamed, and usage is always told.
    take("stream");
    take("stream_options");
    if body.get("n").is_some_and(|n| *n == 1) {
        body.shift_remove("n");
    }
    if let Some(top_k) = body.shift_remove("top_k").filter(|top_k| !top_k.is_null()) {
        match model.is_nova() {
            // https://docs.aws.amazon.com/nova/latest/userguide/using-converse-api.html
            true => additional.insert("inferenceConfig".into(), json!({ "topK": top_k })),
            false => additional.insert("top_k".into(), top_k),
        };
    }
    think(ask, model, &mut body, &mut additional);
    tools::put(ask, model, has_calls, &mut body, &mut to, &mut additional)?;
    structure(model, &mut body, &mut to, &additional)?;
    let mut own = Object::new();
    ask.pass_on(body, &mut own)?;
    place(own, &mut to, &mut additional);
    if !additional.is_empty() {
        to.insert("additionalModelRequestFields".into(), Value::Object(additional));
    }
    Ok(to)
}

/// What is the caller's own: members of Converse's where they belong, beside ours; all else to the model.
fn place(own: Object, to: &mut Object, additional: &mut Object) {
    for (name, value) in own {
        if name == "additionalModelRequestFields"
            && let Value::Object(fields) = value
        {
            additional.extend(fields);
        } else if !OWN.contains(&name.as_str()) {
            additional.insert(name, value);
        } else if let (Some(Value::Object(ours)), Value::Object(theirs)) = (to.get_mut(&name), &value) {
            ours.extend(theirs.clone());
        } else {
            to.insert(name, value);
        }
    }
}

/// `reasoning_effort` as the model wants it told, where the caller does not say it in the model's own words.
fn think(ask: &Ask, model: Model<'_>, body: &mut Object, additional: &mut Object) {
    if model.is_claude() {
        return anthropic::request::think(ask, body, additional);
    }
    let Some(effort) = body.get("reasoning_effort").and_then(Value::as_str).map(str::to_owned) else {
        return;
    };
    let told = match model.maker {
        // https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
        "amazon" if model.name.starts_with("nova-2") => match effort.as_str() {
            "none" => ("reasoningConfig", json!({"type": "disabled"})),
            "minimal" => ("reasoningConfig", json!({"type": "enabled", "maxReasoningEffort": "low"})),
            effort => ("reasoningConfig", json!({"type": "enabled", "maxReasoningEffort": effort})),
        },
        // DeepSeek's R1 always thinks; V3 as langchain-aws found (https://github.com/langchain-ai/langchain-aws/pull/1261).
        "openai" => ("reasoning_effort", effort.into()),
        "deepseek" if !model.name.starts_with("r1") => ("reasoning_effort", effort.into()),
        _ => return,
    };
    body.shift_remove("reasoning_effort");
    additional.insert(told.0.into(), told.1);
}

/// `response_format`: by the model itself where it can, else by a tool that it must call.
fn structure(model: Model<'_>, body: &mut Object, to: &mut Object, additional: &Object) -> Result<()> {
    let Some(format) = body.shift_remove("response_format").filter(|format| !format.is_null()) else {
        return Ok(());
    };
    let described = format.get("json_schema").unwrap_or(&Value::Null);
    let schema = match text(&format, "type") {
        Some("text") => return Ok(()),
        Some("json_object") => None,
        Some("json_schema") => {
            let schema = described.get("schema").cloned();
            Some(schema.ok_or_else(|| bad("response_format['json_schema']", "must have a 'schema'"))?)
        }
        _ => return Err(bad("response_format['type']", "must be text, json_object or json_schema")),
    };
    if let Some(schema) = schema.as_ref().filter(|_| model.has_structured_output()) {
        let mut told = Object::new();
        told.insert("schema".into(), schema.to_string().into());
        for name in ["name", "description"] {
            if let Some(value) = described.get(name).filter(|value| value.is_string()) {
                told.insert(name.into(), value.clone());
            }
        }
        let format = json!({"type": "json_schema", "structure": {"jsonSchema": told}});
        to.insert("outputConfig".into(), json!({ "textFormat": format }));
        return Ok(());
    }
    let schema = schema.unwrap_or_else(|| json!({"type": "object", "additionalProperties": true}));
    // A model that thinks cannot be made to call a tool, nor one that is to choose among others.
    let thinks = [additional.get("thinking"), body.get("thinking")].into_iter().flatten();
    let thinks = thinks.filter_map(|thinking| text(thinking, "type")).any(|kind| kind != "disabled");
    tools::answer_by(JSON_TOOL, &schema, model, thinks, to);
    Ok(())
}
