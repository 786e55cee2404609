//! A block of a streamed answer, put together beside the chunks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::protocol::{Object, text};

/// Bytes, which travel as base64: each piece is written for itself.
const BYTES: [&str; 2] = ["bytes", "redactedContent"];

#[derive(Default)]
pub struct Block {
    /// The block as a whole answer has it, but for what is below.
    pub value: Object,
    /// Arguments as far as they have arrived.
    pub input: String,
    /// Its place among the calls, where it is one that the caller is to make.
    pub call: Option<u64>,
    pub is_answer: bool,
    pub citations: Vec<Value>,
}

impl Block {
    /// A piece of a call, `more` of its arguments in it.
    pub fn call_with(&mut self, piece: &Value, more: &str) {
        self.input.push_str(more);
        let call = self.value.entry("toolUse").or_insert_with(|| json!({}));
        join_members(call, piece, &["input"]);
    }

    /// A piece of a thought, as the chunk says it.
    pub fn think(&mut self, piece: &Value) -> Option<Value> {
        let reasoning = self.value.entry("reasoningContent").or_insert_with(|| json!({}));
        if piece.get("redactedContent").is_some() {
            join(reasoning, piece);
            return None;
        }
        let whole = reasoning.as_object_mut()?.entry("reasoningText").or_insert_with(|| json!({"text": ""}));
        join(whole, piece);
        if let Some(more) = text(piece, "text") {
            let part = json!({"type": "thinking", "thinking": more});
            return Some(json!({"reasoning_content": more, "thinking_blocks": [part]}));
        }
        let part = json!({"type": "thinking", "thinking": "", "signature": text(piece, "signature")?});
        Some(json!({"thinking_blocks": [part]}))
    }

    /// A piece of what only Converse's shape can say, or of what is yet to come. A list is what the block contains.
    pub fn add(&mut self, delta: &Value) {
        for (name, piece) in delta.as_object().into_iter().flatten() {
            match piece {
                Value::Array(_) => {
                    join(self.value.entry(name.clone()).or_insert_with(|| json!({})), &json!({"content": piece}))
                }
                _ => match self.value.get_mut(name) {
                    Some(begun) => join(begun, piece),
                    None => drop(self.value.insert(name.clone(), piece.clone())),
                },
            }
        }
    }

    /// A thought that is not shown.
    pub fn redacted(&self) -> Option<&str> {
        text(self.value.get("reasoningContent")?, "redactedContent")
    }

    /// The block as a whole answer has it.
    pub fn into_value(mut self) -> Value {
        if let Some(made) = self.value.get_mut("toolUse").and_then(Value::as_object_mut) {
            let input = match self.input.is_empty() {
                true => json!({}),
                // Arguments that the limit of tokens cut short stay text.
                false => serde_json::from_str(&self.input).unwrap_or(Value::String(self.input)),
            };
            made.insert("input".into(), input);
        }
        // Without content it would be refused when it is sent back.
        if let Some(result) = self.value.get_mut("toolResult").and_then(Value::as_object_mut) {
            result.entry("content").or_insert_with(|| json!([]));
        }
        if self.citations.is_empty() {
            return Value::Object(self.value);
        }
        let said = self.value.shift_remove("text").map(|said| json!({ "text": said }));
        let said: Vec<Value> = said.into_iter().collect();
        json!({"citationsContent": {"content": said, "citations": self.citations}})
    }
}

/// Adds a piece to what has begun: texts and lists go on, other values are the last.
fn join(begun: &mut Value, piece: &Value) {
    match (begun, piece) {
        (Value::String(before), Value::String(more)) => before.push_str(more),
        (Value::Array(before), Value::Array(more)) => before.extend(more.iter().cloned()),
        (begun @ Value::Object(_), Value::Object(_)) => join_members(begun, piece, &[]),
        (begun, piece) => *begun = piece.clone(),
    }
}

fn join_members(begun: &mut Value, piece: &Value, but: &[&str]) {
    let Some(begun) = begun.as_object_mut() else {
        return;
    };
    let members = piece.as_object().into_iter().flatten();
    for (name, more) in members.filter(|(name, more)| !but.contains(&name.as_str()) && !more.is_null()) {
        match begun.get_mut(name) {
            Some(Value::String(before)) if BYTES.contains(&name.as_str()) => append_bytes(before, more),
            Some(before) => join(before, more),
            None => drop(begun.insert(name.clone(), more.clone())),
        }
    }
}

/// Only the last group of what was there may be filled up; what is no base64 is added as it is.
fn append_bytes(before: &mut String, more: &Value) {
    let more = more.as_str().unwrap_or_default();
    let tail = before.len().checked_sub(4).filter(|_| before.ends_with('='));
    let tail = tail.and_then(|at| Some((at, STANDARD.decode(before.get(at..)?).ok()?)));
    match (tail, STANDARD.decode(more)) {
        (Some((at, mut bytes)), Ok(more)) => {
            bytes.extend(more);
            before.truncate(at);
            before.push_str(&STANDARD.encode(bytes));
        }
        _ => before.push_str(more),
    }
}
