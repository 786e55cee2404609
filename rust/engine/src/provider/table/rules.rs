//! What providers of OpenAI's protocol do otherwise than OpenAI, parameter by parameter.
//!
//! Only what a provider refuses or ignores by its own word is here. A parameter that a provider is not known to have, and
//! is not known to refuse, is sent.

use crate::protocol::Route::{Chat, Embeddings};
use crate::provider::params::Effect::{Implied, Lacks, Named, Only};
use crate::provider::params::Rule;

/// What most rules have in common.
const RULE: Rule = Rule { providers: &[], models: &[], route: Chat, params: &[], effect: Lacks, source: "" };

/// Those that always think. From 5.1 on GPT-5 thinks only if it is told to, and takes these parameters where it does not
/// (https://platform.openai.com/docs/guides/latest-model).
const REASONING: &[&str] = &["o1", "o1-*", "o3", "o3-*", "o4-*", "gpt-5", "gpt-5-20*", "gpt-5-mini*", "gpt-5-nano*"];
const REASONING_PAGE: &str = "https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/reasoning";

const MISTRAL_SDK: &str = "https://pypi.org/project/mistralai/3.7.0/";
const PERPLEXITY_SDK: &str = "https://pypi.org/project/perplexityai/0.46.1/";
const GROQ_PAGE: &str = "https://console.groq.com/docs/openai";
const XAI_PAGE: &str = "https://docs.x.ai/docs/guides/reasoning";
const VOYAGE_PAGE: &str = "https://docs.voyageai.com/reference/embeddings-api";

pub(crate) static RULES: &[Rule] = &[
    Rule {
        providers: &["openai", "azure"],
        models: REASONING,
        params: &["temperature", "top_p"],
        effect: Only(1.0),
        source: REASONING_PAGE,
        ..RULE
    },
    // `logprobs=False` is 0 here.
    Rule {
        providers: &["openai", "azure"],
        models: REASONING,
        params: &["presence_penalty", "frequency_penalty", "logprobs"],
        effect: Only(0.0),
        source: REASONING_PAGE,
        ..RULE
    },
    Rule {
        providers: &["openai", "azure"],
        models: REASONING,
        params: &["logit_bias", "top_logprobs"],
        source: REASONING_PAGE,
        ..RULE
    },
    Rule {
        providers: &["openai", "azure"],
        models: REASONING,
        params: &["max_tokens"],
        effect: Named("max_completion_tokens"),
        source: REASONING_PAGE,
        ..RULE
    },
    Rule {
        providers: &["openai"],
        models: &["gpt-4o", "gpt-4o-20*"],
        params: &["web_search_options"],
        source: "corpus 6befb0ba6ad8a31b",
        ..RULE
    },
    Rule {
        providers: &["openai"],
        // "Unrecognized request argument supplied": models that do not think.
        models: &["gpt-3.5*", "gpt-4*", "chatgpt-4o*"],
        params: &["reasoning_effort"],
        source: "https://platform.openai.com/docs/guides/reasoning",
        ..RULE
    },
    Rule { providers: &["groq"], params: &["n"], effect: Only(1.0), source: GROQ_PAGE, ..RULE },
    Rule { providers: &["groq"], params: &["logprobs"], effect: Only(0.0), source: GROQ_PAGE, ..RULE },
    Rule { providers: &["groq"], params: &["logit_bias", "top_logprobs"], source: GROQ_PAGE, ..RULE },
    Rule {
        providers: &["xai"],
        models: &["grok-3-mini*", "grok-4", "grok-4-0709", "grok-4-fast-reasoning*"],
        params: &["presence_penalty", "frequency_penalty", "stop"],
        source: XAI_PAGE,
        ..RULE
    },
    Rule {
        providers: &["xai"],
        models: &["grok-3", "grok-4", "grok-4-0709", "grok-4-fast-reasoning*"],
        params: &["reasoning_effort"],
        source: XAI_PAGE,
        ..RULE
    },
    Rule {
        providers: &["xai"],
        models: &["grok-code-fast-1*"],
        params: &["reasoning_effort"],
        source: "corpus a5838d74cd85189d",
        ..RULE
    },
    Rule {
        providers: &["deepseek"],
        params: &["max_completion_tokens"],
        effect: Named("max_tokens"),
        source: "https://api-docs.deepseek.com/api/create-chat-completion",
        ..RULE
    },
    Rule {
        providers: &["deepseek"],
        models: &["deepseek-reasoner"],
        params: &["logprobs"],
        effect: Only(0.0),
        source: "https://api-docs.deepseek.com/guides/reasoning_model",
        ..RULE
    },
    Rule {
        providers: &["deepseek"],
        models: &["deepseek-reasoner"],
        params: &["top_logprobs"],
        source: "https://api-docs.deepseek.com/guides/reasoning_model",
        ..RULE
    },
    // Mistral answers 422 to what its schema does not name (https://github.com/mistralai/platform-docs-public/issues/7).
    Rule {
        providers: &["mistral"],
        params: &[
            "audio",
            "function_call",
            "functions",
            "logit_bias",
            "modalities",
            "prompt_cache_retention",
            "safety_identifier",
            "store",
            "user",
            "verbosity",
            "web_search_options",
        ],
        source: MISTRAL_SDK,
        ..RULE
    },
    Rule {
        providers: &["mistral"],
        params: &["max_completion_tokens"],
        effect: Named("max_tokens"),
        source: MISTRAL_SDK,
        ..RULE
    },
    Rule { providers: &["mistral"], params: &["seed"], effect: Named("random_seed"), source: MISTRAL_SDK, ..RULE },
    Rule {
        providers: &["mistral"],
        // They always think, and have no such parameter.
        models: &["magistral*"],
        params: &["reasoning_effort"],
        effect: Implied(None),
        source: "https://docs.mistral.ai/capabilities/reasoning/native",
        ..RULE
    },
    // Usage is always in the last chunk.
    Rule { providers: &["mistral"], params: &["stream_options"], effect: Implied(None), source: MISTRAL_SDK, ..RULE },
    Rule {
        providers: &["mistral"],
        route: Embeddings,
        params: &["dimensions"],
        effect: Named("output_dimension"),
        source: MISTRAL_SDK,
        ..RULE
    },
    Rule { providers: &["mistral"], route: Embeddings, params: &["user"], source: MISTRAL_SDK, ..RULE },
    Rule {
        providers: &["perplexity"],
        params: &["max_completion_tokens"],
        effect: Named("max_tokens"),
        source: PERPLEXITY_SDK,
        ..RULE
    },
    Rule {
        providers: &["voyage"],
        route: Embeddings,
        params: &["dimensions"],
        effect: Named("output_dimension"),
        source: VOYAGE_PAGE,
        ..RULE
    },
    Rule {
        providers: &["voyage"],
        route: Embeddings,
        params: &["encoding_format"],
        effect: Implied(Some("float")),
        source: VOYAGE_PAGE,
        ..RULE
    },
    Rule { providers: &["voyage"], route: Embeddings, params: &["user"], source: VOYAGE_PAGE, ..RULE },
];
