"""Messages made to fit a model's context window."""

from __future__ import annotations

from typing import Any, Literal, overload

from .exceptions import EQError
from .model_info import known
from .tokens import token_counter

__all__ = ["trim_messages"]

_CUT = ".."


@overload
def trim_messages(
    messages: list[Any],
    model: str | None = ...,
    trim_ratio: float = ...,
    return_response_tokens: Literal[False] = ...,
    max_tokens: int | None = ...,
) -> list[Any]: ...
@overload
def trim_messages(
    messages: list[Any],
    model: str | None = ...,
    trim_ratio: float = ...,
    *,
    return_response_tokens: Literal[True],
    max_tokens: int | None = ...,
) -> tuple[list[Any], int]: ...
def trim_messages(
    messages: list[Any],
    model: str | None = None,
    trim_ratio: float = 0.75,
    return_response_tokens: bool = False,
    max_tokens: int | None = None,
) -> list[Any] | tuple[list[Any], int]:
    """Leave out the oldest messages, and shorten one in its middle, until the rest fits.

    System messages stay, and so do the results of tools after the last call of them: an answer of the provider needs
    its question.

    Args:
        messages: dicts. Not changed; the list that is given back holds the same dicts but for a shortened one.
        model: a model string: says the limit and how tokens are counted.
        trim_ratio: how much of the model's window may be filled.
        return_response_tokens: also give back how many tokens are left for the answer.
        max_tokens: the limit, instead of the model's.

    Returns:
        The messages, or with ``return_response_tokens`` (messages, tokens left). Without a limit (no model, or one
        whose window is not known) the messages as they are.
    """
    name = model or ""
    limit = max_tokens
    if limit is None:
        limit = _window(name)
        limit = None if limit is None else int(limit * trim_ratio)
    kept = list(messages) if limit is None else _fit(list(messages), name, limit)
    if not return_response_tokens:
        return kept
    left = 0 if limit is None else max(0, (max_tokens or _window(name) or limit) - token_counter(name, messages=kept))
    return kept, left


def _window(model: str) -> int | None:
    try:
        window: int | None = known(model)[1].get("max_input_tokens")
    except EQError:
        return None
    return window


def _fit(messages: list[Any], model: str, limit: int) -> list[Any]:
    def size(some: list[Any]) -> int:
        return token_counter(model, messages=some, default_token_count=0)

    if size(messages) <= limit:
        return messages
    tail: list[Any] = []
    while messages and messages[-1].get("role") in ("tool", "function"):
        tail.insert(0, messages.pop())
    if tail and messages and (messages[-1].get("tool_calls") or messages[-1].get("function_call")):
        tail.insert(0, messages.pop())
    first = [each for each in messages if each.get("role") == "system"]
    rest = [each for each in messages if each.get("role") != "system"]
    kept: list[Any] = []
    for message in reversed(rest):
        if size([*first, message, *kept, *tail]) <= limit:
            kept.insert(0, message)
            continue
        newer = [*kept, *tail]
        shorter = _shortened(message, lambda one, newer=newer: size([*first, one, *newer]) <= limit)
        kept = [shorter, *kept] if shorter is not None else kept
        break
    return [*first, *kept, *tail]


def _shortened(message: Any, fits: Any) -> Any:
    """The message with as much of its two ends as fits; None where nothing of it does."""
    content = message.get("content")
    if not isinstance(content, str):
        return None
    low, high = 0, len(content) // 2
    while low < high:
        half = (low + high + 1) // 2
        if fits({**message, "content": content[:half] + _CUT + content[-half:]}):
            low = half
        else:
            high = half - 1
    return {**message, "content": content[:low] + _CUT + content[-low:]} if low else None
