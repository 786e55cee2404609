"""Streams of handlers: what they yield as chunks, in the stream classes that providers' streams have.

Each item becomes one chunk. All of a stream share an id and a time, the first says the role, and a failure has what
had arrived. Leaving ``async with``, ``aclose`` and cancelling the task close the handler's iterator; cancelling while
it makes a chunk ends it, as it ends any async generator.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, to_thread
from pydantic import BaseModel

from . import sync
from .custom_errors import failure, no_answer
from .exceptions import EQError
from .streaming import AsyncStreamWrapper, Reader, SyncStreamWrapper
from .types import ModelResponseStream
from .types.tolerant import chunk_of

if TYPE_CHECKING:
    from .terms import CallInfo

__all__ = ["AsyncHandlerStream", "SyncHandlerStream"]

_END = object()


class _Chunks:
    """A handler's items as chunks, and its exceptions as errors."""

    def __init__(self, info: CallInfo) -> None:
        self._info = info
        self._reader = Reader(info.provider, info.model)
        self._stamp = {"id": f"chatcmpl-{uuid.uuid4()}", "created": int(time.time()), "model": info.model}
        self._begun: set[int] = set()

    def read(self, item: Any) -> ModelResponseStream:
        if isinstance(item, BaseModel) and not isinstance(item, ModelResponseStream):
            item = item.model_dump()
        if isinstance(item, Mapping):
            item = chunk_of(item if "choices" in item else self._generic(item))
        if not isinstance(item, ModelResponseStream):
            raise no_answer(f"yielded {type(item).__name__}, not a chunk", self._info)
        self._reader.keep(item)
        return item

    def _generic(self, item: Mapping[str, Any]) -> dict[str, Any]:
        if "text" not in item and not item.get("tool_use") and not item.get("usage"):
            raise no_answer(f"yielded a dict that is no chunk, with {sorted(map(str, item))}", self._info)
        index, call = item.get("index") or 0, item.get("tool_use")
        delta: dict[str, Any] = {"content": item.get("text")}
        if index not in self._begun:
            self._begun.add(index)
            delta["role"] = "assistant"
        if call:
            delta["tool_calls"] = [{"index": 0, "type": "function", **call}]
        reason = (item.get("finish_reason") or "stop") if item.get("is_finished") else None
        chunk: dict[str, Any] = {
            **self._stamp,
            "object": "chat.completion.chunk",
            "choices": [{"index": index, "delta": delta, "finish_reason": reason}],
        }
        if item.get("usage"):
            chunk["usage"] = item["usage"]
        if item.get("provider_specific_fields"):
            delta["provider_specific_fields"] = item["provider_specific_fields"]
        return chunk

    def fail(self, error: Exception) -> EQError:
        return self._reader.explain(failure(error, self._info))


class _NoHead:
    """The headers of a stream that came over no wire."""

    def pairs(self) -> list[tuple[str, str]]:
        return []


class _Pieces:
    """What stands in the wrappers for the native stream."""

    head = _NoHead()

    def __init__(self, items: Any, info: CallInfo) -> None:
        if not hasattr(items, "__aiter__") and not hasattr(items, "__iter__"):
            raise no_answer(f"gave {type(items).__name__}, which is no iterator", info)
        self._chunks = _Chunks(info)
        self._is_async = hasattr(items, "__aiter__")
        self._async: AsyncIterator[Any] = items.__aiter__() if self._is_async else items
        self._items: Iterator[Any] = items if self._is_async else iter(items)
        self._open = True

    async def __anext__(self) -> ModelResponseStream:
        chunk = await self.next_or_none()
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def next_or_none(self) -> ModelResponseStream | None:
        """The next chunk; None at the end."""
        if not self._open:
            return None
        try:
            if self._is_async:
                item = await anext(self._async, _END)
            else:
                item = await to_thread.run_sync(next, self._items, _END, abandon_on_cancel=True)
            return self._read(item)
        except BaseException as error:
            self._fail(error)
            raise

    def next_here(self) -> ModelResponseStream | None:
        """``next_or_none`` of a sync handler, whose chunk is made in the calling thread."""
        if not self._open:
            return None
        try:
            return self._read(next(self._items, _END))
        except BaseException as error:
            self._fail(error)
            raise

    def _read(self, item: Any) -> ModelResponseStream | None:
        if item is _END:
            self._open = False
            return None
        return self._chunks.read(item)

    def _fail(self, error: BaseException) -> None:
        """Ends the stream; raises what the caller is told where that is something else."""
        self._open = False
        if isinstance(error, Exception):
            raise self._chunks.fail(error)

    async def aclose(self) -> None:
        """Close the handler's iterator, whatever becomes of the task that does."""
        self._open = False
        with CancelScope(shield=True):
            if self._is_async:
                close = getattr(self._async, "aclose", None)
                if close is not None and not getattr(self._async, "ag_running", False):
                    await close()
            else:
                await to_thread.run_sync(self.close_here)

    def close_here(self) -> None:
        """Close a sync handler's iterator. One that is making a chunk in a thread that was left is not interrupted."""
        self._open = False
        close = getattr(self._items, "close", None)
        if close is not None and not getattr(self._items, "gi_running", False):
            close()


class AsyncHandlerStream(AsyncStreamWrapper):
    """A handler's stream for async callers."""

    def __init__(self, items: Any, info: CallInfo) -> None:
        self._pieces = _Pieces(items, info)
        super().__init__(self._pieces, info)  # type: ignore[arg-type]  # it has what the base reads

    async def aclose(self) -> None:
        """Close the handler's iterator."""
        await self._pieces.aclose()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._pieces.aclose()


class SyncHandlerStream(SyncStreamWrapper):
    """A handler's stream for sync callers: a sync handler's chunks are made in their thread."""

    def __init__(self, items: Any, info: CallInfo) -> None:
        self._pieces = _Pieces(items, info)
        super().__init__(self._pieces, info)  # type: ignore[arg-type]  # it has what the base reads

    def __next__(self) -> ModelResponseStream:
        chunk = sync.run(self._pieces.next_or_none) if self._pieces._is_async else self._pieces.next_here()
        if chunk is None:
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Close the handler's iterator."""
        if self._pieces._is_async:
            sync.run(self._pieces.aclose)
        else:
            self._pieces.close_here()
