"""Conversations that move from a provider that was asked by chat to one that has the Messages API.

Blocks of answers that this package made of a chat hold what only that chat's provider understands: signatures of its
thoughts, notes beside calls and texts. Anthropic would refuse them, so they stay behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..responses.thoughts import unsealed

__all__ = ["without_notes"]

_NOTES = ("annotations", "provider_specific_fields")


def without_notes(messages: list[Any]) -> list[Any]:
    """The messages, those as they are that hold nothing of the kind."""
    return [_without(message) for message in messages]


def _without(message: Any) -> Any:
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, list) or message.get("role") != "assistant":
        return message
    if not any(isinstance(block, Mapping) and (_is_ours(block) or _has_notes(block)) for block in content):
        return message
    kept = [block for block in content if not (isinstance(block, Mapping) and _is_ours(block))]
    return {**message, "content": [_bare(block) for block in kept]}


def _is_ours(block: Mapping[str, Any]) -> bool:
    if block.get("type") != "thinking" or "signature" not in block:
        return False
    return not block["signature"] or unsealed(block["signature"]) is not None


def _has_notes(block: Mapping[str, Any]) -> bool:
    return any(name in block for name in _NOTES)


def _bare(block: Any) -> Any:
    if not isinstance(block, Mapping) or not _has_notes(block):
        return block
    return {name: value for name, value in block.items() if name not in _NOTES}
