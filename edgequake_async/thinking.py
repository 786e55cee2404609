"""``validate_and_fix_thinking_param``: Anthropic's ``thinking`` as programs write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from .types.llms.anthropic import AnthropicThinkingParam

__all__ = ["validate_and_fix_thinking_param"]

# What litellm calls a medium effort.
_MEDIUM = 2048


def validate_and_fix_thinking_param(
    thinking: AnthropicThinkingParam | Mapping[str, Any] | bool | None,
) -> AnthropicThinkingParam | None:
    """``thinking`` in Anthropic's form.

    Args:
        thinking: a dict, whose ``budgetTokens`` is another name of ``budget_tokens``; or True for a medium budget. Not
            changed.

    Returns:
        A new dict; None where nothing, or False, was given.
    """
    if thinking is None or thinking is False:
        return None
    if thinking is True:
        return {"type": "enabled", "budget_tokens": _MEDIUM}
    fixed = dict(thinking)
    if (budget := fixed.pop("budgetTokens", None)) is not None:
        fixed.setdefault("budget_tokens", budget)
    return cast("AnthropicThinkingParam", fixed)
