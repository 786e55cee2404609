//! A message of Anthropic's as a chat completion.

use serde::Deserialize;
use serde_json::{Value, json};

use super::JSON_TOOL;
use super::content::{KEPT, OF_CALLS};
use crate::error::{Error, Kind, Result};
use crate::protocol::usage::{Counts, Usage};
use crate::protocol::{Object, now, text};

/// The canonical reason for each of Anthropic's; others stay as they are.
pub const REASONS: [(&str, &str); 8] = [
    ("end_turn", "stop"),
    ("stop_sequence", "stop"),
    ("pause_turn", "stop"),
    ("max_tokens", "length"),
    ("model_context_window_exceeded", "length"),
    ("tool_use", "tool_calls"),
    ("refusal", "content_filter"),
    ("compaction", "stop"),
];

pub fn reply(reply: Value) -> Result<Value> {
    let Value::Object(mut reply) = reply else {
        return Err(Error::new(Kind::ResponseValidation, "The reply is no object"));
    };
    let Some(Value::Array(blocks)) = reply.shift_remove("content") else {
        return Err(Error::new(Kind::ResponseValidation, "The reply has no content"));
    };
    let mut message = Message::default();
    for block in &blocks {
        message.add(block);
    }
    let answered_by_tool = message.is_answered_by_tool;
    let message = message.into_value(blocks);
    // Moved into place: `json!` would copy what it is given, the whole message twice.
    let mut choice = Object::new();
    choice.insert("index".into(), 0.into());
    choice.insert("message".into(), message);
    choice.extend(finish(&mut reply, answered_by_tool));
    let usage = usage(reply.shift_remove("usage").as_ref());
    for name in ["type", "role", "object", "created", "choices"] {
        reply.shift_remove(name);
    }
    let mut completion = Object::new();
    for (name, value) in [
        ("id", reply.shift_remove("id").unwrap_or_default()),
        ("object", "chat.completion".into()),
        ("created", now().into()),
        ("model", reply.shift_remove("model").unwrap_or_default()),
        ("choices", Value::Array(vec![Value::Object(choice)])),
        ("usage", usage),
    ] {
        completion.insert(name.into(), value);
    }
    // What is left (container, context_management) has no place of its own and keeps its name.
    completion.extend(reply.into_iter().filter(|(_, value)| !value.is_null()));
    Ok(Value::Object(completion))
}

/// `finish_reason`, and beside it what it cannot say: the reason in Anthropic's words, the sequence that stopped it.
pub fn finish(from: &mut Object, answered_by_tool: bool) -> Object {
    let raw = from.shift_remove("stop_reason").unwrap_or_default();
    let sequence = from.shift_remove("stop_sequence").filter(|sequence| !sequence.is_null());
    let known = REASONS.iter().find(|(theirs, _)| Some(*theirs) == raw.as_str());
    let mut reason = known.map_or_else(|| raw.clone(), |(_, ours)| (*ours).into());
    if answered_by_tool && reason == "tool_calls" {
        reason = "stop".into();
    }
    let mut beside = Object::new();
    if reason != raw {
        beside.insert("finish_reason".into(), raw);
    }
    beside.extend(sequence.map(|sequence| ("stop_sequence".to_owned(), sequence)));
    let mut said = Object::new();
    said.insert("finish_reason".into(), reason);
    if !beside.is_empty() {
        said.insert("provider_specific_fields".into(), Value::Object(beside));
    }
    said
}

/// Usage in OpenAI's counts, Anthropic's own beside them.
pub fn usage(usage: Option<&Value>) -> Value {
    usage.filter(|usage| usage.is_object()).map_or(Value::Null, |usage| counted(usage).with(usage, &COUNTED))
}

/// The counts that have a place of their own in OpenAI's.
pub const COUNTED: [&str; 2] = ["input_tokens", "output_tokens"];

/// OpenAI's counts. The prompt is all that was sent: new, cached, and written to the cache.
pub fn counted(theirs: &impl Counts) -> Usage {
    let (read, written) = (theirs.count("cache_read_input_tokens"), theirs.count("cache_creation_input_tokens"));
    let (prompt, answer) = (theirs.count("input_tokens") + read + written, theirs.count("output_tokens"));
    let thought = theirs.read::<Thought>("output_tokens_details").and_then(|details| details.thinking_tokens);
    Usage {
        counts: [prompt, answer, prompt + answer],
        prompt: vec![("cached_tokens".into(), read), ("cache_creation_tokens".into(), written)],
        completion: thought.map(|thought| ("reasoning_tokens".into(), thought)).into_iter().collect(),
        ..Usage::default()
    }
}

