"""Parameters: OpenAI's own at every provider, those that a provider lacks, those of the client, headers, bodies."""

from __future__ import annotations

from . import PROVIDERS, answer, chat

USUAL = {"temperature": 0.5, "top_p": 0.9, "max_tokens": 20, "stop": ["there"]}
SOME = {
    "seed": 7,
    "frequency_penalty": 0.1,
    "presence_penalty": 0.2,
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "top_logprobs": 2,
    "user": "someone",
    "parallel_tool_calls": False,
}

for provider in PROVIDERS:
    chat(f"{provider}/usual_parameters", **USUAL)
    chat(f"{provider}/max_completion_tokens", max_completion_tokens=20)
    chat(f"{provider}/stop_text", stop="there")
    for name, value in SOME.items():
        extra = {"logprobs": True} if name == "top_logprobs" else {}
        chat(f"{provider}/parameter_{name}", **{name: value}, **extra)
    chat(f"{provider}/drop_params", **SOME, drop_params=True)
    chat(f"{provider}/unknown_parameter", top_k=3)
    chat(f"{provider}/extra_headers", extra_headers={"x-mine": "1"}, headers={"x-other": "2"})
    chat(f"{provider}/given_none", temperature=None, tools=None, stop=None, user=None)

chat("openai/n", n=2)
chat("openai/n_stream", n=2, stream=True)
chat("openai/extra_body", extra_body={"eb": 1}, foo_bar=1, top_k=3)
chat("openai/organization", organization="org-1")
chat("openai/metadata", metadata={"trace": "1"}, tags=["a"], litellm_call_id="x", caching=True, logger_fn=print)
chat("openai/additional_drop_params", temperature=0.5, user="someone", additional_drop_params=["user"])
chat("openai/service_tier", service_tier="flex", store=True, prompt_cache_key="k", safety_identifier="s")
chat("openai/verbosity", verbosity="low", reasoning_effort="low", model="openai/gpt-5")
chat("openai/reasoning_model_temperature", temperature=0.5, model="openai/o3-mini")
chat("openai/reasoning_model_drops", temperature=0.5, max_tokens=20, model="openai/o3-mini", drop_params=True)
chat("openai/modalities", modalities=["text"], prediction={"type": "content", "content": "Hi"})
chat("openai/web_search_options", web_search_options={"search_context_size": "low"})
chat("openai/base_url", api_base=None, base_url="http://127.0.0.1:9/v1", timeout=5)
chat("openai/timeout", answer("slow_head", 5.0), timeout=0.2)
chat("openai/timeout_of_a_stream", answer("slow_head", 5.0), timeout=0.2, stream=True)
chat("anthropic/timeout", answer("slow_head", 5.0), timeout=0.2)
chat("openai/custom_llm_provider", model="gpt-4o", custom_llm_provider="openai")
chat("openai/bare_model", model="gpt-4o")
chat("openai/unknown_bare_model", model="no-such-model")
chat("openai/model_with_slashes", model="openai/some/model")
chat("groq/allowed_openai_params", logit_bias={"1": 1}, allowed_openai_params=["logit_bias"])
chat("anthropic/top_k", top_k=3, metadata={"user_id": "someone"})
chat("anthropic/extra_body", extra_body={"mcp_servers": []})
chat("gemini/safety_settings", safety_settings=[{"category": "HARM_CATEGORY_HATE_SPEECH", "threshold": "BLOCK_NONE"}])
chat("ollama/num_ctx", num_ctx=4096, keep_alive="10m", top_k=5)
chat("mistral/safe_prompt", safe_prompt=True, random_seed=3)
chat("openrouter/routing", transforms=["middle-out"], route="fallback", provider={"order": ["openai"]})
chat("openrouter/headers", extra_headers={"HTTP-Referer": "https://example.com", "X-Title": "Mine"})
