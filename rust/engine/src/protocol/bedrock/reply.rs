//! An answer of Converse's as a chat completion.

use serde_json::{Value, json};

use super::content::KEPT;
use super::{JSON_TOOL, invalid, made_id, model};
use crate::error::Result;
use crate::protocol::usage::{Counts, Usage};
use crate::protocol::{Ask, Object, now, text};

/// The canonical reason for each of Bedrock's; others stay as they are.
pub const REASONS: [(&str, &str); 7] = [
    ("content_filtered", "content_filter"),
    ("end_turn", "stop"),
    ("guardrail_intervened", "content_filter"),
    ("max_tokens", "length"),
    ("model_context_window_exceeded", "length"),
    ("stop_sequence", "stop"),
    ("tool_use", "tool_calls"),
];

pub fn reply(ask: &Ask, reply: Value) -> Result<Value> {
    let Value::Object(mut reply) = reply else {
        return Err(invalid("it is no object"));
    };
    let output = reply.shift_remove("output").unwrap_or_default();
    let Some(blocks) = output.pointer("/message/content").and_then(Value::as_array) else {
        return Err(invalid("it has no content"));
    };
    let mut message = Message::default();
    for block in blocks {
        message.add(block);
    }
    let ended = Ended { has_calls: !message.calls.is_empty(), is_answered_by_tool: message.is_answered_by_tool };
    let mut choice = Object::new();
    choice.insert("index".into(), 0.into());
    choice.insert("message".into(), message.into_value(blocks));
    choice.extend(ended.finish(reply.shift_remove("stopReason").unwrap_or_default()));
    let usage = usage(reply.shift_remove("usage").as_ref());
    let mut completion = Object::new();
    for (name, value) in [
        ("id", made_id().into()),
        ("object", "chat.completion".into()),
        ("created", now().into()),
        ("model", model::id(&ask.model).into()),
        ("choices", json!([choice])),
        ("usage", usage),
    ] {
        completion.insert(name.into(), value);
    }
    // What is left (metrics, a guardrail's trace) has no place of its own and keeps its name.
    completion.extend(reply.into_iter().filter(|(_, value)| !value.is_null()));
    Ok(Value::Object(completion))
}

/// How an answer ended, besides what it says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ended {
    /// Tools are to be called.
    pub has_calls: bool,
    /// The tool that stands for a structured answer was called.
    pub is_answered_by_tool: bool,
}

impl Ended {
    /// `finish_reason`, and beside it the reason in Bedrock's words.
    pub fn finish(self, raw: Value) -> Object {
        let known = REASONS.iter().find(|(theirs, _)| Some(*theirs) == raw.as_str());
        let reason = match known.map(|(_, ours)| *ours) {
            // Some models say that they are done when they call.
            Some("stop") if self.has_calls => "tool_calls".into(),
            Some("tool_calls") if self.is_answered_by_tool && !self.has_calls => "stop".into(),
            Some(reason) => reason.into(),
            None => raw.clone(),
        };
        let mut said = Object::new();
        let beside = (reason != raw).then(|| json!({ "finish_reason": raw }));
        said.insert("finish_reason".into(), reason);
        said.extend(beside.map(|beside| ("provider_specific_fields".to_owned(), beside)));
        said
    }
}

/// Usage in OpenAI's counts, what else is counted beside them.
pub fn usage(usage: Option<&Value>) -> Value {
    usage.filter(|usage| usage.is_object()).map_or(Value::Null, |usage| counted(usage).with(usage, &COUNTED))
}

/// The counts that have a place of their own in OpenAI's. Those of the cache stand there twice, under two names.
pub const COUNTED: [&str; 7] = [
    "inputTokens",
    "outputTokens",
    "totalTokens",
    "cacheReadInputTokens",
    "cacheWriteInputTokens",
    "cacheReadInputTokenCount",
    "cacheWriteInputTokenCount",
];

/// OpenAI's counts, the cache's also in litellm's names. The prompt is all that was sent: new, from the cache and written to
/// it, which Bedrock counts apart.
pub fn counted(theirs: &impl Counts) -> Usage {
    let (read, written) = (theirs.given("cacheReadInputTokens"), theirs.given("cacheWriteInputTokens"));
    let prompt = theirs.count("inputTokens") + read.unwrap_or(0) + written.unwrap_or(0);
    let answer = theirs.count("outputTokens");
    let cached = |names: [&'static str; 2]| {
        names.into_iter().zip([read, written]).filter_map(|(name, count)| Some((name.into(), count?))).collect()
    };
    Usage {
        counts: [prompt, answer, theirs.given("totalTokens").unwrap_or(prompt + answer)],
        prompt: cached(["cached_tokens", "cache_creation_tokens"]),
        beside: cached(["cache_read_input_tokens", "cache_creation_input_tokens"]),
        ..Usage::default()
    }
}

