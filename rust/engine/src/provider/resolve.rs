//! From a model string to a provider and the model that it knows: `groq/llama-3.3-70b` is `llama-3.3-70b` at `groq`.
//!
//! Only the first segment names a provider, so `zaguan/openai/gpt-4o` is `openai/gpt-4o` at `zaguan`. A bare name
//! belongs to the maker that its beginning gives away, else to OpenAI. A provider that we know and cannot speak to is
//! refused by name, never replaced by another.

use super::{Provider, find};
use crate::error::{Error, Kind, Result};

/// Where a bare model name belongs, by its beginning.
const HEURISTICS: &[(&str, &str)] = &[
    ("claude-", "anthropic"),
    ("command-", "cohere"),
    ("embed-english-", "cohere"),
    ("embed-multilingual-", "cohere"),
    ("gemini", "gemini"),
    ("mistral", "mistral"),
    ("mixtral", "mistral"),
    ("grok-", "xai"),
    ("deepseek-", "deepseek"),
];
const DEFAULT: &str = "openai";

/// Providers of the litellm world whose own protocols are not spoken here.
const UNSUPPORTED: &[&str] = &["azure", "azure_ai", "bedrock", "ollama_chat", "replicate", "sagemaker"];

/// Providers of the litellm world that are no more: since when, and who says so.
const GONE: &[(&str, &str)] = &[
    ("github", "GitHub Models was retired on 2026-07-30 (https://github.com/orgs/community/discussions/203602)"),
    ("lambda_ai", "The Lambda Inference API was shut down (https://docs.lambda.ai/public-cloud/lambda-inference-api)"),
];

/// The provider and the model that a model string means; `provider` wins over the string's prefix.
///
/// # Errors `BadRequest`: the model is empty. `UnknownProvider`: the string or `provider` names none, or one that is
/// not supported.
pub fn resolve<'m>(model: &'m str, provider: Option<&str>) -> Result<(&'static Provider, &'m str)> {
    if model.trim().is_empty() {
        return Err(Error::new(Kind::BadRequest, "model: must not be empty"));
    }
    let split = model.split_once('/');
    if let Some(name) = provider.filter(|name| !name.trim().is_empty()) {
        let provider = find(name).ok_or_else(|| refused(name, model))?;
        return Ok((provider, without_own_prefix(provider, model)));
    }
    let Some((prefix, rest)) = split else {
        let name =
            HEURISTICS.iter().find(|(beginning, _)| model.starts_with(beginning)).map_or(DEFAULT, |(_, name)| name);
        return Ok((find(name).ok_or_else(|| refused(name, model))?, model));
    };
    let provider = find(prefix).ok_or_else(|| refused(prefix, model))?;
    if rest.trim().is_empty() {
        return Err(Error::new(Kind::BadRequest, format!("model: {model:?} names a provider and no model")));
    }
    Ok((provider, rest))
}

/// A caller that says the provider may say it in the model as well; `openrouter/auto` is a model's own name.
fn without_own_prefix<'m>(provider: &Provider, model: &'m str) -> &'m str {
    match model.split_once('/') {
        Some((_, rest)) if rest.is_empty() || (provider.name == "openrouter" && !rest.contains('/')) => model,
        Some((prefix, rest)) if find(prefix) == Some(provider) => rest,
        _ => model,
    }
}

