"""Streams of messages: iterators of server-sent events, async and sync."""

from __future__ import annotations

from ..event_streams import AsyncEvents, SyncEvents
from .events import AnthropicEvent

__all__ = ["AnthropicMessagesStream", "SyncAnthropicMessagesStream"]


class AnthropicMessagesStream(AsyncEvents[AnthropicEvent]):
    """An async iterator of events: ``async for event in await anthropic_messages(..., stream=True)``.

    Each is the bytes of a server-sent event, and what it says in its ``data``. May be used with ``async with``, which
    closes it however the block is left. A failure is raised after the events that preceded it, with the text that had
    arrived in its ``generated_content``.
    """


class SyncAnthropicMessagesStream(SyncEvents[AnthropicEvent]):
    """An iterator of events: ``for event in anthropic.messages.create(..., stream=True)``; else as the async one."""
