//! Which of OpenAI's parameters a provider has for a model, and what it calls them.
//!
//! A rule says what a provider's documentation, its own SDK or recorded traffic says; where none speaks of a parameter it
//! is sent as it is. A protocol of its own may need no rules: its translator knows what it can say.

use super::{Provider, table};
use crate::protocol::{self, Ask, Route};

/// OpenAI's parameters of a chat (https://platform.openai.com/docs/api-reference/chat/create).
const CHAT: &[&str] = &[
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "modalities",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
];

/// Those of embeddings (https://platform.openai.com/docs/api-reference/embeddings/create).
const EMBEDDINGS: &[&str] = &["dimensions", "encoding_format", "user"];

/// Whether a parameter is one of OpenAI's: what a translator has not taken from a request and is one of these is refused
/// or dropped; anything else is the provider's own and is sent.
pub fn is_openai(name: &str) -> bool {
    CHAT.contains(&name) || EMBEDDINGS.contains(&name) || matches!(name, "input" | "metadata")
}

/// What a provider does with a parameter of OpenAI's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// It has no such parameter.
    Lacks,
    /// It takes this value alone, which is what it does without being told.
    Only(f64),
    /// It has it under another name.
    Named(&'static str),
    /// It does what is asked without being told, and may not know the parameter: whatever the value, or for this one.
    Implied(Option<&'static str>),
}

/// What is known of some parameters at some providers.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Names of the table.
    pub providers: &'static [&'static str],
    /// The models for which it holds; a star at the end stands for any ending. Empty for all.
    pub models: &'static [&'static str],
    /// The endpoint.
    pub route: Route,
    /// OpenAI's names.
    pub params: &'static [&'static str],
    /// What the provider does with them.
    pub effect: Effect,
    /// Who says so: a page, or `corpus <id>` for recorded traffic.
    pub source: &'static str,
}

impl Rule {
    fn holds(&self, ask: &Ask) -> bool {
        self.route == ask.route
            && self.providers.contains(&ask.provider.as_str())
            && (self.models.is_empty() || self.models.iter().any(|family| is_of(family, &ask.model)))
    }
}

fn is_of(family: &str, model: &str) -> bool {
    family.strip_suffix('*').map_or(family == model, |beginning| model.starts_with(beginning))
}

/// Every rule.
pub fn rules() -> &'static [Rule] {
    table::rules::RULES
}

/// What the provider does with OpenAI's parameters, where it does not simply have them.
pub fn effects(ask: &Ask) -> impl Iterator<Item = (&'static str, Effect)> {
    let rules = rules().iter().filter(move |rule| rule.holds(ask));
    rules.flat_map(|rule| rule.params.iter().map(|name| (*name, rule.effect)))
}

/// OpenAI's parameters that may be set in a call.
pub fn supported(provider: &Provider, ask: &Ask) -> Vec<&'static str> {
    if let Some(said) = protocol::find(provider.protocol).and_then(|protocol| protocol.params(ask)) {
        return said.to_vec();
    }
    let all = match ask.route {
        Route::Chat => CHAT,
        Route::Embeddings => EMBEDDINGS,
        Route::Rerank | Route::Messages | Route::Beside => &[],
    };
    let lacking: Vec<_> = effects(ask)
        .filter(|(_, effect)| matches!(effect, Effect::Lacks | Effect::Only(_)))
        .map(|(name, _)| name)
        .collect();
    all.iter().filter(|name| !lacking.contains(name)).copied().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::provider::{find, providers};

    fn ask(provider: &str, model: &str) -> Ask {
        Ask { provider: provider.to_owned(), model: model.to_owned(), ..Ask::default() }
    }

    #[test]
    fn every_rule_can_hold() {
        for rule in rules() {
            let known = if rule.route == Route::Chat { CHAT } else { EMBEDDINGS };
            assert!(!rule.params.is_empty() && !rule.providers.is_empty(), "{rule:?}");
            assert!(rule.params.iter().all(|name| known.contains(name)), "{rule:?} names none of OpenAI's");
            assert!(rule.source.starts_with("https://") || rule.source.starts_with("corpus "), "{rule:?}");
            for name in rule.providers {
                let row = find(name);
                assert!(row.is_some_and(|row| row.name == *name), "{rule:?}: no such row");
                let said = row
                    .and_then(|row| protocol::find(row.protocol))
                    .and_then(|it| it.params(&Ask { route: rule.route, ..Ask::default() }));
                assert_eq!(said, None, "{rule:?}: the translator says what it can say");
            }
        }
    }

    #[test]
    fn one_rule_at_most_speaks_of_a_parameter() {
        for provider in providers() {
            for rule in rules().iter().filter(|rule| rule.providers.contains(&provider.name)) {
                for model in if rule.models.is_empty() { &["any"] } else { rule.models } {
                    let model = model.replace('*', "x");
                    let ask = Ask { route: rule.route, ..ask(provider.name, &model) };
                    let mut seen = HashSet::new();
                    assert!(effects(&ask).all(|(name, _)| seen.insert(name)), "{} {model}", provider.name);
                }
            }
        }
    }

    #[test]
    fn a_rule_holds_for_its_models_alone() {
        let of = |model: &str| effects(&ask("openai", model)).find(|(name, _)| *name == "temperature");
        for model in ["o1", "o1-2024-12-17", "o3-mini", "o4-mini", "gpt-5", "gpt-5-2025-08-07", "gpt-5-nano"] {
            assert_eq!(of(model), Some(("temperature", Effect::Only(1.0))), "{model}");
        }
        for model in ["gpt-4o", "gpt-5.1", "gpt-5.4", "gpt-5-chat-latest", "gpt-oss-120b", "omni", "o", ""] {
            assert_eq!(of(model), None, "{model}");
        }
        assert_eq!(effects(&ask("hosted_vllm", "o1")).count(), 0);
    }

    #[test]
    fn what_is_lacking_is_not_supported() {
        let openai = find("openai").unwrap();
        assert_eq!(supported(openai, &ask("openai", "gpt-5.4")), CHAT);
        let o3 = supported(openai, &ask("openai", "o3"));
        assert!(!o3.contains(&"temperature") && !o3.contains(&"logit_bias") && o3.contains(&"max_tokens"));
        let voyage = Ask { route: Route::Embeddings, ..ask("voyage", "voyage-3") };
        assert_eq!(supported(find("voyage").unwrap(), &voyage), ["dimensions", "encoding_format"]);
    }
}
