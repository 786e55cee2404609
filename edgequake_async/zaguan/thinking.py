"""Thinking that models write between ``<think>`` tags, inside the content.

Perplexity and DeepSeek do so behind CoreX (its SDK specification); other models have ``reasoning_content``.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

__all__ = ["Thinking", "extract_thinking", "has_cached_tokens", "has_reasoning_tokens", "read_field"]

# A block that is not closed (the answer was cut) reaches to the end.
_BLOCK = re.compile(r"<think>(.*?)(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)


class Thinking(NamedTuple):
    """What a model thought, and what it answered; each without space around it.

    Attributes:
        thinking: all blocks, with a blank line between them; empty where there is none.
        response: the content without the blocks.
    """

    thinking: str
    response: str


def extract_thinking(content: str | None) -> Thinking:
    """Part the thinking of a content from the answer.

    Args:
        content: of a message; None is no content.
    """
    text = content or ""
    blocks = (block.strip() for block in _BLOCK.findall(text))
    return Thinking("\n\n".join(block for block in blocks if block), _BLOCK.sub("", text).strip())


def has_reasoning_tokens(usage: Any) -> bool:
    """Whether the usage of an answer (a model, a dict or None) counts tokens of reasoning."""
    return _count(usage, ("completion_tokens_details", "output_tokens_details"), "reasoning_tokens") > 0


def has_cached_tokens(usage: Any) -> bool:
    """Whether the usage of an answer (a model, a dict or None) counts tokens of the prompt that came from a cache.

    Anthropic's usage says it in ``cache_read_input_tokens``.
    """
    cached = _count(usage, ("prompt_tokens_details", "input_tokens_details"), "cached_tokens")
    return cached > 0 or _number(read_field(usage, "cache_read_input_tokens")) > 0


def _count(usage: Any, details: tuple[str, ...], name: str) -> float:
    return sum(_number(read_field(read_field(usage, detail), name)) for detail in details)


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) else 0


def read_field(value: Any, name: str) -> Any:
    """The field of a model or a dict; None where there is none."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
