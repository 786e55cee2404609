//! Token counts. Thoughts are counted apart from the answer there and are part of it here; what tools added to the prompt
//! likewise. Counters without a place in OpenAI's usage stay as they are.

use serde_json::{Value, json};

use crate::protocol::{Object, count};

/// OpenAI's usage.
pub fn usage(counts: &Value) -> Value {
    let prompt = count(counts, "promptTokenCount") + count(counts, "toolUsePromptTokenCount");
    let thoughts = count(counts, "thoughtsTokenCount");
    let completion = count(counts, "candidatesTokenCount") + thoughts;
    let total = counts.get("totalTokenCount").and_then(Value::as_u64).unwrap_or(prompt + completion);
    let mut prompt_details = by_kind(counts, "promptTokensDetails");
    if let Some(cached) = counts.get("cachedContentTokenCount").filter(|cached| !cached.is_null()) {
        prompt_details.insert("cached_tokens".into(), cached.clone());
    }
    let mut completion_details = by_kind(counts, "candidatesTokensDetails");
    if counts.get("thoughtsTokenCount").is_some_and(Value::is_u64) {
        completion_details.insert("reasoning_tokens".into(), thoughts.into());
    }
    let mut usage = Object::new();
    usage.insert("prompt_tokens".into(), prompt.into());
    usage.insert("completion_tokens".into(), completion.into());
    usage.insert("total_tokens".into(), total.into());
    for (name, details) in
        [("prompt_tokens_details", prompt_details), ("completion_tokens_details", completion_details)]
    {
        if !details.is_empty() {
            usage.insert(name.into(), Value::Object(details));
        }
    }
    const PLACED: [&str; 5] = [
        "promptTokenCount",
        "candidatesTokenCount",
        "totalTokenCount",
        "thoughtsTokenCount",
        "cachedContentTokenCount",
    ];
    for (name, value) in counts.as_object().into_iter().flatten() {
        if !PLACED.contains(&name.as_str()) {
            usage.insert(name.clone(), value.clone());
        }
    }
    Value::Object(usage)
}

/// `text_tokens`, `image_tokens` and so on; a kind may be listed twice.
fn by_kind(counts: &Value, name: &str) -> Object {
    let mut kinds = Object::new();
    for listed in counts.get(name).and_then(Value::as_array).into_iter().flatten() {
        if let Some(kind) = listed.get("modality").and_then(Value::as_str) {
            let name = format!("{}_tokens", kind.to_ascii_lowercase());
            let before = kinds.get(&name).and_then(Value::as_u64).unwrap_or(0);
            kinds.insert(name, json!(before + count(listed, "tokenCount")));
        }
    }
    kinds
}
