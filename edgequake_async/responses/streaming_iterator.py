"""Streams of responses: native iterators of typed events, async and sync, under litellm's names.

Leaving ``async with``, ``aclose``, cancelling the task, or dropping the last reference closes the connection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..terms import CallInfo
    from ..types.response_events import BaseResponsesAPIStreamEvent

__all__ = [
    "BaseResponsesAPIStreamingIterator",
    "ResponsesAPIStreamingIterator",
    "SyncResponsesAPIStreamingIterator",
]


class Source(Protocol):
    """Where the events of a stream come from: the engine, or a chat's chunks."""

    @property
    def info(self) -> CallInfo: ...
    @property
    def last(self) -> BaseResponsesAPIStreamEvent | None: ...
    def headers(self) -> dict[str, str]: ...
    def hidden_params(self) -> dict[str, Any]: ...


class AsyncSource(Source, Protocol):
    """One for async callers."""

    @property
    def next(self) -> Callable[[], Awaitable[BaseResponsesAPIStreamEvent]]: ...
    async def aclose(self) -> None: ...


class SyncSource(Source, Protocol):
    """One for sync callers."""

    def close(self) -> None: ...


class BaseResponsesAPIStreamingIterator:
    """What both streams have in common.

    Attributes:
        model: the model, as the call named it without its provider.
        custom_llm_provider: the provider's name in the table.
    """

    def __init__(self, source: Source) -> None:
        self._told = source
        self.model = source.info.model
        self.custom_llm_provider = source.info.provider

    @property
    def completed_response(self) -> BaseResponsesAPIStreamEvent | None:
        """The last event, whose ``response`` is whole (or incomplete); None until it has arrived."""
        return self._told.last

    @property
    def _response_headers(self) -> dict[str, str]:
        return self._told.headers()

    @property
    def _hidden_params(self) -> dict[str, Any]:
        return self._told.hidden_params()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.custom_llm_provider}/{self.model}>"


class ResponsesAPIStreamingIterator(BaseResponsesAPIStreamingIterator):
    """An async iterator of events: ``async for event in await aresponses(..., stream=True)``.

    May be used with ``async with``, which closes it however the block is left. A failure is raised after the events
    that preceded it, with what had arrived in its ``partial`` (a ``ResponsesAPIResponse``) and ``generated_content``.
    """

    def __init__(self, source: AsyncSource) -> None:
        super().__init__(source)
        self._source = source
        self._anext = source.next

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[BaseResponsesAPIStreamEvent]:
        return self._anext()

    async def aclose(self) -> None:
        """Close the connection to the provider. Events that are buffered stay readable; then the stream ends."""
        await self._source.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._source.aclose()


class SyncResponsesAPIStreamingIterator(BaseResponsesAPIStreamingIterator):
    """An iterator of events: ``for event in responses(..., stream=True)``; as the async one otherwise."""

    def __init__(self, source: SyncSource, events: Iterator[BaseResponsesAPIStreamEvent]) -> None:
        super().__init__(source)
        self._source = source
        self._events = events

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> BaseResponsesAPIStreamEvent:
        return next(self._events)

    def close(self) -> None:
        """Close the connection to the provider. Events that are buffered stay readable; then the stream ends."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
