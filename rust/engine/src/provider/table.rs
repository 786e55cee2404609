//! The providers, one row each, in four kinds.
//!
//! A prefix and its variables are litellm's, checked in its source (1.106.2), where litellm has the provider. A base URL
//! was read on the page that `source` names; for `ai21`, `xai` and `voyage` that page gives a part and recorded traffic the
//! whole, and those of `openai`, `anthropic` and `gemini` are the defaults of the vendors' SDKs. The pages of `inception`,
//! `ovhcloud` and `github_copilot` are not the vendor's. Where litellm and the vendor differ (`deepseek`, `nebius`,
//! `docker_model_runner`), the vendor's URL is taken. What litellm has and no page confirms has no row.

mod gateways;
mod hosts;
mod local;
mod makers;
pub(super) mod rules;

use super::Provider;

/// What most rows have in common.
const HOSTED: Provider = Provider {
    name: "",
    aliases: &[],
    base_url: "",
    base_suffix: "",
    key_vars: &[],
    base_vars: &[],
    key_required: true,
    options: &[],
    auth: "",
    protocol: "",
    endpoints: &["chat"],
    paths: &[],
    polls: false,
    refuses: &[],
    joins_texts: false,
    source: "",
};

/// What the servers that people run themselves have in common.
const LOCAL: Provider = Provider { key_required: false, endpoints: CHAT_AND_EMBEDDINGS, ..HOSTED };

const CHAT_AND_EMBEDDINGS: &[&str] = &["chat", "embeddings"];

/// Those of which answers of `/responses` are recorded, or whose documentation has it.
const CHAT_AND_RESPONSES: &[&str] = &["chat", "responses"];
const WITH_RESPONSES: &[&str] = &["chat", "embeddings", "responses"];

/// Of those that serve Claude among other models, which alone is asked in Anthropic's own words.
const WITH_MESSAGES: &[&str] = &["chat", "embeddings", "messages"];

/// All that OpenAI has.
const OPENAIS: &[&str] = &[
    "chat",
    "embeddings",
    "responses",
    "images",
    "image_edits",
    "transcriptions",
    "speech",
    "moderations",
    "files",
    "batches",
];

/// Every provider.
pub fn providers() -> impl Iterator<Item = &'static Provider> {
    [makers::ROWS, hosts::ROWS, gateways::ROWS, local::ROWS].into_iter().flatten()
}
