"""Anthropic's types under the name by which programs import them: ``litellm.types.llms.anthropic``."""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = ["AnthropicThinkingParam"]


class AnthropicThinkingParam(TypedDict, total=False):
    """Whether and how much a model thinks (https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking)."""

    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: int
