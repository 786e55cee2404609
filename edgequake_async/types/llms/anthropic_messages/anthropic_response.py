"""An answer of Anthropic's Messages API, as a type (https://docs.anthropic.com/en/api/messages). It is a dict."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import Required, TypedDict

__all__ = ["AnthropicMessagesResponse", "AnthropicUsage"]


class AnthropicUsage(TypedDict, total=False):
    """Token counts. What was read from the cache, or written to it, is not among ``input_tokens``."""

    input_tokens: Required[int]
    output_tokens: Required[int]
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None


class AnthropicMessagesResponse(TypedDict, total=False):
    """A whole answer; what else the provider sends is in it as well."""

    id: Required[str]
    type: Required[Literal["message"]]
    role: Required[Literal["assistant"]]
    model: Required[str]
    content: Required[list[dict[str, Any]]]
    stop_reason: Required[str | None]
    stop_sequence: Required[str | None]
    usage: Required[AnthropicUsage]
