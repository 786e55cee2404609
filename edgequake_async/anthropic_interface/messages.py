"""``acreate`` and ``create``: ``anthropic_messages`` and its sync shim, under the names that Anthropic's SDK has."""

from __future__ import annotations

from ..messages.main import anthropic_messages as acreate
from ..messages.main import anthropic_messages_handler as create

__all__ = ["acreate", "create"]
