//! An answer, or a line of a streamed one, in OpenAI's words.

use serde_json::{Value, json};

use super::invalid;
use crate::error::Result;
use crate::protocol::gemini::{made_id, unix_time};
use crate::protocol::usage::{Counts, Usage};
use crate::protocol::{Ask, Object, now};

/// How ids begin that are made here: Ollama's answers have none, and calls of older servers neither.
pub const ANSWER_ID: &str = "chatcmpl-";
const CALL_ID: &str = "call_";

/// A whole answer as a chat completion.
///
/// # Errors
/// `ResponseValidation`: it is none.
pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let mut line = Line::of(reply)?;
    let mut completion = head(ask, &line, "chat.completion");
    let calls = line.calls.len();
    let mut message = line.take_delta(&mut 0);
    message.insert("role".into(), "assistant".into());
    if let Some(calls) = message.get_mut("tool_calls").and_then(Value::as_array_mut) {
        for call in calls.iter_mut().filter_map(Value::as_object_mut) {
            call.shift_remove("index");
        }
    }
    message.entry("content").or_insert(Value::Null);
    let mut choice = Object::new();
    choice.insert("index".into(), 0.into());
    choice.insert("message".into(), Value::Object(message));
    choice.extend(line.take_logprobs());
    choice.extend(finish(&mut line.rest, calls > 0));
    completion.insert("choices".into(), json!([choice]));
    completion.insert("usage".into(), usage(&mut line.rest));
    completion.extend(line.rest.into_iter().filter(|(_, value)| !value.is_null()));
    Ok(Value::Object(completion))
}

/// `id`, `object`, `created`, `model`.
pub fn head(ask: &Ask, line: &Line, object: &str) -> Object {
    let model = line.model.clone().unwrap_or_else(|| ask.model.clone());
    let mut head = Object::new();
    for (name, value) in [
        ("id", made_id(ANSWER_ID).into()),
        ("object", object.into()),
        ("created", line.created.unwrap_or_else(now).into()),
        ("model", model.into()),
    ] {
        head.insert(name.into(), value);
    }
    head
}

/// Takes why it ended: after a call Ollama says `stop` too. What is no reason of OpenAI's (`load`) stays as it is.
pub fn finish(rest: &mut Object, called: bool) -> Object {
    let raw = rest.shift_remove("done_reason").filter(Value::is_string).unwrap_or_else(|| "stop".into());
    let mut said = Object::new();
    if called && raw == "stop" {
        said.insert("finish_reason".into(), "tool_calls".into());
        said.insert("provider_specific_fields".into(), json!({"finish_reason": raw}));
    } else {
        said.insert("finish_reason".into(), raw);
    }
    said
}

/// Counts, which OpenAI has in its own names.
pub const COUNTED: [&str; 2] = ["prompt_eval_count", "eval_count"];
/// Nanoseconds, which belong to the counts.
pub const DURATIONS: [&str; 4] = ["total_duration", "load_duration", "prompt_eval_duration", "eval_duration"];

/// Takes the counts and the durations.
pub fn usage(rest: &mut Object) -> Value {
    let counts = counted(rest);
    let of_usage = |name: &str| COUNTED.contains(&name) || DURATIONS.contains(&name);
    let (taken, left) = std::mem::take(rest).into_iter().partition(|(name, _)| of_usage(name));
    *rest = left;
    counts.with(&Value::Object(taken), &COUNTED)
}

/// OpenAI's counts. A prompt that was in the cache as a whole is not counted by older servers.
pub fn counted(theirs: &impl Counts) -> Usage {
    let (prompt, answer) = (theirs.count("prompt_eval_count"), theirs.count("eval_count"));
    Usage { counts: [prompt, answer, prompt + answer], ..Usage::default() }
}

/// What a line says.
pub struct Line {
    pub model: Option<String>,
    pub created: Option<u64>,
    /// The message without its calls.
    message: Object,
    pub calls: Vec<Value>,
    pub done: bool,
    /// Everything else.
    pub rest: Object,
}

impl Line {
    /// # Errors
    /// `ResponseValidation`: it has no message.
    pub fn of(line: Value) -> Result<Self> {
        let Value::Object(mut rest) = line else {
            return Err(invalid("it is no object"));
        };
        let Some(Value::Object(mut message)) = rest.shift_remove("message") else {
            return Err(invalid("it has no message"));
        };
        let model = rest.shift_remove("model").and_then(|model| model.as_str().map(str::to_owned));
        let created = rest.shift_remove("created_at");
        let created = created.as_ref().and_then(Value::as_str).and_then(unix_time).filter(|created| *created > 0);
        let done = rest.shift_remove("done").is_some_and(|done| done == true);
        let calls = match message.shift_remove("tool_calls") {
            Some(Value::Array(calls)) => calls,
            _ => Vec::new(),
        };
        Ok(Self { model, created, message, calls, done, rest })
    }

    /// What the message says, as a delta; what is empty is left out. Calls come whole; `calls` of them precede these.
    pub fn take_delta(&mut self, calls: &mut usize) -> Object {
        let mut said = Object::new();
        for (name, value) in std::mem::take(&mut self.message) {
            let is_empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
            match name.as_str() {
                _ if is_empty => {}
                "role" => {}
                "thinking" => drop(said.insert("reasoning_content".into(), value)),
                _ => drop(said.insert(name, value)),
            }
        }
        let made: Vec<Value> = self
            .calls
            .drain(..)
            .map(|given| {
                let index = *calls;
                *calls += 1;
                call(index, given)
            })
            .collect();
        if !made.is_empty() {
            said.insert("tool_calls".into(), Value::Array(made));
        }
        said
    }

    /// `logprobs` of the choice: a list there, an object with a list here.
    pub fn take_logprobs(&mut self) -> Option<(String, Value)> {
        let tokens =
            self.rest.shift_remove("logprobs").filter(|tokens| tokens.as_array().is_some_and(|t| !t.is_empty()));
        tokens.map(|tokens| ("logprobs".to_owned(), json!({"content": tokens})))
    }
}

/// A call in OpenAI's shape. Its arguments are an object, its index is the function's.
fn call(index: usize, given: Value) -> Value {
    let id = given.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let arguments = given.pointer("/function/arguments").filter(|arguments| !arguments.is_null());
    json!({
        "index": index,
        "id": id.map_or_else(|| made_id(CALL_ID), str::to_owned),
        "type": "function",
        "function": {
            "name": given.pointer("/function/name"),
            "arguments": arguments.map_or_else(|| "{}".to_owned(), Value::to_string),
        },
    })
}
