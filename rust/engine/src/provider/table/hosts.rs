//! Those who serve other people's models.

use super::{CHAT_AND_EMBEDDINGS, HOSTED, WITH_MESSAGES};
use crate::provider::{Provider, Setting};

pub(super) static ROWS: &[Provider] = &[
    Provider {
        name: "groq",
        base_url: "https://api.groq.com/openai/v1",
        key_vars: &["GROQ_API_KEY"],
        base_vars: &["GROQ_API_BASE"],
        // https://console.groq.com/docs/speech-to-text, https://console.groq.com/docs/text-to-speech,
        // https://console.groq.com/docs/batch
        endpoints: &["chat", "transcriptions", "speech", "files", "batches"],
        // https://github.com/janhq/jan/issues/8136
        refuses: &["reasoning_content", "thinking_blocks"],
        source: "https://console.groq.com/docs/openai",
        ..HOSTED
    },
    Provider {
        name: "together_ai",
        aliases: &["together"],
        base_url: "https://api.together.ai/v1",
        key_vars: &["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"],
        base_vars: &["TOGETHER_AI_API_BASE"],
        endpoints: &["chat", "embeddings", "rerank", "images", "speech"],
        source: "https://docs.together.ai/docs/inference/openai-compatibility",
        ..HOSTED
    },
    Provider {
        name: "fireworks_ai",
        aliases: &["fireworks"],
        base_url: "https://api.fireworks.ai/inference/v1",
        key_vars: &["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"],
        base_vars: &["FIREWORKS_API_BASE"],
        endpoints: &["chat", "embeddings", "rerank"],
        source: "https://docs.fireworks.ai/tools-sdks/openai-compatibility",
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
        polls: true,
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://docs.api.nvidia.com/nim/reference/mistralai-mistral-medium-3-instruct-statuspolling",
        ..HOSTED
    },
    Provider {
        name: "huggingface",
        base_url: "https://router.huggingface.co/v1",
        key_vars: &["HF_TOKEN", "HUGGINGFACE_API_KEY"],
        base_vars: &["HUGGINGFACE_API_BASE"],
        source: "https://huggingface.co/docs/inference-providers/providers/nscale",
        ..HOSTED
    },
    Provider {
        name: "deepinfra",
        base_url: "https://api.deepinfra.com/v1/openai",
        key_vars: &["DEEPINFRA_API_KEY"],
        base_vars: &["DEEPINFRA_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://docs.deepinfra.com/chat/overview",
        ..HOSTED
    },
    Provider {
        name: "sambanova",
        base_url: "https://api.sambanova.ai/v1",
        key_vars: &["SAMBANOVA_API_KEY"],
        base_vars: &["SAMBANOVA_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://docs.sambanova.ai/docs/en/features/anthropic-compatibility",
        ..HOSTED
    },
    Provider {
        name: "novita",
        base_url: "https://api.novita.ai/v3/openai",
        key_vars: &["NOVITA_API_KEY"],
        base_vars: &["NOVITA_API_BASE"],
        endpoints: &["chat", "embeddings", "rerank"],
        source: "https://novita.ai/docs/guides/llm-api",
        ..HOSTED
    },
    Provider {
        name: "nebius",
        base_url: "https://api.tokenfactory.nebius.com/v1",
        key_vars: &["NEBIUS_API_KEY"],
        base_vars: &["NEBIUS_API_BASE"],
        // Images are recorded.
        endpoints: &["chat", "embeddings", "images"],
        source: "https://docs.tokenfactory.nebius.com/ai-models-inference/dedicated-endpoints",
        ..HOSTED
    },
    Provider {
        name: "hyperbolic",
        base_url: "https://api.hyperbolic.xyz/v1",
        key_vars: &["HYPERBOLIC_API_KEY"],
        base_vars: &["HYPERBOLIC_API_BASE"],
        source: "https://docs.hyperbolic.ai/inference/text-apis",
        ..HOSTED
    },
    Provider {
        name: "baseten",
        base_url: "https://inference.baseten.co/v1",
        key_vars: &["BASETEN_API_KEY"],
        base_vars: &["BASETEN_API_BASE"],
        source: "https://docs.baseten.co/quickstart",
        ..HOSTED
    },
    Provider {
        name: "nscale",
        base_url: "https://inference.api.nscale.com/v1",
        key_vars: &["NSCALE_API_KEY"],
        base_vars: &["NSCALE_API_BASE"],
        source: "https://docs.nscale.com/docs/inference/chat",
        ..HOSTED
    },
    // Answers without a key too, at a lower rate (https://litellm.vercel.app/docs/providers/ovhcloud).
    Provider {
        name: "ovhcloud",
        base_url: "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
        key_vars: &["OVHCLOUD_API_KEY"],
        base_vars: &["OVHCLOUD_API_BASE"],
        key_required: false,
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://ovh.github.io/apache-airflow-provider-ovhcloud-ai/ai-endpoints",
        ..HOSTED
    },
    Provider {
        name: "scaleway",
        base_url: "https://api.scaleway.ai/v1",
        key_vars: &["SCW_SECRET_KEY"],
        // https://www.scaleway.com/en/docs/generative-apis/how-to/query-audio-models/
        endpoints: &["chat", "embeddings", "transcriptions"],
        source: "https://www.scaleway.com/en/docs/generative-apis/api-cli/using-chat-api",
        ..HOSTED
    },
    Provider {
        name: "friendliai",
        base_url: "https://api.friendli.ai/serverless/v1",
        key_vars: &["FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN"],
        base_vars: &["FRIENDLI_API_BASE"],
        source: "https://friendli.ai/docs/openapi/create-chat-completions",
        ..HOSTED
    },
    Provider {
        name: "featherless_ai",
        base_url: "https://api.featherless.ai/v1",
        key_vars: &["FEATHERLESS_AI_API_KEY", "FEATHERLESS_API_KEY"],
        base_vars: &["FEATHERLESS_AI_API_BASE", "FEATHERLESS_API_BASE"],
        source: "https://featherless.ai/docs/quickstart-guide",
        ..HOSTED
    },
    Provider {
        name: "wandb",
        base_url: "https://api.inference.wandb.ai/v1",
        key_vars: &["WANDB_API_KEY"],
        base_vars: &["WANDB_API_BASE"],
        source: "https://docs.wandb.ai/guides/inference/api-reference",
        ..HOSTED
    },
    Provider {
        name: "cloudflare",
        base_url: "https://api.cloudflare.com/client/v4/accounts/{cloudflare_account_id}/ai/v1",
        options: &[Setting::new("cloudflare_account_id", &["CLOUDFLARE_ACCOUNT_ID"])],
        key_vars: &["CLOUDFLARE_API_KEY"],
        base_vars: &["CLOUDFLARE_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility",
        ..HOSTED
    },
    // The base is `https://<workspace>/serving-endpoints`.
    Provider {
        name: "databricks",
        key_vars: &["DATABRICKS_API_KEY"],
        base_vars: &["DATABRICKS_API_BASE"],
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://docs.databricks.com/aws/en/machine-learning/model-serving/score-chat-models",
        ..HOSTED
    },
    // The base is the resource's, or any address that ends in `/openai/v1` or names a deployment.
    Provider {
        name: "azure",
        key_vars: &["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
        base_vars: &["AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"],
        options: &[
            // litellm's default (1.106.2).
            Setting {
                default: "2025-02-01-preview",
                ..Setting::new("api_version", &["AZURE_API_VERSION", "OPENAI_API_VERSION"])
            },
            Setting::secret("azure_ad_token", &["AZURE_AD_TOKEN", "AZURE_OPENAI_AD_TOKEN"]),
        ],
        protocol: "azure",
        // https://learn.microsoft.com/azure/ai-foundry/openai/authoring-reference-preview has files and batches.
        endpoints: &[
            "chat",
            "embeddings",
            "responses",
            "images",
            "image_edits",
            "transcriptions",
            "speech",
            "files",
            "batches",
        ],
        source: "https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference",
        ..HOSTED
    },
    Provider {
        name: "azure_ai",
        key_vars: &["AZURE_AI_API_KEY"],
        base_vars: &["AZURE_AI_API_BASE"],
        options: &[Setting::new("api_version", &[]), Setting::secret("azure_ad_token", &["AZURE_AD_TOKEN"])],
        protocol: "azure_ai",
        endpoints: WITH_MESSAGES,
        source: "https://learn.microsoft.com/en-us/azure/ai-foundry/foundry-models/concepts/endpoints",
        ..HOSTED
    },
    // The base is the app's INFERENCE_URL, which lacks `/v1`.
    Provider {
        name: "heroku",
        base_suffix: "/v1",
        key_vars: &["HEROKU_API_KEY"],
        base_vars: &["HEROKU_API_BASE"],
        source: "https://devcenter.heroku.com/articles/openai-compatibility-chat-completions",
        ..HOSTED
    },
    // A GitHub token, which is exchanged for Copilot's, or one of these. The headers by which editors name themselves are
    // theirs: a caller who has a right to them passes `extra_headers`. The variable is ours: litellm keeps its tokens in
    // files. Business and Enterprise have hosts of their own, which the exchange names.
    Provider {
        name: "github_copilot",
        base_url: "https://api.githubcopilot.com",
        key_vars: &["GITHUB_COPILOT_TOKEN"],
        base_vars: &["GITHUB_COPILOT_API_BASE"],
        options: &[Setting {
            default: "https://api.github.com/copilot_internal/v2/token",
            ..Setting::new("copilot_token_url", &["GITHUB_COPILOT_API_KEY_URL"])
        }],
        auth: "copilot",
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://docs.litellm.ai/docs/providers/github_copilot",
        ..HOSTED
    },
    // An IBM Cloud API key, or a token that one has bought. The base is the region's, `https://us-south.ml.cloud.ibm.com`; the
    // version is the date of the API that is spoken here.
    Provider {
        name: "watsonx",
        key_vars: &["WATSONX_TOKEN", "WATSONX_APIKEY", "WATSONX_API_KEY"],
        base_vars: &["WATSONX_API_BASE", "WATSONX_URL"],
        options: &[
            Setting::new("project_id", &["WATSONX_PROJECT_ID"]),
            Setting::new("space_id", &["WATSONX_SPACE_ID", "WATSONX_DEPLOYMENT_SPACE_ID"]),
            Setting { default: "2025-02-06", ..Setting::new("api_version", &[]) },
            Setting {
                default: "https://iam.cloud.ibm.com/identity/token",
                ..Setting::new("iam_url", &["WATSONX_IAM_URL"])
            },
        ],
        auth: "ibm",
        protocol: "watsonx",
        endpoints: CHAT_AND_EMBEDDINGS,
        source: "https://cloud.ibm.com/apidocs/watsonx-ai",
        ..HOSTED
    },
    // A programmatic access token or a key-pair JWT; Snowflake tells them apart.
    Provider {
        name: "snowflake",
        base_url: "https://{account_id}.snowflakecomputing.com/api/v2/cortex/v1",
        base_suffix: "/api/v2/cortex/v1",
        options: &[Setting::new("account_id", &["SNOWFLAKE_ACCOUNT_ID"])],
        key_vars: &["SNOWFLAKE_JWT"],
        base_vars: &["SNOWFLAKE_API_BASE"],
        source: "https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api",
        ..HOSTED
    },
];
