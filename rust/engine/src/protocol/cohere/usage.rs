//! Token counts: all that the model read and wrote, not what is billed, which stays beside as `billed_units`.

use serde::Deserialize;
use serde_json::{Number, Value};

use crate::protocol::usage::{Counts, Usage, whole};

/// The counts that have a place of their own in OpenAI's usage.
pub const COUNTED: [&str; 1] = ["cached_tokens"];

/// OpenAI's usage.
pub fn usage(counts: &Value) -> Value {
    counted(counts).with(counts, &COUNTED)
}

#[derive(Default, Deserialize)]
struct Tokens {
    input_tokens: Option<Number>,
    output_tokens: Option<Number>,
    image_tokens: Option<Number>,
    reasoning_tokens: Option<Number>,
}

/// OpenAI's counts. Images are counted beside the input's tokens there, and are part of the prompt here.
pub fn counted(counts: &impl Counts) -> Usage {
    let tokens: Tokens = counts.read("tokens").or_else(|| counts.read("billed_units")).unwrap_or_default();
    let count = |number: Option<Number>| number.as_ref().and_then(whole);
    let images = count(tokens.image_tokens);
    let prompt = count(tokens.input_tokens).unwrap_or(0) + images.unwrap_or(0);
    let answer = count(tokens.output_tokens).unwrap_or(0);
    let details = [("cached_tokens", counts.given("cached_tokens")), ("image_tokens", images)];
    let thought = count(tokens.reasoning_tokens);
    Usage {
        counts: [prompt, answer, prompt + answer],
        prompt: details.into_iter().filter_map(|(name, count)| Some((name.into(), count?))).collect(),
        completion: thought.map(|thought| ("reasoning_tokens".into(), thought)).into_iter().collect(),
        ..Usage::default()
    }
}
