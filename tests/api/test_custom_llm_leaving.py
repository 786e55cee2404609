"""Providers in Python that are left: cancelled, closed, or given up; whoever waits for them is not held up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

import edgequake_async as eq
from edgequake_async.types import GenericStreamingChunk

from .handlers import PIECES, answer, serving
from .ways import USER


class Waiting(eq.CustomLLM):
    """Waits for ever, and says how it was left."""

    def __init__(self) -> None:
        self.begun, self.left = threading.Event(), threading.Event()

    async def acompletion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
        try:
            self.begun.set()
            await anyio.sleep_forever()
            raise AssertionError
        finally:
            self.left.set()

    async def astreaming(self, *args: Any, **kwargs: Any) -> AsyncIterator[GenericStreamingChunk]:
        try:
            yield PIECES[0]
            self.begun.set()
            await anyio.sleep_forever()
        finally:
            self.left.set()


@pytest.mark.anyio
@pytest.mark.parametrize("stream", [False, True])
async def test_cancelling_reaches_the_handler(stream: bool) -> None:
    handler = Waiting()

    async def call() -> None:
        response = await eq.acompletion("my/m", USER, stream=stream)
        if isinstance(response, eq.AsyncStreamWrapper):
            async for _ in response:
                pass

    with serving(handler):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            await anyio.to_thread.run_sync(handler.begun.wait)
            tasks.cancel_scope.cancel()
    assert handler.left.is_set()


@pytest.mark.anyio
@pytest.mark.parametrize("close", ["aclose", "async with"])
async def test_leaving_a_stream_closes_the_handlers(close: str) -> None:
    handler = Waiting()
    with serving(handler):
        stream = await eq.acompletion("my/m", USER, stream=True)
        assert (await stream.__anext__()).choices[0].delta.content == "Hel"
        if close == "aclose":
            await stream.aclose()
        else:
            async with stream:
                pass
    assert handler.left.is_set()
    with pytest.raises(StopAsyncIteration):
        await stream.__anext__()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_leaving_a_sync_stream_closes_the_handlers(kind: str) -> None:
    left = threading.Event()

    class Closing:
        def streaming(self, **kwargs: Any) -> Any:
            try:
                yield from PIECES
            finally:
                left.set()

    class AsyncClosing:
        async def astreaming(self, **kwargs: Any) -> Any:
            try:
                for each in PIECES:
                    yield each
            finally:
                left.set()

    with serving({"sync": Closing, "async": AsyncClosing}[kind]()):
        with eq.completion("my/m", USER, stream=True) as stream:
            assert next(stream).choices[0].delta.content == "Hel"
        assert left.wait(5)
        with pytest.raises(StopIteration):
            next(stream)


def test_a_worker_thread_holds_up_nobody_who_leaves() -> None:
    begun, gone = threading.Event(), threading.Event()

    class Stuck(eq.CustomLLM):
        def completion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
            begun.set()
            gone.wait(30)
            return answer("")

    async def leave() -> None:
        task = asyncio.ensure_future(eq.acompletion("my/m", USER))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not gone.is_set()
        gone.set()

    with serving(Stuck()):
        asyncio.run(leave())
