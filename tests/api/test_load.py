"""Many calls: connections are shared, streams stay on time, the loop stays free, and nothing is left behind."""

from __future__ import annotations

import gc
import threading
import time
from functools import partial
from typing import Any

import anyio
import psutil
import pytest
from anyio import to_thread

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, hang, raw, stream

from .ways import USER, Way

# hyper hands a connection back from a task of its own: about one call in 3,000 is faster and opens a second one.
FEW = 2


def test_a_hundred_calls_use_one_connection(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    if way.backend is None:
        for _ in range(100):
            eq.completion(**ask)
    else:
        way.run(_calls, ask=ask, count=100)
    assert len(fake.requests) == 100
    assert fake.connections.opened <= FEW


async def _calls(*, ask: dict[str, Any], count: int) -> None:
    for _ in range(count):
        await eq.acompletion(**ask)


def test_loops_that_come_and_go_share_the_connection(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    for _ in range(10):
        way.completion(**ask)
    assert fake.connections.opened <= FEW


@pytest.mark.parametrize("done", [True, False], ids=["DONE", "no DONE"])
def test_finished_streams_give_their_connection_back(
    way: Way, fake: FakeProvider, ask: dict[str, Any], done: bool
) -> None:
    fake.on_request(lambda _: stream(["a", "b"], done=done))
    if way.backend is None:
        for _ in range(100):
            with eq.completion(**ask, stream=True) as chunks:
                assert len(list(chunks)) == 3
    else:
        way.run(_streams, ask=ask, count=100)
    assert not any(request.aborted for request in fake.requests)
    assert fake.connections.opened <= FEW


async def _streams(*, ask: dict[str, Any], count: int) -> None:
    for _ in range(count):
        async with await eq.acompletion(**ask, stream=True) as chunks:
            assert len([chunk async for chunk in chunks]) == 3


def test_refused_calls_give_their_connection_back(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.on_request(lambda _: error(400))
    for _ in range(10):
        assert isinstance(way.watch(**ask).error, eq.BadRequestError)
    assert fake.connections.opened <= FEW


@pytest.mark.anyio
async def test_a_thousand_calls_at_once(fake: FakeProvider, target: dict[str, Any]) -> None:
    """All succeed with their own answers, while the loop's other tasks keep running."""
    answers: dict[int, str] = {}
    late: list[float] = []

    async def call(number: int) -> None:
        response = await eq.acompletion(**target, messages=[{"role": "user", "content": str(number)}])
        answers[number] = response.choices[0].message.content

    async def tick() -> None:
        while True:
            before = time.monotonic()
            await anyio.sleep(0.005)
            late.append(time.monotonic() - before - 0.005)

    threads = threading.active_count()
    async with anyio.create_task_group() as ticking:
        ticking.start_soon(tick)
        async with anyio.create_task_group() as tasks:
            for number in range(1_000):
                tasks.start_soon(call, number)
        ticking.cancel_scope.cancel()
    assert answers == {number: f"You said: {number}" for number in range(1_000)}
    # The promise is 5 ms at the 99th percentile; starting a thousand tasks, and a fake provider in this very process,
    # hold the interpreter longer than that.
    late.sort()
    assert late[len(late) // 2] < 0.1
    assert threading.active_count() <= threads + 1


@pytest.mark.anyio
async def test_a_hundred_paced_streams_end_on_time(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """50 chunks 20 ms apart, 100 times at once: about a second, as for one."""
    fake.on_request(lambda _: stream(["x"] * 50, gap=0.02))
    lengths: list[int] = []

    async def read() -> None:
        text = [chunk.choices[0].delta.content or "" async for chunk in await eq.acompletion(**ask, stream=True)]
        lengths.append(len("".join(text)))

    started = time.monotonic()
    async with anyio.create_task_group() as tasks:
        for _ in range(100):
            tasks.start_soon(read)
    assert lengths == [50] * 100
    assert 0.98 <= time.monotonic() - started < 4


@pytest.mark.anyio
async def test_a_storm_of_cancellations_leaves_nothing_behind(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """300 calls cut off at every stage; then the next call works, and the server holds no more open connections."""
    replies = (hang(), hang(pieces=2, reply=stream(["a", "b", "c"])), stream(["x"] * 200, gap=0.001))
    fake.on_request(lambda record: replies[record.number % 3] if record.json.get("user") == "cut" else None)

    async def call(number: int) -> None:
        with anyio.move_on_after(number % 50 / 1_000):
            response = await eq.acompletion(**ask, user="cut", stream=bool(number % 3))
            if number % 3:
                async for _ in response:
                    pass

    async with anyio.create_task_group() as tasks:
        for number in range(300):
            tasks.start_soon(call, number)
    assert (await eq.acompletion(**ask)).choices[0].message.content == "You said: Say it."
    await to_thread.run_sync(_until_few_connections, fake)


def _until_few_connections(fake: FakeProvider) -> None:
    # A cut call's connection closes; what may stay are idle ones, kept for the next call.
    deadline = time.monotonic() + 10
    while any(request.finished_at is None and not request.aborted for request in fake.requests):
        assert time.monotonic() < deadline, "a cut call still holds its connection"
        time.sleep(0.01)


@pytest.mark.anyio
async def test_memory_descriptors_and_threads_stay_flat(fake: FakeProvider, target: dict[str, Any]) -> None:
    """2,000 mixed calls after a warm-up of 500."""
    process = psutil.Process()
    asked = {**target, "messages": USER}

    async def call(number: int) -> None:
        kind = number % 4
        if kind == 0:
            await eq.acompletion(**asked)
        elif kind == 1:
            async for _ in await eq.acompletion(**asked, stream=True):
                pass
        elif kind == 2:
            with pytest.raises(eq.BadRequestError):
                await eq.acompletion(**asked, user="bad")
        else:
            async for _ in await eq.acompletion(**asked, stream=True):
                break

    async def calls(count: int) -> tuple[int, int, int]:
        for start in range(0, count, 50):
            # The provider's own records grow too.
            fake.clear()
            fake.on_request(lambda record: error(400) if record.json.get("user") == "bad" else None)
            async with anyio.create_task_group() as tasks:
                for number in range(start, start + 50):
                    tasks.start_soon(call, number)
        gc.collect()
        return process.memory_info().rss, _descriptors(process), process.num_threads()

    before = await calls(500)
    after = await calls(2_000)
    assert after[0] - before[0] < 16_000_000
    assert after[1] - before[1] < 100
    assert after[2] - before[2] <= 2


def _descriptors(process: psutil.Process) -> int:
    return process.num_fds() if hasattr(process, "num_fds") else process.num_handles()


@pytest.mark.anyio
async def test_large_answers_side_by_side(fake: FakeProvider, ask: dict[str, Any]) -> None:
    body = b'{"choices":[{"index":0,"message":{"content":"%b"}}]}' % (b"x" * 2_000_000)
    fake.on_request(lambda _: raw(200, {"content-type": "application/json"}, body))
    sizes: list[int] = []

    async def call() -> None:
        sizes.append(len((await eq.acompletion(**ask)).choices[0].message.content))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(call)
    assert sizes == [2_000_000] * 20


@pytest.mark.anyio
async def test_streams_and_calls_share_a_loop_with_sync_callers(fake: FakeProvider, ask: dict[str, Any]) -> None:
    done: list[str] = []

    async def asynchronous() -> None:
        await eq.acompletion(**ask)
        done.append("async")

    async def synchronous() -> None:
        await to_thread.run_sync(partial(eq.completion, **ask))
        done.append("sync")

    async with anyio.create_task_group() as tasks:
        for _ in range(30):
            tasks.start_soon(asynchronous)
            tasks.start_soon(synchronous)
    assert (done.count("async"), done.count("sync")) == (30, 30)