fn refused(name: &str, model: &str) -> Error {
    let name = name.to_ascii_lowercase();
    if UNSUPPORTED.contains(&name.as_str()) {
        let message = format!("Provider '{name}' is not supported yet (model={model})");
        return Error::new(Kind::UnknownProvider, message);
    }
    if let Some((_, why)) = GONE.iter().find(|(gone, _)| *gone == name) {
        return Error::new(Kind::UnknownProvider, format!("Provider '{name}' is no more: {why} (model={model})"));
    }
    let message = format!(
        "LLM Provider NOT provided. '{name}' is no provider that is known here (model={model}). Write the model as \
         provider/model, for example openai/gpt-4o, or pass custom_llm_provider."
    );
    Error::new(Kind::UnknownProvider, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved<'m>(model: &'m str, provider: Option<&str>) -> (&'static str, &'m str) {
        let (provider, model) = resolve(model, provider).unwrap();
        (provider.name, model)
    }

    fn failure(model: &str, provider: Option<&str>) -> (Kind, String) {
        let error = resolve(model, provider).unwrap_err();
        (error.kind(), error.details().message.clone())
    }

    #[test]
    fn the_first_segment_names_the_provider() {
        assert_eq!(resolved("openai/gpt-4o", None), ("openai", "gpt-4o"));
        assert_eq!(resolved("zaguan/openai/gpt-4o", None), ("zaguan", "openai/gpt-4o"));
        assert_eq!(resolved("openrouter/openrouter/auto", None), ("openrouter", "openrouter/auto"));
        assert_eq!(resolved("Groq/llama-3.3-70b-versatile", None), ("groq", "llama-3.3-70b-versatile"));
        assert_eq!(resolved("lmstudio/qwen", None), ("lm_studio", "qwen"));
    }

    #[test]
    fn a_bare_name_belongs_to_its_maker_else_to_openai() {
        for model in ["gpt-4o", "o1", "o3-mini", "o4-mini", "chatgpt-4o-latest", "text-embedding-3-small", "my-model"] {
            assert_eq!(resolved(model, None), ("openai", model));
        }
        assert_eq!(resolved("mixtral-8x7b", None), ("mistral", "mixtral-8x7b"));
        assert_eq!(resolved("grok-4", None), ("xai", "grok-4"));
        assert_eq!(resolved("deepseek-chat", None), ("deepseek", "deepseek-chat"));
    }

    #[test]
    fn an_explicit_provider_wins() {
        assert_eq!(resolved("gpt-4o", Some("groq")), ("groq", "gpt-4o"));
        assert_eq!(resolved("openai/gpt-oss-120b", Some("hosted_vllm")), ("hosted_vllm", "openai/gpt-oss-120b"));
        assert_eq!(resolved("meta-llama/Llama-3", Some("together_ai")), ("together_ai", "meta-llama/Llama-3"));
        assert_eq!(resolved("openai/gpt-4o", Some("openai")), ("openai", "gpt-4o"));
        assert_eq!(resolved("openrouter/auto", Some("openrouter")), ("openrouter", "openrouter/auto"));
        assert_eq!(resolved("openrouter/x-ai/grok-4", Some("openrouter")), ("openrouter", "x-ai/grok-4"));
        assert_eq!(resolved("gpt-4o", Some("")), ("openai", "gpt-4o"));
    }

    #[test]
    fn a_provider_that_is_not_spoken_is_refused_by_name() {
        for (model, provider) in [("replicate/x", None), ("Replicate/x", None), ("x", Some("replicate"))] {
            let (kind, message) = failure(model, provider);
            assert_eq!(kind, Kind::UnknownProvider);
            assert!(message.starts_with("Provider 'replicate' is not supported yet"), "{message}");
        }
        for name in UNSUPPORTED {
            assert_eq!(find(name), None, "{name} has a row");
        }
    }

    #[test]
    fn a_provider_that_is_no_more_is_refused_with_the_reason() {
        for (name, why) in GONE {
            let (kind, message) = failure(&format!("{name}/x"), None);
            assert_eq!(kind, Kind::UnknownProvider);
            assert!(message.starts_with(&format!("Provider '{name}' is no more: {why}")), "{message}");
            assert_eq!(find(name), None, "{name} has a row");
        }
    }

    #[test]
    fn an_unknown_prefix_is_no_provider() {
        for (model, provider) in [("nobody/x", None), ("meta-llama/Llama-3", None), ("/x", None), ("x", Some("nobody"))]
        {
            let (kind, message) = failure(model, provider);
            assert_eq!(kind, Kind::UnknownProvider, "{model}");
            assert!(message.starts_with("LLM Provider NOT provided"), "{message}");
        }
    }

    #[test]
    fn an_empty_model_is_a_bad_request() {
        for (model, provider) in
            [("", None), (" \t", None), ("", Some("openai")), ("openai/", None), ("openai/ ", None)]
        {
            let (kind, message) = failure(model, provider);
            assert_eq!(kind, Kind::BadRequest, "{model:?}");
            assert!(message.starts_with("model:"), "{message}");
        }
    }

    #[test]
    fn every_heuristic_names_a_provider() {
        for (_, name) in HEURISTICS {
            assert!(find(name).is_some() || UNSUPPORTED.contains(name), "{name}");
        }
    }
}