/// Whether a call is of a tool that Amazon runs itself.
pub fn is_of_server(call: &Value) -> bool {
    text(call, "type") == Some("server_tool_use")
}

/// Whether the blocks say more than a message in OpenAI's shape: blocks of other kinds or with members that are yet to come,
/// or an order in which thinking, text and calls do not follow each other.
pub fn must_keep(blocks: &[Value]) -> bool {
    let mut reached = 0;
    blocks.iter().any(|block| {
        let (place, is_known) = if let Some(reasoning) = block.get("reasoningContent") {
            let told = reasoning.get("reasoningText").is_none_or(|told| has_only(told, &["text", "signature"]));
            (0, told && has_only(reasoning, &["reasoningText", "redactedContent"]))
        } else if block.get("text").is_some() {
            (1, true)
        } else if let Some(call) = block.get("toolUse").filter(|call| !is_of_server(call)) {
            if text(call, "name") == Some(JSON_TOOL) {
                return false;
            }
            (2, has_only(call, &["toolUseId", "name", "input", "type"]))
        } else {
            return true;
        };
        let is_one = block.as_object().is_some_and(|block| block.len() == 1);
        let is_out_of_order = place < reached;
        reached = place;
        is_out_of_order || !is_known || !is_one
    })
}

fn has_only(value: &Value, members: &[&str]) -> bool {
    let mut said = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    said.all(|(name, _)| members.contains(&name.as_str()))
}

/// A call in OpenAI's shape.
pub fn call(call: &Value, arguments: &str) -> Value {
    json!({
        "id": call.get("toolUseId"),
        "type": "function",
        "function": {"name": call.get("name"), "arguments": arguments},
    })
}

/// A thought as a thinking block.
pub fn thought(reasoning: &Value) -> Option<Value> {
    if let Some(data) = reasoning.get("redactedContent") {
        return Some(json!({"type": "redacted_thinking", "data": data}));
    }
    let told = reasoning.get("reasoningText")?;
    let mut block = json!({"type": "thinking", "thinking": text(told, "text").unwrap_or_default()});
    if let (Some(signature), Some(block)) = (told.get("signature"), block.as_object_mut()) {
        block.insert("signature".into(), signature.clone());
    }
    Some(block)
}

#[derive(Default)]
struct Message {
    text: String,
    has_text: bool,
    calls: Vec<Value>,
    thinking: Vec<Value>,
    is_answered_by_tool: bool,
}

impl Message {
    fn add(&mut self, block: &Value) {
        if let Some(said) = text(block, "text") {
            self.say(said);
        } else if let Some(cited) = block.get("citationsContent") {
            for said in cited.get("content").and_then(Value::as_array).into_iter().flatten() {
                self.say(text(said, "text").unwrap_or_default());
            }
        } else if let Some(made) = block.get("toolUse").filter(|made| !is_of_server(made)) {
            let input = made.get("input").filter(|input| !input.is_null());
            let arguments = input.map_or_else(|| "{}".to_owned(), Value::to_string);
            if text(made, "name") == Some(JSON_TOOL) {
                self.say(&arguments);
                self.is_answered_by_tool = true;
            } else {
                self.calls.push(call(made, &arguments));
            }
        } else if let Some(reasoning) = block.get("reasoningContent") {
            self.thinking.extend(thought(reasoning));
        }
    }

    fn say(&mut self, said: &str) {
        self.text.push_str(said);
        self.has_text = true;
    }

    fn into_value(self, blocks: &[Value]) -> Value {
        let thought: String = self.thinking.iter().filter_map(|block| text(block, "thinking")).collect();
        let mut message = Object::new();
        message.insert("role".into(), "assistant".into());
        message.insert("content".into(), if self.has_text { self.text.into() } else { Value::Null });
        for (name, list) in [("tool_calls", self.calls), ("thinking_blocks", self.thinking)] {
            if !list.is_empty() {
                message.insert(name.into(), Value::Array(list));
            }
        }
        if !thought.is_empty() {
            message.insert("reasoning_content".into(), thought.into());
        }
        if must_keep(blocks) {
            message.insert("provider_specific_fields".into(), json!({KEPT: blocks}));
        }
        Value::Object(message)
    }
}
