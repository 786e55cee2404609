"""Streams of typed events, async and sync: what those of responses and of Anthropic's messages have in common.

Leaving ``async with``, ``aclose``, cancelling the task, or dropping the last reference closes the connection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from . import sync
from .reply import hidden_params

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._eq_core import Stream
    from .terms import CallInfo

__all__ = [
    "AsyncEvents",
    "AsyncSource",
    "Events",
    "NativeEvents",
    "Source",
    "SyncEvents",
    "SyncSource",
    "one_by_one",
]

# Events per crossing of the sync shim.
_BATCH = 256

EventT = TypeVar("EventT")
EventT_co = TypeVar("EventT_co", covariant=True)


class Source(Protocol):
    """Where the events of a stream come from: the engine, or a chat's chunks."""

    @property
    def info(self) -> CallInfo: ...
    def headers(self) -> dict[str, str]: ...
    def hidden_params(self) -> dict[str, Any]: ...


class AsyncSource(Source, Protocol[EventT_co]):
    """One for async callers."""

    @property
    def next(self) -> Callable[[], Awaitable[EventT_co]]: ...
    async def aclose(self) -> None: ...


class SyncSource(Source, Protocol):
    """One for sync callers."""

    def close(self) -> None: ...


class NativeEvents(Generic[EventT]):
    """A source: the events of a stream as the engine hands them over."""

    def __init__(self, stream: Stream, info: CallInfo) -> None:
        self._stream = stream
        self.info = info
        self.next: Callable[[], Awaitable[EventT]] = stream.__anext__

    def headers(self) -> dict[str, str]:
        return dict(self._stream.head.pairs())

    def hidden_params(self) -> dict[str, Any]:
        return hidden_params(self.info, self._stream.head.pairs())

    async def take(self) -> list[EventT]:
        """The events that are there, waiting for the first; empty at the end of the stream."""
        try:
            while not (batch := self._stream.take(_BATCH)):
                await self._stream.wait()
        except StopAsyncIteration:
            return []
        return batch

    async def aclose(self) -> None:
        self._stream.abort()

    def close(self) -> None:
        self._stream.abort()


def one_by_one(events: NativeEvents[EventT]) -> Iterator[EventT]:
    """For sync callers: crosses into the shim's loop once per batch of events that are there."""
    while batch := sync.run(events.take):
        yield from batch


class Events:
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
    def _response_headers(self) -> dict[str, str]:
        return self._told.headers()

    @property
    def _hidden_params(self) -> dict[str, Any]:
        return self._told.hidden_params()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.custom_llm_provider}/{self.model}>"


class AsyncEvents(Events, Generic[EventT]):
    """An async iterator of events. May be used with ``async with``, which closes it however the block is left."""

    def __init__(self, source: AsyncSource[EventT]) -> None:
        super().__init__(source)
        self._source = source
        self._anext = source.next

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[EventT]:
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


class SyncEvents(Events, Generic[EventT]):
    """An iterator of events. May be used with ``with``, which closes it however the block is left."""

    def __init__(self, source: SyncSource, events: Iterator[EventT]) -> None:
        super().__init__(source)
        self._source = source
        self._events = events

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> EventT:
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
