//! Those who serve models of their own.

use super::{CHAT_AND_EMBEDDINGS, CHAT_AND_RESPONSES, HOSTED, OPENAIS, WITH_MESSAGES};
use crate::provider::{Provider, Setting};

pub(super) static ROWS: &[Provider] = &[
    Provider {
        name: "openai",
        aliases: &["text-completion-openai"],
        base_url: "https://api.openai.com/v1",
        key_vars: &["OPENAI_API_KEY"],
        base_vars: &["OPENAI_BASE_URL", "OPENAI_API_BASE"],
        endpoints: OPENAIS,
        source: "https://platform.openai.com/docs/api-reference/chat/create",
        ..HOSTED
    },
    Provider {
        name: "anthropic",
        base_url: "https://api.anthropic.com/v1",
        base_suffix: "/v1",
        key_vars: &["ANTHROPIC_API_KEY"],
        base_vars: &["ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE"],
        protocol: "anthropic",
        endpoints: &["chat", "messages"],
        source: "https://docs.anthropic.com/en/api/messages",
        ..HOSTED
    },
    Provider {
        name: "gemini",
        base_url: "https://generativelanguage.googleapis.com/v1beta",
        key_vars: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        protocol: "gemini",
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://ai.google.dev/api/generate-content",
        ..HOSTED
    },
    Provider {
        name: "bedrock",
        aliases: &["bedrock_converse"],
        base_url: "https://bedrock-runtime.{aws_region_name}.amazonaws.com",
        key_vars: &["AWS_BEARER_TOKEN_BEDROCK"],
        base_vars: &["AWS_BEDROCK_RUNTIME_ENDPOINT", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"],
        key_required: false,
        options: &[
            Setting::new("aws_region_name", &["AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"]),
            Setting::new("aws_access_key_id", &[]),
            Setting::secret("aws_secret_access_key", &[]),
            Setting::secret("aws_session_token", &[]),
            Setting::new("aws_profile_name", &["AWS_PROFILE_NAME"]),
            Setting::new("aws_role_name", &[]),
            Setting::new("aws_session_name", &[]),
            Setting::secret("aws_web_identity_token", &[]),
            Setting::new("aws_external_id", &[]),
            Setting::new("aws_sts_endpoint", &[]),
            Setting::new("aws_bedrock_runtime_endpoint", &[]),
        ],
        auth: "aws",
        protocol: "bedrock",
        endpoints: &["chat", "embeddings", "rerank", "messages"],
        source: "https://docs.aws.amazon.com/general/latest/gr/bedrock.html",
        ..HOSTED
    },
    Provider {
        name: "cohere",
        aliases: &["cohere_chat"],
        base_url: "https://api.cohere.com/v2",
        key_vars: &["COHERE_API_KEY", "CO_API_KEY"],
        base_vars: &["COHERE_API_BASE"],
        protocol: "cohere",
        endpoints: &["chat", "embeddings", "rerank"],
        source: "https://docs.cohere.com/reference/chat",
        ..HOSTED
    },
    Provider {
        name: "vertex_ai",
        aliases: &["vertex_ai_beta"],
        base_url: "https://{vertex_location}-aiplatform.googleapis.com/v1",
        base_vars: &["VERTEXAI_API_BASE", "VERTEX_API_BASE"],
        key_required: false,
        options: &[
            Setting::new("vertex_project", &["VERTEXAI_PROJECT", "VERTEX_PROJECT", "GOOGLE_CLOUD_PROJECT"]),
            Setting {
                default: "us-central1",
                ..Setting::new("vertex_location", &["VERTEXAI_LOCATION", "VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION"])
            },
            // No secret, because errors name the file; of a document that is given here they show nothing anyway.
            Setting::new("vertex_credentials", &["VERTEXAI_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"]),
            // litellm's other names.
            Setting::new("vertex_ai_project", &[]),
            Setting::new("vertex_ai_location", &[]),
            Setting::new("vertex_ai_credentials", &[]),
        ],
        auth: "google",
        protocol: "vertex",
        endpoints: WITH_MESSAGES,
        source: "https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations",
        ..HOSTED
    },
    Provider {
        name: "mistral",
        base_url: "https://api.mistral.ai/v1",
        base_suffix: "/v1",
        key_vars: &["MISTRAL_AZURE_API_KEY", "MISTRAL_API_KEY"],
        base_vars: &["MISTRAL_AZURE_API_BASE", "MISTRAL_API_BASE"],
        protocol: "mistral",
        // https://docs.mistral.ai/api: batches have another shape there. Transcriptions and moderations are recorded.
        endpoints: &["chat", "embeddings", "transcriptions", "moderations", "files"],
        source: "https://docs.mistral.ai/api",
        ..HOSTED
    },
    Provider {
        name: "xai",
        base_url: "https://api.x.ai/v1",
        key_vars: &["XAI_API_KEY"],
        base_vars: &["XAI_API_BASE"],
        // Images are recorded.
        endpoints: &["chat", "responses", "images"],
        source: "https://docs.x.ai/developers/rest-api-reference/inference",
        ..HOSTED
    },
    Provider {
        name: "deepseek",
        base_url: "https://api.deepseek.com",
        key_vars: &["DEEPSEEK_API_KEY"],
        base_vars: &["DEEPSEEK_API_BASE"],
        endpoints: CHAT_AND_RESPONSES,
        // "invalid type: sequence, expected a string": https://github.com/tailcallhq/forgecode/issues/2008
        joins_texts: true,
        source: "https://api-docs.deepseek.com/",
        ..HOSTED
    },
    Provider {
        name: "perplexity",
        base_url: "https://api.perplexity.ai",
        key_vars: &["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"],
        base_vars: &["PERPLEXITY_API_BASE"],
        paths: &[("embeddings", "/v1/embeddings")],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://docs.perplexity.ai/docs/sonar/openai-compatibility",
        ..HOSTED
    },
    Provider {
        name: "moonshot",
        base_url: "https://api.moonshot.ai/v1",
        key_vars: &["MOONSHOT_API_KEY"],
        base_vars: &["MOONSHOT_API_BASE"],
        source: "https://platform.moonshot.ai/docs/api/chat.en-US",
        ..HOSTED
    },
    Provider {
        name: "zai",
        base_url: "https://api.z.ai/api/paas/v4",
        key_vars: &["ZAI_API_KEY"],
        base_vars: &["ZAI_API_BASE"],
        source: "https://docs.z.ai/api-reference/llm/chat-completion",
        ..HOSTED
    },
    // Alibaba's Qwen by three names: `dashscope` and `qwen_ai_platform` in mainland China, `qwencloud` elsewhere.
    Provider {
        name: "dashscope",
        base_url: "https://dashscope.aliyuncs.com/compatible-mode/v1",
        key_vars: &["DASHSCOPE_API_KEY"],
        base_vars: &["DASHSCOPE_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://www.alibabacloud.com/help/id/model-studio/compatibility-of-openai-with-dashscope",
        ..HOSTED
    },
    Provider {
        name: "qwen_ai_platform",
        base_url: "https://dashscope.aliyuncs.com/compatible-mode/v1",
        key_vars: &["QWEN_AI_PLATFORM_API_KEY", "DASHSCOPE_API_KEY"],
        base_vars: &["QWEN_AI_PLATFORM_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://www.alibabacloud.com/help/id/model-studio/compatibility-of-openai-with-dashscope",
        ..HOSTED
    },
    Provider {
        name: "qwencloud",
        base_url: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        key_vars: &["QWENCLOUD_API_KEY", "DASHSCOPE_API_KEY"],
        base_vars: &["QWENCLOUD_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://www.alibabacloud.com/help/id/model-studio/compatibility-of-openai-with-dashscope",
        ..HOSTED
    },
    Provider {
        name: "minimax",
        base_url: "https://api.minimax.io/v1",
        key_vars: &["MINIMAX_API_KEY"],
        base_vars: &["MINIMAX_API_BASE"],
        source: "https://platform.minimax.io/docs/api-reference/text-openai-api",
        ..HOSTED
    },
    Provider {
        name: "volcengine",
        base_url: "https://ark.cn-beijing.volces.com/api/v3",
        key_vars: &["VOLCENGINE_API_KEY", "ARK_API_KEY"],
        base_vars: &["VOLCENGINE_API_BASE", "ARK_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://www.volcengine.com/docs/82379/1263482",
        ..HOSTED
    },
    Provider {
        name: "ai21",
        aliases: &["ai21_chat"],
        base_url: "https://api.ai21.com/studio/v1",
        key_vars: &["AI21_API_KEY"],
        base_vars: &["AI21_API_BASE"],
        source: "https://docs.ai21.com/reference/jamba-1-6-api-ref",
        ..HOSTED
    },
    Provider {
        name: "inception",
        base_url: "https://api.inceptionlabs.ai/v1",
        key_vars: &["INCEPTION_API_KEY"],
        base_vars: &["INCEPTION_API_BASE"],
        source: "https://docs.litellm.ai/docs/providers/inception",
        ..HOSTED
    },
    Provider {
        name: "morph",
        base_url: "https://api.morphllm.com/v1",
        key_vars: &["MORPH_API_KEY"],
        base_vars: &["MORPH_API_BASE"],
        source: "https://docs.morphllm.com/api-reference/endpoint/apply",
        ..HOSTED
    },
    Provider {
        name: "v0",
        base_url: "https://api.v0.dev/v1",
        key_vars: &["V0_API_KEY"],
        base_vars: &["V0_API_BASE"],
        source: "https://v0.app/docs/v0-model-api",
        ..HOSTED
    },
    Provider {
        name: "jina_ai",
        base_url: "https://api.jina.ai/v1",
        key_vars: &["JINA_AI_API_KEY", "JINA_API_KEY", "JINA_AI_TOKEN"],
        base_vars: &["JINA_AI_API_BASE"],
        endpoints: &["embeddings", "rerank"],
        source: "https://github.com/jina-ai/meta-prompt/blob/main/v4.txt",
        ..HOSTED
    },
    Provider {
        name: "voyage",
        base_url: "https://api.voyageai.com/v1",
        key_vars: &["VOYAGE_API_KEY", "VOYAGE_AI_API_KEY", "VOYAGE_AI_TOKEN"],
        endpoints: &["embeddings", "rerank"],
        source: "https://docs.voyageai.com/reference/embeddings-api",
        ..HOSTED
    },
];
