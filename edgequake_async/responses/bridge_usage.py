"""A chat's token counts under the names of the Responses API."""

from __future__ import annotations

from typing import Any

__all__ = ["response_usage"]

_RENAMED = {"prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "completion_tokens_details"}


def response_usage(usage: Any) -> dict[str, Any] | None:
    """The counts; those that the API has no name for are kept under their own. None where the provider sent none."""
    if usage is None:
        return None
    counted = usage.model_dump(exclude_unset=True)
    prompt, completion = dict(usage.prompt_tokens_details or {}), dict(usage.completion_tokens_details or {})
    written = prompt.get("cache_write_tokens") or prompt.get("cache_creation_tokens")
    written = written or usage.get("cache_creation_input_tokens") or 0
    cached = prompt.get("cached_tokens") or usage.get("cache_read_input_tokens") or 0
    return {
        **{name: value for name, value in counted.items() if name not in _RENAMED},
        "input_tokens": usage.prompt_tokens or 0,
        "input_tokens_details": {**prompt, "cached_tokens": cached, "cache_write_tokens": written},
        "output_tokens": usage.completion_tokens or 0,
        "output_tokens_details": {**completion, "reasoning_tokens": completion.get("reasoning_tokens") or 0},
        "total_tokens": usage.total_tokens or 0,
    }
