//! The providers, one row each. Names and key variables are litellm's; every base URL was
//! read in documentation and, but for `zaguan`, `nvidia_nim`, `moonshot` and the local servers, seen in recorded
//! traffic.

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
    protocol: "",
    source: "",
};

/// What the servers that people run themselves have in common.
const LOCAL: Provider = Provider { key_required: false, ..HOSTED };

/// Every provider.
pub static PROVIDERS: &[Provider] = &[
    Provider {
        name: "openai",
        base_url: "https://api.openai.com/v1",
        key_vars: &["OPENAI_API_KEY"],
        base_vars: &["OPENAI_BASE_URL", "OPENAI_API_BASE"],
        source: "https://platform.openai.com/docs/api-reference/chat/create",
        ..HOSTED
    },
    Provider {
        name: "zaguan",
        base_url: "https://api.zaguanai.com/v1",
        base_suffix: "/v1",
        key_vars: &["ZAGUAN_API_KEY"],
        base_vars: &["ZAGUAN_BASE_URL"],
        source: "https://pypi.org/project/zaguan-sdk/",
        ..HOSTED
    },
    Provider {
        name: "anthropic",
        base_url: "https://api.anthropic.com/v1",
        base_suffix: "/v1",
        key_vars: &["ANTHROPIC_API_KEY"],
        base_vars: &["ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE"],
        protocol: "anthropic",
        source: "https://docs.anthropic.com/en/api/messages",
        ..HOSTED
    },
    Provider {
        name: "gemini",
        base_url: "https://generativelanguage.googleapis.com/v1beta",
        key_vars: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        protocol: "gemini",
        source: "https://ai.google.dev/api/generate-content",
        ..HOSTED
    },
    Provider {
        name: "openrouter",
        base_url: "https://openrouter.ai/api/v1",
        key_vars: &["OPENROUTER_API_KEY", "OR_API_KEY"],
        base_vars: &["OPENROUTER_API_BASE"],
        source: "https://openrouter.ai/docs/quickstart",
        ..HOSTED
    },
    Provider {
        name: "mistral",
        base_url: "https://api.mistral.ai/v1",
        key_vars: &["MISTRAL_API_KEY"],
        base_vars: &["MISTRAL_API_BASE"],
        source: "https://docs.mistral.ai/api/",
        ..HOSTED
    },
    Provider {
        name: "xai",
        base_url: "https://api.x.ai/v1",
        key_vars: &["XAI_API_KEY"],
        base_vars: &["XAI_API_BASE"],
        source: "https://docs.x.ai/docs/api-reference",
        ..HOSTED
    },
    Provider {
        name: "groq",
        base_url: "https://api.groq.com/openai/v1",
        key_vars: &["GROQ_API_KEY"],
        base_vars: &["GROQ_API_BASE"],
        source: "https://console.groq.com/docs/openai",
        ..HOSTED
    },
    Provider {
        name: "deepseek",
        base_url: "https://api.deepseek.com",
        key_vars: &["DEEPSEEK_API_KEY"],
        base_vars: &["DEEPSEEK_API_BASE"],
        source: "https://api-docs.deepseek.com/",
        ..HOSTED
    },
    Provider {
        name: "together_ai",
        aliases: &["together"],
        base_url: "https://api.together.ai/v1",
        key_vars: &["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"],
        base_vars: &["TOGETHER_AI_API_BASE"],
        source: "https://docs.together.ai/docs/inference/openai-compatibility",
        ..HOSTED
    },
    Provider {
        name: "fireworks_ai",
        aliases: &["fireworks"],
        base_url: "https://api.fireworks.ai/inference/v1",
        key_vars: &["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"],
        base_vars: &["FIREWORKS_API_BASE"],
        source: "https://ai-sdk.dev/v5/providers/ai-sdk-providers/fireworks",
        ..HOSTED
    },
    Provider {
        name: "perplexity",
        base_url: "https://api.perplexity.ai",
        key_vars: &["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"],
        base_vars: &["PERPLEXITY_API_BASE"],
        source: "https://docs.perplexity.ai/api-reference/chat-completions",
        ..HOSTED
    },
    Provider {
        name: "cerebras",
        base_url: "https://api.cerebras.ai/v1",
        key_vars: &["CEREBRAS_API_KEY"],
        base_vars: &["CEREBRAS_API_BASE"],
        source: "https://inference-docs.cerebras.ai/resources/openai",
        ..HOSTED
    },
    Provider {
        name: "nvidia_nim",
        base_url: "https://integrate.api.nvidia.com/v1",
        key_vars: &["NVIDIA_NIM_API_KEY", "NVIDIA_API_KEY"],
        base_vars: &["NVIDIA_NIM_API_BASE"],
        source: "https://docs.litellm.ai/docs/providers/nvidia_nim",
        ..HOSTED
    },
    Provider {
        name: "huggingface",
        base_url: "https://router.huggingface.co/v1",
        key_vars: &["HUGGINGFACE_API_KEY", "HF_TOKEN"],
        base_vars: &["HUGGINGFACE_API_BASE"],
        source: "https://huggingface.co/docs/inference-providers/providers/cerebras",
        ..HOSTED
    },
    Provider {
        name: "deepinfra",
        base_url: "https://api.deepinfra.com/v1/openai",
        key_vars: &["DEEPINFRA_API_KEY"],
        base_vars: &["DEEPINFRA_API_BASE"],
        source: "https://deepinfra.com/docs/openai_api",
        ..HOSTED
    },
    Provider {
        name: "sambanova",
        base_url: "https://api.sambanova.ai/v1",
        key_vars: &["SAMBANOVA_API_KEY"],
        base_vars: &["SAMBANOVA_API_BASE"],
        source: "https://docs.pipecat.ai/api-reference/server/services/llm/sambanova",
        ..HOSTED
    },
    Provider {
        name: "moonshot",
        base_url: "https://api.moonshot.ai/v1",
        key_vars: &["MOONSHOT_API_KEY"],
        base_vars: &["MOONSHOT_API_BASE"],
        source: "https://www.promptfoo.dev/docs/providers/moonshot/",
        ..HOSTED
    },
    Provider {
        name: "novita",
        base_url: "https://api.novita.ai/v3/openai",
        key_vars: &["NOVITA_API_KEY"],
        base_vars: &["NOVITA_API_BASE"],
        source: "https://docs.litellm.ai/docs/providers/novita",
        ..HOSTED
    },
    Provider {
        name: "nebius",
        base_url: "https://api.studio.nebius.ai/v1",
        key_vars: &["NEBIUS_API_KEY"],
        base_vars: &["NEBIUS_API_BASE"],
        source: "https://docs.litellm.ai/docs/providers/nebius",
        ..HOSTED
    },
    Provider {
        name: "hyperbolic",
        base_url: "https://api.hyperbolic.xyz/v1",
        key_vars: &["HYPERBOLIC_API_KEY"],
        base_vars: &["HYPERBOLIC_API_BASE"],
        source: "https://docs.hyperbolic.xyz/docs/rest-api",
        ..HOSTED
    },
    Provider {
        name: "zai",
        base_url: "https://api.z.ai/api/paas/v4",
        key_vars: &["ZAI_API_KEY"],
        base_vars: &["ZAI_API_BASE"],
        source: "https://docs.rs/rig-core/latest/rig/providers/zai/constant.GENERAL_API_BASE_URL.html",
        ..HOSTED
    },
    Provider {
        name: "hosted_vllm",
        aliases: &["vllm"],
        key_vars: &["HOSTED_VLLM_API_KEY"],
        base_vars: &["HOSTED_VLLM_API_BASE"],
        source: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
        ..LOCAL
    },
    Provider {
        name: "lm_studio",
        aliases: &["lmstudio"],
        base_url: "http://localhost:1234/v1",
        base_suffix: "/v1",
        key_vars: &["LM_STUDIO_API_KEY"],
        base_vars: &["LM_STUDIO_API_BASE"],
        source: "https://lmstudio.ai/docs/api/openai-api",
        ..LOCAL
    },
    Provider {
        name: "ollama",
        base_url: "http://localhost:11434/v1",
        base_suffix: "/v1",
        key_vars: &["OLLAMA_API_KEY"],
        base_vars: &["OLLAMA_API_BASE"],
        source: "https://github.com/ollama/ollama/blob/main/docs/openai.md",
        ..LOCAL
    },
];
