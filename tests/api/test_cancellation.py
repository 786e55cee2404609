"""Who stops waiting stops the provider: each way out closes the connection, loses no chunk, re-sends nothing."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio
import pytest
import trio
from anyio import to_thread
from anyio.abc import TaskStatus

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, hang, raw, stream

pytestmark = pytest.mark.anyio

# The promise is 100 ms; the rest is room for a busy machine.
SOON = 1.0

# One chunk, then silence for as long as the client stays.
STUCK = hang(pieces=1, reply=stream(["one", "two"]))


async def until_request(fake: FakeProvider) -> None:
    await to_thread.run_sync(fake.wait_for_request)


async def assert_closed_since(fake: FakeProvider, left: float) -> None:
    abort = await to_thread.run_sync(fake.wait_for_abort)
    assert abort.at - left < SOON


async def by_scope(call: Callable[[], Awaitable[Any]], fake: FakeProvider) -> float:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        await until_request(fake)
        left = time.monotonic()
        tasks.cancel_scope.cancel()
    return left


async def by_deadline(call: Callable[[], Awaitable[Any]], fake: FakeProvider) -> float:
    with anyio.move_on_after(0.2) as scope:
        await call()
    assert scope.cancelled_caught
    return scope.deadline - anyio.current_time() + time.monotonic()


async def by_own_means(call: Callable[[], Awaitable[Any]], fake: FakeProvider) -> float:
    """asyncio's ``task.cancel()``, trio's own cancel scope: without anyio between."""
    if trio.lowlevel.in_trio_task():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call)
            await until_request(fake)
            left = time.monotonic()
            nursery.cancel_scope.cancel()
        return left
    task = asyncio.ensure_future(call())
    await until_request(fake)
    left = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
    return left


@pytest.mark.parametrize("leave", [by_scope, by_deadline, by_own_means])
async def test_cancelling_a_unary_call_closes_the_connection(
    leave: Callable[..., Awaitable[float]], fake: FakeProvider, ask: dict[str, Any]
) -> None:
    fake.script(hang())
    left = await leave(partial(eq.acompletion, **{**ask, "num_retries": 3}), fake)
    await assert_closed_since(fake, left)
    assert len(fake.requests) == 1


@pytest.mark.parametrize("leave", [by_scope, by_deadline, by_own_means])
async def test_cancelling_an_embedding_closes_the_connection(
    leave: Callable[..., Awaitable[float]], fake: FakeProvider, target: dict[str, Any]
) -> None:
    fake.script(hang())
    left = await leave(partial(eq.aembedding, **{**target, "num_retries": 3}, input="x"), fake)
    await assert_closed_since(fake, left)
    assert len(fake.requests) == 1


@pytest.mark.parametrize("leave", [by_scope, by_deadline, by_own_means])
async def test_cancelling_a_stream_before_its_head_closes_the_connection(
    leave: Callable[..., Awaitable[float]], fake: FakeProvider, ask: dict[str, Any]
) -> None:
    fake.script(hang())
    left = await leave(partial(eq.acompletion, **{**ask, "num_retries": 3}, stream=True), fake)
    await assert_closed_since(fake, left)
    assert len(fake.requests) == 1


async def test_cancelling_the_only_task_that_reads_a_stream_closes_the_connection(
    fake: FakeProvider, ask: dict[str, Any]
) -> None:
    fake.script(STUCK)

    async def read(*, task_status: TaskStatus[None]) -> None:
        async for chunk in await eq.acompletion(**ask, stream=True):
            assert chunk.choices[0].delta.content == "one"
            task_status.started()

    async with anyio.create_task_group() as tasks:
        await tasks.start(read)
        left = time.monotonic()
        tasks.cancel_scope.cancel()
    await assert_closed_since(fake, left)


async def leave_by_aclose(response: Any) -> None:
    await response.aclose()


async def leave_by_block(response: Any) -> None:
    async with response:
        pass


async def leave_by_exception(response: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        await _fail_inside(response)


async def _fail_inside(response: Any) -> None:
    async with response:
        raise ZeroDivisionError


@pytest.mark.parametrize("leave", [leave_by_aclose, leave_by_block, leave_by_exception])
async def test_closing_a_stream_closes_the_connection(
    leave: Callable[[Any], Awaitable[Any]], fake: FakeProvider, ask: dict[str, Any]
) -> None:
    fake.script(STUCK)
    response = await eq.acompletion(**ask, stream=True)
    await response.__anext__()
    left = time.monotonic()
    await leave(response)
    await assert_closed_since(fake, left)
    del response


async def read_to_break(response: Any) -> None:
    async for _ in response:
        break


async def read_to_return(response: Any) -> Any:
    async for chunk in response:
        return chunk
    return None


async def read_nothing(response: Any) -> None:
    pass


@pytest.mark.parametrize("read", [read_to_break, read_to_return, read_nothing])
async def test_dropping_a_stream_closes_the_connection(
    read: Callable[[Any], Awaitable[Any]], fake: FakeProvider, ask: dict[str, Any]
) -> None:
    fake.script(STUCK)
    response = await eq.acompletion(**ask, stream=True)
    await read(response)
    left = time.monotonic()
    del response
    await assert_closed_since(fake, left)


async def test_a_stream_in_a_reference_cycle_is_closed_by_garbage_collection(
    fake: FakeProvider, ask: dict[str, Any]
) -> None:
    fake.script(STUCK)
    holder: dict[str, Any] = {"stream": await eq.acompletion(**ask, stream=True)}
    holder["self"] = holder
    await holder["stream"].__anext__()
    del holder
    left = time.monotonic()
    gc.collect()
    await assert_closed_since(fake, left)


async def test_closing_while_another_task_reads_ends_its_loop(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(STUCK)
    response = await eq.acompletion(**ask, stream=True)
    seen: list[str] = []

    async def read(*, task_status: TaskStatus[None]) -> None:
        async for chunk in response:
            seen.append(chunk.choices[0].delta.content)
            task_status.started()

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            await tasks.start(read)
            await response.aclose()
    assert seen == ["one"]


async def test_closing_twice_and_reading_on_is_an_end(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(STUCK)
    response = await eq.acompletion(**ask, stream=True)
    await response.__anext__()
    await response.aclose()
    await response.aclose()
    for _ in range(2):
        with pytest.raises(StopAsyncIteration):
            await response.__anext__()


async def test_cancelling_a_waiting_anext_loses_no_chunk(fake: FakeProvider, ask: dict[str, Any]) -> None:
    words = [f"{number} " for number in range(20)]
    fake.script(stream(words, gap=0.02))
    response = await eq.acompletion(**ask, stream=True)
    seen: list[str] = []
    cancelled = 0
    with anyio.fail_after(20):
        while True:
            with anyio.move_on_after(0.003) as scope:
                try:
                    chunk = await response.__anext__()
                except StopAsyncIteration:
                    break
                seen.append(chunk.choices[0].delta.content or "")
            cancelled += scope.cancelled_caught
    assert "".join(seen) == "".join(words)
    assert cancelled > 5


async def test_a_chunk_that_is_ready_is_not_lost_to_a_cancelled_scope(fake: FakeProvider, ask: dict[str, Any]) -> None:
    events = [{"choices": [{"index": 0, "delta": {"content": f"{number} "}}]} for number in range(200)]
    body = b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events) + b"data: [DONE]\n\n"
    fake.script(raw(200, {"content-type": "text/event-stream"}, body))
    response = await eq.acompletion(**ask, stream=True)
    seen: list[str] = []
    for turn in itertools.count():
        with anyio.CancelScope() as scope:
            if turn % 2:
                scope.cancel()
            try:
                chunk = await response.__anext__()
            except StopAsyncIteration:
                break
            seen.append(chunk.choices[0].delta.content)
    assert "".join(seen) == "".join(f"{number} " for number in range(200))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout came with Python 3.11")
@pytest.mark.parametrize(
    "anyio_backend",
    [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})],
    ids=["asyncio", "uvloop"],
)
async def test_asyncio_timeout_is_asyncios_timeout_error(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(hang())
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.2):
            await eq.acompletion(**ask)
    left = time.monotonic()
    assert not isinstance(caught.value, eq.Timeout)
    await assert_closed_since(fake, left)


async def test_calls_that_are_cancelled_leave_the_others_alone(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """Half of 60 calls are cancelled while they wait; each of the others gets its own answer."""
    fake.on_request(lambda record: hang() if "cancel" in record.json["messages"][0]["content"] else None)
    answers: dict[int, str] = {}

    async def keep(number: int) -> None:
        message = [{"role": "user", "content": f"keep {number}"}]
        response = await eq.acompletion(**{**ask, "messages": message})
        answers[number] = response.choices[0].message.content

    async with anyio.create_task_group() as kept, anyio.create_task_group() as dropped:
        for number in range(30):
            message = [{"role": "user", "content": f"cancel {number}"}]
            dropped.start_soon(partial(eq.acompletion, **{**ask, "messages": message}))
            kept.start_soon(keep, number)
        await to_thread.run_sync(fake.wait_for_request, 60)
        dropped.cancel_scope.cancel()
    assert answers == {number: f"You said: keep {number}" for number in range(30)}
    await to_thread.run_sync(partial(fake.wait_for_abort, n=30))


async def test_a_finished_stream_is_no_abort(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(stream(["all"]))
    async with await eq.acompletion(**ask, stream=True) as response:
        assert [chunk.choices[0].delta.content async for chunk in response] == ["all", None]
    assert await eq.acompletion(**ask)
    assert not fake.requests[0].aborted
