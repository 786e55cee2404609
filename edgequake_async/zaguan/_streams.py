"""Streams of the Zaguan clients: sent when first read from, closed when left, with what had arrived on every failure.

Leaving ``async with``, ``aclose``, cancelling the task, or dropping the last reference closes the connection to CoreX.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .. import sync
from ..types.tolerant import read
from ._error_mapping import from_engine
from .accumulate import StreamAccumulator, accumulate_messages_events
from .errors import InvalidResponseError, ZaguanError
from .models import AnthropicMessagesStreamEvent, ChatChunk, read_chunk
from .thinking import read_field

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._eq_core import Stream
    from ._watch import Watch

__all__ = ["AsyncStream", "Reader", "SyncStream"]

T = TypeVar("T")

# Items per crossing of the sync shim.
_BATCH = 256


def _whole_chat(chunks: list[Any]) -> Any:
    accumulator = StreamAccumulator()
    for chunk in chunks:
        accumulator.add_chunk(chunk)
    return accumulator.get_response()


# What the items that arrived come to; else their list.
_WHOLE: dict[Any, Callable[[list[Any]], Any]] = {
    ChatChunk: _whole_chat,
    AnthropicMessagesStreamEvent: accumulate_messages_events,
}


# Counts of tokens in the bytes of an item; chunks without any often say `"usage":null`.
_COUNTS = re.compile(rb'"usage"\s*:\s*\{')


class Reader(Generic[T]):
    """Makes items of bytes, and exceptions of failures.

    Keeps the bytes of each item (not the item, which is ten times as large) for the exception; of a file, none. Nothing
    here refers to the stream, so dropping the stream closes it without waiting for the garbage collector.
    """

    def __init__(self, item: type[T] | None, wire: str, request_id: str | None) -> None:
        self.request_id = request_id
        self.status: int | None = None
        self._item = item
        self._kept: list[bytes] | None = None if wire == "bytes" else []
        self._read = _reader_of(item, wire)

    def decode(self, data: bytes) -> T:
        """The item that the bytes are.

        Raises:
            InvalidResponseError: they are none.
        """
        try:
            item: T = self._read(data)
        except ValueError as error:
            what = f"The stream holds an item that is none: {error}"
            broken = InvalidResponseError(what, self.request_id, body=_text_of(data), status_code=self.status)
            broken.partial = self.whole()
            raise broken from None
        if self._kept is not None:
            self._kept.append(data)
        return item

    def fail(self, payload: dict[str, Any]) -> ZaguanError:
        """The exception of a failure, with what had arrived."""
        error = from_engine(payload, self.request_id)
        error.partial = self.whole()
        return error

    def whole(self) -> Any:
        """What has arrived: of a chat or a message its answer so far, else the list of items; None when nothing has."""
        if not self._kept:
            return None
        return _WHOLE.get(self._item, list)([self._read(data) for data in self._kept])

    def usage(self) -> Any:
        """What has arrived tells of the tokens used; None when it tells nothing.

        Reads the first and the last item that have counts, which is where they are: putting all together, to tell a
        hook, would hold up the loop for 30 us an item.
        """
        counted = [data for data in self._kept or () if _COUNTS.search(data)]
        items: list[Any] = [self._read(data) for data in (counted if len(counted) < 2 else (counted[0], counted[-1]))]
        if self._item in _WHOLE:
            return _WHOLE[self._item](items).usage
        # The last event of the Responses API holds the response.
        return next((read_field(read_field(item, "response"), "usage") for item in reversed(items)), None)


def _text_of(data: bytes) -> str:
    return data.decode(errors="replace")


def _reader_of(item: Any, wire: str) -> Callable[[bytes], Any]:
    if item is None:
        return bytes if wire == "bytes" else bytes.decode
    return read_chunk if item is ChatChunk else lambda data: read(item, data)


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

        Raises:
            ZaguanError: the call failed.
        """
        if self._stream is None and not self._closed:
            self._stream, self._watch = await self._open_stream()
            self._reader.status = self._stream.status
            if not self._watch.has_hooks:
                self._native_next = self._stream.__anext__
            if self._closed:
                self._stream.abort()
        return self

    async def _next(self) -> T:
        await self.open()
        if self._stream is None:
            raise StopAsyncIteration
        try:
            item: T = await self._stream.__anext__()
        except BaseException as error:
            self._note(error)
            raise
        return item

    async def _next_batch(self) -> list[T]:
        """The items that are there, waiting for the first; empty at the end of the stream."""
        await self.open()
        native = self._stream
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
        return batch

    def _note(self, error: BaseException | None) -> None:
        """Tell the hooks how the stream ended: by itself, left early (None), or by an error."""
        if self._watch is None or self._stream is None or not self._watch.is_open:
            return
        if error is None or isinstance(error, StopAsyncIteration):
            self._watch.ended(self._stream.status, self._reader.usage())
        else:
            self._watch.failed(error)

    def _close(self) -> None:
        self._closed = True
        if self._stream is not None:
            self._stream.abort()
            self._note(None)

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
            self._note(None)

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
