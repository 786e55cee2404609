"""Streams of the Zaguan clients: sent when first read from, closed when left, with what had arrived on every failure.

Leaving ``async with``, ``aclose``, cancelling the task, or dropping the last reference closes the connection to CoreX.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .. import sync

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._eq_core import Stream
    from ._reader import Reader
    from ._watch import Watch

__all__ = ["AsyncStream", "SyncStream"]

T = TypeVar("T")

# Items per crossing of the sync shim.
_BATCH = 256


class AsyncStream(Generic[T]):
    """An async iterator of what CoreX streams.

        async for chunk in client.chat_stream(request): ...

    The request is sent when the stream is first read from, entered (``async with``) or awaited. A failure is raised
    after the items that preceded it, with what had arrived in its ``partial``.
    """

    def __init__(self, open_stream: Callable[[], Awaitable[tuple[Stream, Watch]]], reader: Reader[T]) -> None:
        self._open_stream = open_stream
        self._reader = reader
        self._stream: Stream | None = None
        self._watch: Watch | None = None
        self._opening = False
        self._closed = False
        # The native iterator's own, where nobody watches: then nothing of Python runs per item.
        self._native_next: Callable[[], Awaitable[T]] | None = None

    @property
    def request_id(self) -> str | None:
        """The id of the call: the server's, once it is known, else the one that is sent."""
        return (self._stream and self._stream.header("x-request-id")) or self._reader.request_id

    @property
    def status_code(self) -> int | None:
        """HTTP status; None before the stream is opened."""
        return None if self._stream is None else self._stream.status

    @property
    def headers(self) -> dict[str, str]:
        """Response headers; empty before the stream is opened."""
        return {} if self._stream is None else dict(self._stream.head.pairs())

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[T]:
        return self._next() if self._native_next is None else self._native_next()

    def __await__(self) -> Generator[Any, Any, Self]:
        return self.open().__await__()

    async def open(self) -> Self:
        """Send the request, where it has not been; a request that is refused fails here.

        After a failure it may be called again, and sends the request again under the same id.

        Raises:
            ZaguanError: the call failed.
            RuntimeError: another task is opening it.
        """
        if self._stream is None and not self._closed:
            if self._opening:
                raise RuntimeError("another task is opening this stream")
            self._opening = True
            try:
                self._stream, self._watch = await self._open_stream()
            finally:
                self._opening = False
            self._reader.status = self._stream.status
            if not self._watch.has_hooks:
                self._native_next = self._stream.__anext__
            if self._closed:
                self._stream.abort()
        return self

    async def _next(self) -> T:
        native = self._stream or (await self.open())._stream
        if native is None:
            raise StopAsyncIteration
        try:
            item: T = await native.__anext__()
        except BaseException as error:
            self._note(error)
            raise
        self._note(None)
        return item

    async def _next_batch(self) -> list[T]:
        """The items that are there, waiting for the first; empty at the end of the stream."""
        native = self._stream or (await self.open())._stream
        if native is None:
            return []
        try:
            while not (batch := native.take(_BATCH)):
                await native.wait()
        except StopAsyncIteration as end:
            self._note(end)
            return []
        except BaseException as error:
            self._note(error)
            raise
        self._note(None)
        return batch

    def _note(self, error: BaseException | None) -> None:
        """Tell the hooks how a read ended: with items (None), at the end of the stream, by a failure, or cancelled."""
        if self._watch is None or self._stream is None or not self._watch.is_open:
            return
        if error is None:
            self._watch.resumed()
        elif isinstance(error, StopAsyncIteration):
            self._watch.ended(self._stream.status, self._reader.usage())
        elif isinstance(error, Exception):
            self._watch.failed(error)
        else:
            self._watch.paused(error)

    def _leave(self) -> None:
        """Tell the hooks that nothing more is read."""
        if self._watch is not None and self._stream is not None and self._watch.is_open:
            self._watch.left(self._stream.status, self._reader.usage())

    def _close(self) -> None:
        self._closed = True
        if self._stream is not None:
            self._stream.abort()
            self._leave()

    async def aclose(self) -> None:
        """Close the connection to CoreX. Items that are buffered stay readable; then the stream ends."""
        self._close()

    close = aclose

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def __del__(self) -> None:
        # Forgotten in the middle: dropping the native stream closes the connection, and the hooks are told of the end.
        if getattr(self, "_watch", None) is not None:
            self._leave()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.request_id}>"


class SyncStream(Generic[T]):
    """An iterator of what CoreX streams; as ``AsyncStream`` otherwise.

    Crosses into the shim's loop once per batch of items that are there.
    """

    def __init__(self, stream: AsyncStream[T]) -> None:
        self._async = stream
        self._ready: deque[T] = deque()

    @classmethod
    def of(cls, stream: AsyncStream[T]) -> Self:
        """The same stream for sync code."""
        return cls(stream)

    @property
    def request_id(self) -> str | None:
        """The id of the call."""
        return self._async.request_id

    @property
    def status_code(self) -> int | None:
        """HTTP status; None before the stream is opened."""
        return self._async.status_code

    @property
    def headers(self) -> dict[str, str]:
        """Response headers; empty before the stream is opened."""
        return self._async.headers

    def open(self) -> Self:
        """Send the request, where it has not been; a request that is refused fails here.

        Raises:
            ZaguanError: the call failed.
        """
        sync.run(self._async.open)
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if not self._ready:
            self._ready.extend(sync.run(self._async._next_batch))
            if not self._ready:
                raise StopIteration
        return self._ready.popleft()

    def close(self) -> None:
        """Close the connection to CoreX. Items that are buffered stay readable; then the stream ends."""
        self._async._close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.request_id}>"
