"""One port per event loop: loops in a row, loops side by side, loops of a kind that cannot watch a socket."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import psutil
import pytest
import trio
import uvloop

from edgequake_async import _eq_core
from edgequake_async.loops import current_port


async def gather_probes(count: int = 50) -> None:
    results = await asyncio.gather(*(_eq_core.probe(current_port(), "value", 0.001) for _ in range(count)))
    assert results == [42] * count


async def nursery_probes(count: int = 50) -> None:
    results: list[object] = []

    async def one() -> None:
        results.append(await _eq_core.probe(current_port(), "value", 0.001))

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            for _ in range(count):
                nursery.start_soon(one)
    assert results == [42] * count


def run_asyncio() -> None:
    asyncio.run(asyncio.wait_for(gather_probes(), 30))


def run_uvloop() -> None:
    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(asyncio.wait_for(gather_probes(), 30))
    finally:
        loop.close()


def run_trio() -> None:
    trio.run(nursery_probes)


class NoReaderLoop(asyncio.SelectorEventLoop):
    """A loop that cannot watch a file descriptor, as Windows' Proactor."""

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> None:
        raise NotImplementedError

    def remove_reader(self, fd: Any) -> bool:
        raise NotImplementedError


def run_with_courier(program: Callable[[], Coroutine[Any, Any, None]] = gather_probes) -> None:
    loop = NoReaderLoop()
    try:
        loop.run_until_complete(asyncio.wait_for(program(), 30))
    finally:
        loop.close()


RUNS = [run_asyncio, run_uvloop, run_trio, run_with_courier]


@pytest.mark.parametrize("run", RUNS)
def test_ten_loops_in_a_row(run: Callable[[], None]) -> None:
    for _ in range(10):
        run()


def test_sixteen_threads_with_a_loop_each() -> None:
    failures: list[BaseException] = []

    def work(run: Callable[[], None]) -> None:
        try:
            for _ in range(3):
                run()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(RUNS[number % 4],)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert failures == []


def test_one_port_per_loop() -> None:
    async def twice() -> tuple[_eq_core.Port, _eq_core.Port]:
        return current_port(), current_port()

    first, second = asyncio.run(twice()), trio.run(twice)
    assert first[0] is first[1]
    assert second[0] is second[1]
    assert first[0] is not second[0]


def test_without_a_loop_there_is_no_port() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        current_port()


def test_a_loop_inside_another_loops_thread_has_its_own_port() -> None:
    async def outer() -> None:
        ours = current_port()
        theirs: list[_eq_core.Port] = []

        def inner() -> None:
            async def program() -> None:
                theirs.append(current_port())
                await gather_probes()

            asyncio.run(program())

        await asyncio.to_thread(inner)
        assert theirs[0] is not ours
        await gather_probes()

    asyncio.run(asyncio.wait_for(outer(), 30))


@pytest.mark.parametrize("run", RUNS)
def test_two_hundred_loops_leave_no_descriptor_behind(run: Callable[[], None]) -> None:
    process = psutil.Process()

    def open_descriptors() -> int:
        gc.collect()
        return process.num_fds()

    run()
    before = open_descriptors()
    for _ in range(200):
        run()
    # The courier forgets a closed loop when it next wakes, so it may still hold the last one's bell.
    assert open_descriptors() <= before + 2


def test_a_port_does_not_keep_its_loop_alive() -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(gather_probes())
    reference = weakref.ref(loop)
    loop.close()
    del loop
    deadline = time.monotonic() + 10
    while reference() is not None and time.monotonic() < deadline:
        # What tokio's threads let go of is released by the next crossing, for they are not attached.
        _eq_core.providers()
        gc.collect()
    assert reference() is None


def test_cancelled_waits_work_through_the_courier() -> None:
    async def program() -> None:
        for _ in range(20):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(_eq_core.probe(current_port(), "value", 3600.0), 0.01)
        await gather_probes(500)

    run_with_courier(program)


def test_a_task_cancelled_while_its_result_is_delivered_gets_one_or_the_other() -> None:
    async def program() -> None:
        ended = {"value": 0, "cancelled": 0}

        async def one() -> None:
            try:
                assert await _eq_core.probe(current_port(), "value") == 42
                ended["value"] += 1
            except asyncio.CancelledError:
                ended["cancelled"] += 1

        for turns in range(200):
            task = asyncio.ensure_future(one())
            for _ in range(turns % 5 + 1):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        assert sum(ended.values()) == 200

    asyncio.run(asyncio.wait_for(program(), 30))
