//! Servers that people run themselves.

use super::LOCAL;
use crate::provider::Provider;

pub(super) static ROWS: &[Provider] = &[
    Provider {
        name: "hosted_vllm",
        aliases: &["vllm"],
        key_vars: &["HOSTED_VLLM_API_KEY"],
        base_vars: &["HOSTED_VLLM_API_BASE"],
        // https://docs.vllm.ai/en/v0.22.1/serving/online_serving/
        endpoints: &["chat", "embeddings", "rerank", "transcriptions"],
        source: "https://docs.vllm.ai/en/v0.8.1/serving/openai_compatible_server.html",
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
        aliases: &["ollama_chat"],
        base_url: "http://localhost:11434",
        key_vars: &["OLLAMA_API_KEY"],
        base_vars: &["OLLAMA_API_BASE"],
        protocol: "ollama",
        source: "https://docs.ollama.com/api/introduction",
        ..LOCAL
    },
    Provider {
        name: "llamafile",
        base_url: "http://127.0.0.1:8080/v1",
        key_vars: &["LLAMAFILE_API_KEY"],
        base_vars: &["LLAMAFILE_API_BASE"],
        source: "https://github.com/Mozilla-Ocho/llamafile",
        ..LOCAL
    },
    Provider {
        name: "xinference",
        base_url: "http://127.0.0.1:9997/v1",
        key_vars: &["XINFERENCE_API_KEY"],
        base_vars: &["XINFERENCE_API_BASE"],
        endpoints: &["chat", "embeddings", "rerank"],
        source: "https://inference.readthedocs.io/en/v2.10.0/getting_started/using_xinference.html",
        ..LOCAL
    },
    Provider {
        name: "docker_model_runner",
        base_url: "http://localhost:12434/engines/v1",
        base_suffix: "/v1",
        key_vars: &["DOCKER_MODEL_RUNNER_API_KEY"],
        base_vars: &["DOCKER_MODEL_RUNNER_API_BASE"],
        source: "https://docs.docker.com/ai/model-runner/api-reference",
        ..LOCAL
    },
    // These three have no prefix in litellm, so that no variable of theirs is read.
    Provider {
        name: "llamacpp",
        base_url: "http://localhost:8080/v1",
        // Transcriptions are recorded.
        endpoints: &["chat", "embeddings", "rerank", "responses", "transcriptions"],
        source: "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
        ..LOCAL
    },
    Provider {
        name: "localai",
        base_url: "http://localhost:8080/v1",
        endpoints: &["chat", "embeddings", "images", "transcriptions", "speech"],
        source: "https://localai.io/basics/try/",
        ..LOCAL
    },
    Provider {
        name: "tgi",
        base_url: "http://localhost:3000/v1",
        endpoints: &["chat"],
        source: "https://huggingface.co/docs/text-generation-inference/messages_api",
        ..LOCAL
    },
];
