//! Token counts. Thoughts are counted apart from the answer there and are part of it here; what tools added to the prompt
//! likewise. Counters without a place in OpenAI's usage stay as they are.

use serde::Deserialize;
use serde_json::Value;

use crate::protocol::usage::{Counts, Details, Usage};

/// The counts that have a place of their own in OpenAI's usage.
pub const COUNTED: [&str; 5] =
    ["promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount", "cachedContentTokenCount"];

/// OpenAI's usage.
pub fn usage(counts: &Value) -> Value {
    counted(counts).with(counts, &COUNTED)
}

/// OpenAI's counts.
pub fn counted(counts: &impl Counts) -> Usage {
    let prompt = counts.count("promptTokenCount") + counts.count("toolUsePromptTokenCount");
    let thoughts = counts.given("thoughtsTokenCount");
    let completion = counts.count("candidatesTokenCount") + thoughts.unwrap_or(0);
    let mut prompt_details = by_kind(counts, "promptTokensDetails");
    let cached = counts.given("cachedContentTokenCount");
    prompt_details.extend(cached.map(|cached| ("cached_tokens".into(), cached)));
    let mut completion_details = by_kind(counts, "candidatesTokensDetails");
    completion_details.extend(thoughts.map(|thoughts| ("reasoning_tokens".into(), thoughts)));
    Usage {
        counts: [prompt, completion, counts.given("totalTokenCount").unwrap_or(prompt + completion)],
        prompt: prompt_details,
        completion: completion_details,
        ..Usage::default()
    }
}

/// What was counted of one kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    modality: String,
    #[serde(default)]
    token_count: u64,
}

/// `text_tokens`, `image_tokens` and so on; a kind may be listed twice.
fn by_kind(counts: &impl Counts, name: &str) -> Details {
    let mut kinds = Details::new();
    for kind in counts.read::<Vec<Kind>>(name).into_iter().flatten().filter(|kind| !kind.modality.is_empty()) {
        let name = format!("{}_tokens", kind.modality.to_ascii_lowercase());
        match kinds.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += kind.token_count,
            None => kinds.push((name.into(), kind.token_count)),
        }
    }
    kinds
}
