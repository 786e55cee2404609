//! What a message of an answer carries that the provider it is sent to may not know.

use serde_json::{Value, json};

use super::Object;

/// Fields of answers, ours and other providers'.
const FIELDS: [&str; 11] = [
    "annotations",
    "audio",
    "function_call",
    "images",
    "provider_specific_fields",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "reasoning_items",
    "refusal",
    "thinking_blocks",
];

/// Takes them out of an assistant's message.
pub fn remove(message: &mut Object) {
    for name in FIELDS {
        message.shift_remove(name);
    }
    for call in message.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(call) = call {
            call.shift_remove("provider_specific_fields");
        }
    }
}

/// What an assistant refused is something that it said: no other protocol has OpenAI's field for it.
pub fn say_refusals(body: &mut Object) {
    for message in answers(body) {
        let refusal = message.shift_remove("refusal").filter(|refusal| refusal != "");
        let Some(Value::String(refusal)) = refusal else {
            continue;
        };
        let refused = |refusal: String| json!({"type": "text", "text": refusal});
        let content = match message.get_mut("content").map(Value::take) {
            Some(Value::Array(mut parts)) => {
                parts.push(refused(refusal));
                Value::Array(parts)
            }
            Some(Value::String(said)) if !said.is_empty() => json!([{"type": "text", "text": said}, refused(refusal)]),
            _ => refusal.into(),
        };
        message.insert("content".into(), content);
    }
}

/// The assistant's messages of a request.
pub fn answers(body: &mut Object) -> impl Iterator<Item = &mut Object> {
    let messages = body.get_mut("messages").and_then(Value::as_array_mut).into_iter().flatten();
    messages
        .filter_map(Value::as_object_mut)
        .filter(|message| message.get("role").is_some_and(|role| role == "assistant"))
}
