//! Token counts: all that the model read and wrote, not what is billed, which stays beside as `billed_units`.

use serde_json::{Value, json};

use crate::protocol::Object;

/// OpenAI's usage. Images are counted beside the input's tokens there, and are part of the prompt here.
pub fn usage(counts: &Value) -> Value {
    let tokens = counts.get("tokens").or_else(|| counts.get("billed_units")).unwrap_or(&Value::Null);
    let images = count(tokens, "image_tokens");
    let prompt = count(tokens, "input_tokens").unwrap_or(0) + images.unwrap_or(0);
    let answer = count(tokens, "output_tokens").unwrap_or(0);
    let mut usage = Object::new();
    usage.insert("prompt_tokens".into(), prompt.into());
    usage.insert("completion_tokens".into(), answer.into());
    usage.insert("total_tokens".into(), (prompt + answer).into());
    let mut details = Object::new();
    details.extend(count(counts, "cached_tokens").map(|cached| ("cached_tokens".to_owned(), cached.into())));
    details.extend(images.map(|images| ("image_tokens".to_owned(), images.into())));
    if !details.is_empty() {
        usage.insert("prompt_tokens_details".into(), details.into());
    }
    if let Some(thought) = count(tokens, "reasoning_tokens") {
        usage.insert("completion_tokens_details".into(), json!({ "reasoning_tokens": thought }));
    }
    let own = counts.as_object().into_iter().flatten().filter(|(name, _)| *name != "cached_tokens");
    usage.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(usage)
}

/// The member as a count; Cohere's schema has them all as floats.
pub fn count(object: &Value, name: &str) -> Option<u64> {
    let value = object.get(name)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, and counts are whole")]
    value.as_u64().or_else(|| value.as_f64().map(|number| number as u64))
}
