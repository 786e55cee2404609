//! Those who pass calls on to other providers.

use super::{CHAT_AND_EMBEDDINGS, HOSTED, LOCAL, WITH_RESPONSES};
use crate::provider::Provider;

pub(super) static ROWS: &[Provider] = &[
    Provider {
        name: "zaguan",
        base_url: "https://api.zaguanai.com/v1",
        base_suffix: "/v1",
        key_vars: &["ZAGUAN_API_KEY"],
        base_vars: &["ZAGUAN_BASE_URL"],
        endpoints: &[
            "chat",
            "embeddings",
            "responses",
            "messages",
            "images",
            "image_edits",
            "transcriptions",
            "speech",
            "moderations",
            "files",
            "batches",
        ],
        source: "https://zaguanai.com/docs/api",
        ..HOSTED
    },
    Provider {
        name: "openrouter",
        base_url: "https://openrouter.ai/api/v1",
        key_vars: &["OPENROUTER_API_KEY", "OR_API_KEY"],
        base_vars: &["OPENROUTER_API_BASE"],
        // https://www.openrouter.ai/blog/announcements/announcing-audio-apis/; forms with a file are recorded.
        endpoints: &["chat", "embeddings", "responses", "transcriptions", "speech"],
        source: "https://www.openrouter.ai/docs/quick-start",
        ..HOSTED
    },
    Provider {
        name: "vercel_ai_gateway",
        base_url: "https://ai-gateway.vercel.sh/v1",
        key_vars: &["VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"],
        base_vars: &["VERCEL_AI_GATEWAY_API_BASE"],
        // https://vercel.com/docs/ai-gateway/sdks-and-apis/responses
        endpoints: WITH_RESPONSES,
        source: "https://vercel.com/docs/ai-gateway/sdks-and-apis/openai-chat-completions",
        ..HOSTED
    },
    Provider {
        name: "aiml",
        base_url: "https://api.aimlapi.com/v1",
        key_vars: &["AIML_API_KEY"],
        base_vars: &["AIML_API_BASE"],
        source: "https://docs.aimlapi.com/glossary/concepts",
        ..HOSTED
    },
    Provider {
        name: "nano-gpt",
        base_url: "https://nano-gpt.com/api/v1",
        key_vars: &["NANOGPT_API_KEY"],
        source: "https://docs.nano-gpt.com/api-reference/endpoint/chat-completion",
        ..HOSTED
    },
    Provider {
        name: "poe",
        base_url: "https://api.poe.com/v1",
        key_vars: &["POE_API_KEY"],
        source: "https://creator.poe.com/docs/external-applications/openai-compatible-api",
        ..HOSTED
    },
    Provider {
        name: "veniceai",
        base_url: "https://api.venice.ai/api/v1",
        key_vars: &["VENICE_AI_API_KEY"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://docs.venice.ai/api-reference/endpoint/chat/completions",
        ..HOSTED
    },
    Provider {
        name: "litellm_proxy",
        key_vars: &["LITELLM_PROXY_API_KEY"],
        base_vars: &["LITELLM_PROXY_API_BASE"],
        // https://docs.litellm.ai/docs/response_api, https://docs.litellm.ai/docs/supported_endpoints,
        // https://docs.litellm.ai/docs/anthropic_unified
        endpoints: &[
            "chat",
            "embeddings",
            "rerank",
            "responses",
            "messages",
            "images",
            "image_edits",
            "transcriptions",
            "speech",
            "moderations",
            "files",
            "batches",
        ],
        source: "https://docs.litellm.ai/docs/providers/litellm_proxy",
        ..LOCAL
    },
];
