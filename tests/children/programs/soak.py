"""Many mixed calls in waves, measuring itself between them: ``soak.py BACKEND URL CALLS``.

Prints, for each wave, memory (bytes), descriptors and threads.
"""

from __future__ import annotations

import gc
import json
import sys

import anyio
import psutil
from asking import ask, open_stream, run_on

import edgequake_async as eq

BACKEND, URL, CALLS = sys.argv[1], sys.argv[2], int(sys.argv[3])
WAVES = 10
SIDE_BY_SIDE = 50


async def unary() -> None:
    await ask(URL)


async def streamed() -> None:
    async for _ in await open_stream(URL):
        pass


async def abandoned() -> None:
    chunks = await open_stream(URL)
    await chunks.__anext__()


async def failing() -> None:
    try:
        await ask(URL, user="fail")
    except eq.RateLimitError:
        return
    raise AssertionError("the call should have failed")


async def cancelled() -> None:
    with anyio.move_on_after(0.001):
        await ask(URL)


KINDS = (unary, unary, streamed, abandoned, failing, cancelled)


async def wave(calls: int) -> None:
    numbers = iter(range(calls))

    async def worker() -> None:
        for number in numbers:
            await KINDS[number % len(KINDS)]()

    async with anyio.create_task_group() as group:
        for _ in range(SIDE_BY_SIDE):
            group.start_soon(worker)


async def main() -> None:
    process = psutil.Process()
    for _ in range(WAVES):
        await wave(CALLS // WAVES)
        gc.collect()
        print(json.dumps([process.memory_info().rss, process.num_fds(), process.num_threads()]), flush=True)


run_on(BACKEND, main)
