//! A block of a streamed message, put together beside the chunks.

use serde_json::{Value, json};

use crate::protocol::{Object, extend};

#[derive(Default)]
pub struct Block {
    pub value: Object,
    /// Arguments as far as they have arrived.
    pub input: String,
    /// Its place among the tool calls, where it is one.
    pub call: Option<u64>,
    /// How many characters of the answer came before it.
    pub start: usize,
}

impl Block {
    /// A delta of what only Anthropic's shape can say, or of what is yet to come: texts and lists go on, other values are the
    /// last.
    pub fn add(&mut self, delta: &Value) {
        let members = delta.as_object().into_iter().flatten();
        for (name, value) in members.filter(|(name, value)| *name != "type" && !value.is_null()) {
            match (self.value.get_mut(name), value) {
                (_, Value::String(more)) => extend(&mut self.value, name, more),
                (Some(Value::Array(before)), Value::Array(more)) => before.extend(more.iter().cloned()),
                _ => drop(self.value.insert(name.clone(), value.clone())),
            }
        }
    }

    pub fn cite(&mut self, citation: Value) {
        match self.value.get_mut("citations") {
            Some(Value::Array(citations)) => citations.push(citation),
            _ => drop(self.value.insert("citations".into(), json!([citation]))),
        }
    }

    /// The block as a whole message has it.
    pub fn into_value(mut self) -> Value {
        if !self.input.is_empty() {
            let input = serde_json::from_str(&self.input).unwrap_or(Value::String(self.input));
            self.value.insert("input".into(), input);
        }
        Value::Object(self.value)
    }
}

/// What a delta says besides (how much was thought that is not told) is of the moment, not of the block.
pub fn with_others(told: Option<Value>, delta: &Value) -> Option<Value> {
    const TOLD: [&str; 6] = ["type", "text", "partial_json", "thinking", "signature", "citation"];
    let members = delta.as_object()?.iter();
    let others: Object = members
        .filter(|(name, value)| !TOLD.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if others.is_empty() {
        return told;
    }
    let mut told = told.unwrap_or_else(|| json!({}));
    if let Some(told) = told.as_object_mut() {
        told.insert("provider_specific_fields".into(), Value::Object(others));
    }
    Some(told)
}

/// What a block of thinking begins with: nothing, as a rule.
pub fn begun_thinking(block: &Value) -> Option<Value> {
    let mut part = block.as_object()?.clone();
    part.retain(|name, value| !value.is_null() && (name != "signature" || value != ""));
    let thinking = part.entry("thinking").or_insert_with(|| "".into()).clone();
    match thinking == "" {
        true if part.len() == 2 => None,
        true => Some(json!({ "thinking_blocks": [part] })),
        false => Some(json!({"reasoning_content": thinking, "thinking_blocks": [part]})),
    }
}
