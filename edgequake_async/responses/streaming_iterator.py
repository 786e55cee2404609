"""Streams of responses: native iterators of typed events, async and sync, under litellm's names."""

from __future__ import annotations

from typing import Protocol

from ..event_streams import AsyncEvents, Events, Source, SyncEvents
from ..types.response_events import BaseResponsesAPIStreamEvent

__all__ = [
    "BaseResponsesAPIStreamingIterator",
    "ResponsesAPIStreamingIterator",
    "SyncResponsesAPIStreamingIterator",
]


class _Told(Source, Protocol):
    @property
    def last(self) -> BaseResponsesAPIStreamEvent | None: ...


class BaseResponsesAPIStreamingIterator(Events):
    """What both streams have in common."""

    _told: _Told

    @property
    def completed_response(self) -> BaseResponsesAPIStreamEvent | None:
        """The last event, whose ``response`` is whole (or incomplete); None until it has arrived."""
        return self._told.last


class ResponsesAPIStreamingIterator(AsyncEvents[BaseResponsesAPIStreamEvent], BaseResponsesAPIStreamingIterator):
    """An async iterator of events: ``async for event in await aresponses(..., stream=True)``.

    May be used with ``async with``, which closes it however the block is left. A failure is raised after the events
    that preceded it, with what had arrived in its ``partial`` (a ``ResponsesAPIResponse``) and ``generated_content``.
    """


class SyncResponsesAPIStreamingIterator(SyncEvents[BaseResponsesAPIStreamEvent], BaseResponsesAPIStreamingIterator):
    """An iterator of events: ``for event in responses(..., stream=True)``; as the async one otherwise."""
