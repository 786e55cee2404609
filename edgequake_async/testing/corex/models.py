"""The models that the fake CoreX knows: ids, bands, capabilities, and the virtual models over them.

The ids are examples of CoreX's public documentation; bands, costs and sizes are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CREATED = 1_735_689_600
"""Seconds since 1970 at which everything in the fake was made: 2025-01-01T00:00:00Z."""

Thinks = Literal["never", "field", "tag", "tag_uncounted"]


@dataclass(frozen=True)
class Model:
    """A model. ``band`` decides what a call costs and who may make it.

    ``thinks`` says where reasoning goes: nowhere, into ``reasoning_content``, or into the content between
    <think> tags, counted in the usage (as with DeepSeek) or not (as with Perplexity, which always thinks).
    """

    id: str
    band: str = "A"
    thinks: Thinks = "never"
    vision: bool = False
    tools: bool = True
    audio: bool = False
    context_tokens: int = 128_000
    output_tokens: int = 16_384

    @property
    def provider(self) -> str:
        """The first segment of the id."""
        return self.id.partition("/")[0]


@dataclass(frozen=True)
class VirtualModel:
    """A name that stands for others; the first target whose provider is up answers."""

    id: str
    targets: tuple[str, ...]
    strategy: str = "priority_failover"


_MODELS = (
    Model("openai/gpt-4o-mini", vision=True),
    Model("openai/gpt-4o", "B", vision=True, audio=True),
    Model("openai/gpt-3.5-turbo"),
    Model("openai/o3-mini", "C", "field"),
    Model("openai/o1-pro", "D", "field", vision=True),
    Model("anthropic/claude-3-5-haiku-20241022", "B", vision=True),
    Model("anthropic/claude-3-5-sonnet-20241022", "C", vision=True, context_tokens=200_000, output_tokens=8_192),
    Model("anthropic/claude-sonnet-4-20250514", "C", "field", vision=True, output_tokens=64_000),
    Model("anthropic/claude-opus-4-20250514", "D", "field", vision=True, output_tokens=32_000),
    Model("google/gemini-2.0-flash", "A", "field", vision=True, audio=True, context_tokens=1_000_000),
    Model("google/gemini-2.5-pro", "C", "field", vision=True, audio=True, context_tokens=1_000_000),
    Model("deepseek/deepseek-chat", "A"),
    Model("deepseek/deepseek-reasoner", "B", "tag", tools=False),
    Model("perplexity/sonar-reasoning", "B", "tag_uncounted", tools=False),
    Model("alibaba/qwen-plus", "A", "field"),
    Model("xai/grok-4", "C", "field", vision=True),
    Model("fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct"),
    Model("openai/text-embedding-3-small", tools=False),
    Model("openai/text-embedding-3-large", "B", tools=False),
    Model("openai/text-embedding-ada-002", tools=False),
    Model("cohere/embed-english-v3.0", tools=False),
    Model("cohere/rerank-v3.5", tools=False),
    Model("openai/whisper-1", tools=False),
    Model("openai/tts-1", tools=False),
    Model("openai/tts-1-hd", "B", tools=False),
    Model("openai/dall-e-2", "B", tools=False),
    Model("openai/dall-e-3", "C", tools=False),
    Model("openai/gpt-image-1", "C", tools=False, vision=True),
    Model("openai/text-moderation-latest", tools=False),
    Model("openai/omni-moderation-latest", tools=False, vision=True),
)
_VIRTUAL = (
    VirtualModel("zaguanai/gpt-oss-120b", ("fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct",)),
    VirtualModel(
        "zaguanai/claude-sonnet-4.5-latest",
        ("anthropic/claude-sonnet-4-20250514", "anthropic/claude-3-5-sonnet-20241022"),
        "health_aware_round_robin",
    ),
    VirtualModel("zaguanai/fast", ("openai/gpt-4o-mini", "google/gemini-2.0-flash")),
)


def models() -> dict[str, Model]:
    """The models by id, in the order of the list."""
    return {model.id: model for model in _MODELS}


def virtual_models() -> dict[str, VirtualModel]:
    """The virtual models by id."""
    return {virtual.id: virtual for virtual in _VIRTUAL}
