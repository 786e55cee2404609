//! IBM's watsonx.ai: OpenAI's chat under other addresses and some other names, and embeddings of its own
//! (https://cloud.ibm.com/apidocs/watsonx-ai#text-chat; fields as in IBM's SDK, https://pypi.org/project/ibm-watsonx-ai/1.8.1/).
//!
//! `watsonx/deployment/<id>` is a deployment, which knows its model and its project.

use serde_json::{Value, json};

use super::{Ask, EventReader, Object, Protocol, Route, bad, chunk, count, foreign, now, text};
use crate::chunk::{self as openai, Meaning};
use crate::error::{Error, Kind, Result};
use crate::sse::Event;

/// OpenAI's parameters that are there under the same name.
const SAME: [&str; 14] = [
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "n",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "temperature",
    "tools",
    "top_logprobs",
    "top_p",
];

const PARAMS: &[&str] = &[
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "n",
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
    "top_logprobs",
    "top_p",
];

/// The protocol.
pub struct Watsonx;

impl Protocol for Watsonx {
    fn path(&self, ask: &Ask) -> Result<String> {
        let what = match (ask.route, ask.stream) {
            (Route::Chat, false) => "chat",
            (Route::Chat, true) => "chat_stream",
            (Route::Embeddings, _) => "embeddings",
            _ => return Err(ask.no_route()),
        };
        let version = ask.options.get("api_version").unwrap_or_default();
        let place = deployment(ask).map(|id| format!("/deployments/{id}")).unwrap_or_default();
        Ok(format!("/ml/v1{place}/text/{what}?version={version}"))
    }

    fn request(&self, ask: &Ask, body: Object) -> Result<Value> {
        let mut to = Object::new();
        if deployment(ask).is_none() {
            to.insert("model_id".into(), ask.model.clone().into());
            let (name, place) = ["project_id", "space_id"]
                .into_iter()
                .find_map(|name| ask.options.get(name).map(|place| (name, place)))
                .ok_or_else(|| bad("project_id", "must be given, or space_id; or set WATSONX_PROJECT_ID"))?;
            to.insert(name.into(), place.into());
        }
        match ask.route {
            Route::Embeddings => embed(ask, body, &mut to)?,
            _ => converse(ask, body, &mut to)?,
        }
        Ok(Value::Object(to))
    }

    fn params(&self, ask: &Ask) -> Option<&'static [&'static str]> {
        Some(if ask.route == Route::Embeddings { &["encoding_format"] } else { PARAMS })
    }

    fn reply(&self, ask: &Ask, mut reply: Value) -> Result<Value> {
        if ask.route == Route::Embeddings {
            return embeddings(ask, &mut reply);
        }
        name(ask, &mut reply, "chat.completion");
        Ok(reply)
    }

    fn reader(&self, ask: &Ask) -> Box<dyn EventReader> {
        Box::new(Reader(ask.clone()))
    }
}

fn deployment(ask: &Ask) -> Option<&str> {
    ask.model.strip_prefix("deployment/")
}

fn converse(ask: &Ask, mut body: Object, to: &mut Object) -> Result<()> {
    foreign::answers(&mut body).for_each(foreign::remove);
    let mut take = |name: &str| body.shift_remove(name).filter(|value| !value.is_null());
    take("model");
    // The address says whether it is a stream, and usage is always told.
    take("stream");
    take("stream_options");
    to.insert("messages".into(), take("messages").ok_or_else(|| bad("messages", "must be given"))?);
    for name in SAME {
        if let Some(value) = take(name) {
            to.insert(name.into(), value);
        }
    }
    if let Some(stop) = take("stop") {
        to.insert("stop".into(), if stop.is_string() { json!([stop]) } else { stop });
    }
    if let Some(choice) = take("tool_choice") {
        to.insert(if choice.is_string() { "tool_choice_option" } else { "tool_choice" }.into(), choice);
    }
    ask.pass_on(body, to)
}

fn embed(ask: &Ask, mut body: Object, to: &mut Object) -> Result<()> {
    let inputs = match body.shift_remove("input") {
        Some(Value::Array(inputs)) if inputs.iter().all(Value::is_string) => inputs,
        Some(input @ Value::String(_)) => vec![input],
        _ => return Err(bad("input", "must be a text or a list of texts")),
    };
    to.insert("inputs".into(), inputs.into());
    body.shift_remove("model");
    // Numbers are numbers here, and packed alike whichever form was asked for.
    body.shift_remove("encoding_format");
    ask.pass_on(body, to)
}

fn embeddings(ask: &Ask, reply: &mut Value) -> Result<Value> {
    let tokens = count(reply, "input_token_count");
    let Some(Value::Array(results)) = reply.get_mut("results").map(Value::take) else {
        return Err(Error::new(Kind::ResponseValidation, "The reply has no results"));
    };
    let row = |(index, mut result): (usize, Value)| {
        let numbers = result.get_mut("embedding").map(Value::take);
        json!({"object": "embedding", "index": index, "embedding": numbers})
    };
    Ok(json!({
        "object": "list",
        "data": results.into_iter().enumerate().map(row).collect::<Vec<_>>(),
        "model": ask.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }))
}

/// What OpenAI's clients look for and IBM calls otherwise.
fn name(ask: &Ask, reply: &mut Value, object: &str) {
    let model = text(reply, "model_id").unwrap_or(&ask.model).to_owned();
    if let Value::Object(reply) = reply {
        reply.entry("object").or_insert_with(|| object.into());
        reply.entry("model").or_insert_with(|| model.into());
        reply.entry("created").or_insert_with(|| now().into());
    }
}

struct Reader(Ask);

impl EventReader for Reader {
    fn read(&mut self, event: &Event) -> Result<Vec<Meaning>> {
        match openai::read(event.clone()) {
            Meaning::Chunk { json, finished } => match serde_json::from_slice(&json) {
                Ok(mut object) => {
                    name(&self.0, &mut object, "chat.completion.chunk");
                    Ok(vec![chunk(&object, finished)?])
                }
                Err(_) => Ok(vec![Meaning::Chunk { json, finished }]),
            },
            meaning => Ok(vec![meaning]),
        }
    }
}
