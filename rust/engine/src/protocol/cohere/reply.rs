//! A whole reply as a chat completion.

use serde_json::{Value, json};

use super::{BLOCKS, invalid, said, usage};
use crate::classify;
use crate::error::{Error, Result};
use crate::protocol::{Ask, Object, now, text};

/// The canonical reason for each of Cohere's; others stay as they are.
pub const REASONS: [(&str, &str); 4] =
    [("COMPLETE", "stop"), ("STOP_SEQUENCE", "stop"), ("MAX_TOKENS", "length"), ("TOOL_CALL", "tool_calls")];

/// The chat completion.
///
/// # Errors
/// `ResponseValidation`: it is no reply of v2/chat. What the reply reports, where the model failed.
pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let Value::Object(mut reply) = reply else {
        return Err(invalid("it is no object"));
    };
    if let Some(error) = failure(&reply) {
        return Err(error);
    }
    let Some(Value::Object(message)) = reply.shift_remove("message") else {
        return Err(invalid("it has no message"));
    };
    let mut choice = Object::new();
    choice.insert("index".into(), 0.into());
    choice.insert("message".into(), self::message(message).into());
    choice.extend(finish(&mut reply));
    if let Some(Value::Array(items)) = reply.shift_remove("logprobs") {
        choice.insert("logprobs".into(), logprobs(&items));
    }
    let mut completion = head(ask, reply.shift_remove("id"), "chat.completion");
    completion.insert("choices".into(), json!([choice]));
    if let Some(counts) = reply.shift_remove("usage").filter(Value::is_object) {
        completion.insert("usage".into(), usage::usage(&counts));
    }
    // What is left has no place of its own and keeps its name.
    completion.extend(reply.into_iter().filter(|(_, value)| !value.is_null()));
    Ok(Value::Object(completion))
}

/// What a completion and a chunk say of themselves. The model is never told.
pub fn head(ask: &Ask, id: Option<Value>, object: &str) -> Object {
    let mut head = Object::new();
    head.insert("id".into(), id.unwrap_or_else(|| format!("chatcmpl-{}", now()).into()));
    head.insert("object".into(), object.into());
    head.insert("created".into(), now().into());
    head.insert("model".into(), ask.model.clone().into());
    head
}

/// The error of an answer that says that the model failed.
pub fn failure(ended: &Object) -> Option<Error> {
    let said = ended.get("error").and_then(Value::as_str);
    let has_failed = ended.get("finish_reason").is_some_and(|reason| reason == "ERROR");
    (has_failed || said.is_some()).then(|| {
        let message = said.unwrap_or("The model failed (finish_reason ERROR)");
        classify::error_from_event(&json!({ "message": message }))
    })
}

/// `finish_reason`, and beside it the reason in Cohere's word.
pub fn finish(ended: &mut Object) -> Object {
    let raw = ended.shift_remove("finish_reason").unwrap_or_default();
    let mut said = Object::new();
    let known = REASONS.iter().find(|(theirs, _)| Some(*theirs) == raw.as_str());
    said.insert("finish_reason".into(), known.map_or_else(|| raw.clone(), |(_, ours)| (*ours).into()));
    if known.is_some() {
        said.insert("provider_specific_fields".into(), json!({ "finish_reason": raw }));
    }
    said
}

fn message(mut message: Object) -> Object {
    let blocks = match message.shift_remove("content") {
        Some(Value::Array(blocks)) => blocks,
        Some(Value::String(said)) => vec![json!({"type": "text", "text": said})],
        _ => Vec::new(),
    };
    let mut made = Object::new();
    made.insert("role".into(), "assistant".into());
    let has_text = blocks.iter().any(|block| block.get("text").is_some());
    let whole = Value::Array(blocks);
    made.insert("content".into(), if has_text { said(Some(&whole)).into() } else { Value::Null });
    let thought: String = list(&whole).filter_map(|block| text(block, "thinking")).collect();
    if !thought.is_empty() {
        made.insert("reasoning_content".into(), thought.into());
    }
    let calls = message.shift_remove("tool_calls").unwrap_or_default();
    let calls: Vec<Value> = list(&calls).map(call).collect();
    if !calls.is_empty() {
        made.insert("tool_calls".into(), calls.into());
    }
    message.shift_remove("role");
    let mut own: Object = message.into_iter().filter(|(_, value)| is_said(value)).collect();
    own.extend(kept(whole));
    if !own.is_empty() {
        made.insert("provider_specific_fields".into(), own.into());
    }
    made
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Neither null nor empty.
pub fn is_said(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(said) => !said.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// The blocks, where they say more than one text.
pub fn kept(blocks: Value) -> Option<(String, Value)> {
    let says_more = list(&blocks).enumerate().any(|(at, block)| at > 0 || text(block, "type") != Some("text"));
    says_more.then(|| (BLOCKS.to_owned(), blocks))
}

/// A call without arguments has empty ones.
fn call(call: &Value) -> Value {
    let mut call = call.clone();
    if let Some(Value::Object(function)) = call.get_mut("function")
        && function.get("arguments").and_then(Value::as_str).is_none_or(str::is_empty)
    {
        function.insert("arguments".into(), "{}".into());
    }
    call
}

/// OpenAI's log probabilities. An item is a piece of text with a probability for each of its tokens, and as likely as all
/// of these together; they stay beside (https://docs.cohere.com/reference/chat#response.body.logprobs).
pub fn logprobs(items: &[Value]) -> Value {
    let content = items.iter().map(|item| {
        let said = text(item, "text").unwrap_or_default();
        let sum: f64 = item.get("logprobs").map(|each| list(each).filter_map(Value::as_f64).sum()).unwrap_or_default();
        let mut token = Object::new();
        token.insert("token".into(), said.into());
        token.insert("logprob".into(), sum.into());
        token.insert("bytes".into(), said.bytes().map(Value::from).collect());
        token.insert("top_logprobs".into(), json!([]));
        let own = item.as_object().into_iter().flatten().filter(|(name, _)| *name != "text");
        token.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(token)
    });
    json!({"content": content.collect::<Vec<_>>()})
}