#[derive(Deserialize)]
struct Thought {
    thinking_tokens: Option<u64>,
}

/// Whether the blocks say more than a message in OpenAI's shape: blocks of other kinds or with members that are yet to come,
/// citations, or an order in which thinking, text and calls do not follow each other.
pub fn must_keep(blocks: &[Value]) -> bool {
    let mut reached = 0;
    blocks.iter().any(|block| {
        let (place, members): (_, &[&str]) = match text(block, "type") {
            Some("thinking") => (0, &["thinking", "signature"]),
            Some("redacted_thinking") => (0, &["data"]),
            Some("text") => (1, &["text", "citations"]),
            Some("tool_use") if text(block, "name") != Some(JSON_TOOL) => (2, &["id", "name", "input"]),
            Some("tool_use") => return false,
            _ => return true,
        };
        let is_known =
            |name: &str| name == "type" || members.contains(&name) || (place == 2 && OF_CALLS.contains(&name));
        let mut said = block.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        let says_more = said.any(|(name, _)| !is_known(name));
        let is_cited = block.get("citations").and_then(Value::as_array).is_some_and(|citations| !citations.is_empty());
        let is_out_of_order = place < reached;
        reached = place;
        is_cited || is_out_of_order || says_more
    })
}

/// A block's call in OpenAI's shape; what else the block says (who may call it) stands beside.
pub fn call(block: &Value, arguments: &str) -> Value {
    let mut call = json!({
        "id": block.get("id"),
        "type": "function",
        "function": {"name": block.get("name"), "arguments": arguments},
    });
    let members = block.as_object().into_iter().flatten();
    let beside: Object = members
        .filter(|(name, value)| !matches!(name.as_str(), "type" | "id" | "name" | "input") && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if let Some(call) = call.as_object_mut().filter(|_| !beside.is_empty()) {
        call.insert("provider_specific_fields".into(), Value::Object(beside));
    }
    call
}

/// A citation as an annotation, where it names a page of the web.
pub fn annotation(citation: &Value, start: usize, end: usize) -> Option<Value> {
    let url = text(citation, "url")?;
    let title = citation.get("title");
    Some(json!({
        "type": "url_citation",
        "url_citation": {"url": url, "title": title, "start_index": start, "end_index": end},
    }))
}

#[derive(Default)]
struct Message {
    text: String,
    has_text: bool,
    calls: Vec<Value>,
    thinking: Vec<Value>,
    thought: String,
    annotations: Vec<Value>,
    /// The tool that stands for a structured answer was called.
    is_answered_by_tool: bool,
}

impl Message {
    fn add(&mut self, block: &Value) {
        match text(block, "type") {
            Some("text") => {
                let said = text(block, "text").unwrap_or_default();
                let start = self.text.chars().count();
                self.text.push_str(said);
                self.has_text = true;
                let end = start + said.chars().count();
                let citations = block.get("citations").and_then(Value::as_array).into_iter().flatten();
                for citation in citations {
                    self.annotations.extend(annotation(citation, start, end));
                }
            }
            Some("tool_use") if text(block, "name") == Some(JSON_TOOL) => {
                self.text.push_str(&block.get("input").map_or_else(String::new, Value::to_string));
                (self.has_text, self.is_answered_by_tool) = (true, true);
            }
            Some("tool_use") => {
                let input = block.get("input").filter(|input| !input.is_null());
                self.calls.push(call(block, &input.map_or_else(|| "{}".to_owned(), Value::to_string)));
            }
            Some("thinking") => {
                self.thought.push_str(text(block, "thinking").unwrap_or_default());
                self.thinking.push(block.clone());
            }
            Some("redacted_thinking") => self.thinking.push(block.clone()),
            _ => {}
        }
    }

    fn into_value(self, blocks: Vec<Value>) -> Value {
        let mut message = Object::new();
        message.insert("role".into(), "assistant".into());
        message.insert("content".into(), if self.has_text { self.text.into() } else { Value::Null });
        for (name, list) in
            [("tool_calls", self.calls), ("thinking_blocks", self.thinking), ("annotations", self.annotations)]
        {
            if !list.is_empty() {
                message.insert(name.into(), Value::Array(list));
            }
        }
        if !self.thought.is_empty() {
            message.insert("reasoning_content".into(), self.thought.into());
        }
        if must_keep(&blocks) {
            message.insert("provider_specific_fields".into(), json!({KEPT: blocks}));
        }
        Value::Object(message)
    }
}
