"""What a stream's bytes are: its items, what all of them come to, and the exception where it fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from ..types.tolerant import read
from ._error_mapping import from_engine
from .accumulate import StreamAccumulator, accumulate_messages_events
from .errors import InvalidResponseError, ZaguanError
from .models import AnthropicMessagesStreamEvent, ChatChunk, read_chunk
from .thinking import read_field

__all__ = ["Reader"]

T = TypeVar("T")


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
