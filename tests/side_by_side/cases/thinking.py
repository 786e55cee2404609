"""Thinking: effort and budgets asked for, thoughts read, thoughts sent back."""

from __future__ import annotations

from typing import Any

from . import HELLO, PROVIDERS, add, answer, chat

MODELS = {
    "anthropic": "anthropic/claude-sonnet-4-5-20250929",
    "gemini": "gemini/gemini-2.5-flash",
    "bedrock": "bedrock/converse/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "deepseek": "deepseek/deepseek-reasoner",
    "openai": "openai/o3-mini",
    "openrouter": "openrouter/anthropic/claude-sonnet-4.5",
    "groq": "groq/openai/gpt-oss-120b",
    "mistral": "mistral/magistral-medium-latest",
    "ollama": "ollama_chat/gpt-oss:20b",
    "cohere": "cohere_chat/command-a-reasoning-08-2025",
    "azure": "azure/o3-mini",
}

for provider, model in MODELS.items():
    for effort in ("low", "high"):
        chat(f"{provider}/effort_{effort}", model=model, reasoning_effort=effort)
    chat(f"{provider}/thoughts", answer("text", "Paris.", reasoning="France, so"), model=model)
    chat(f"{provider}/thoughts_stream", answer("text", "Paris.", reasoning="France, so"), model=model, stream=True)
for provider in ("anthropic", "bedrock", "gemini"):
    thinking = {"type": "enabled", "budget_tokens": 2048}
    chat(f"{provider}/thinking", model=MODELS[provider], thinking=thinking, max_tokens=4096)
    chat(f"{provider}/effort_none", model=MODELS[provider], reasoning_effort="none")


def _sent_back(name: str) -> None:
    provider = name.partition("/")[0]

    def run(client: Any, host: str) -> Any:
        where = {**PROVIDERS[provider].arguments(host), "model": MODELS[provider]}
        thinking = {"type": "enabled", "budget_tokens": 1024}
        first = client.completion(messages=HELLO, thinking=thinking, max_tokens=2048, **where)
        again = [*HELLO, first.choices[0].message, {"role": "user", "content": "Go on."}]
        return client.completion(messages=again, thinking=thinking, max_tokens=2048, **where)

    add(name, run, answer("text", "Paris.", reasoning="France, so"))


for provider in ("anthropic", "bedrock", "gemini"):
    _sent_back(f"{provider}/thoughts_sent_back")
