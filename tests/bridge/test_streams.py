"""Ready chunks and the event loop: nobody starves, nothing is lost to a cancelled wait, nothing is delivered twice."""

from __future__ import annotations

import time
from itertools import repeat
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from edgequake_async import acompletion
from edgequake_async.testing import FakeProvider, stream

pytestmark = pytest.mark.anyio

ASK: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]


async def opened(target: dict[str, Any]) -> Any:
    return await acompletion(messages=ASK, stream=True, **target)


async def sent_whole(fake: FakeProvider) -> None:
    await anyio.to_thread.run_sync(lambda: fake.wait_for(lambda: fake.requests[-1].finished_at is not None))


async def test_ready_chunks_let_the_loop_turn(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(stream(["x"] * 200))
    turns = 0

    async def sibling() -> None:
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    chunks = await opened(target)
    await sent_whole(fake)
    async with anyio.create_task_group() as group:
        group.start_soon(sibling)
        read = [chunk async for chunk in chunks]
        group.cancel_scope.cancel()
    assert len(read) >= 200
    # The loop turns once per 32 ready chunks; the sibling takes one turn to start and may take two for each checkpoint.
    assert turns >= 200 // 32 // 2


async def test_a_thousand_ready_chunks_do_not_starve_a_ticker(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(stream(["x"] * 1000))
    lags: list[float] = []

    async def ticker() -> None:
        while True:
            due = time.monotonic() + 0.005
            await anyio.sleep(0.005)
            lags.append(time.monotonic() - due)

    chunks = await opened(target)
    await sent_whole(fake)
    async with anyio.create_task_group() as group:
        group.start_soon(ticker)
        started = time.monotonic()
        count = 0
        async for _ in chunks:
            count += 1
            time.sleep(0.0002)  # what a consumer does with a chunk
        elapsed = time.monotonic() - started
        group.cancel_scope.cancel()
    assert count >= 1000
    # Starved, it would have ticked once; undisturbed, once each 5 ms.
    assert len(lags) >= elapsed / 0.005 / 10
    assert max(lags) < 0.5


async def test_cancelled_waits_lose_no_chunk(fake: FakeProvider, target: dict[str, Any]) -> None:
    pieces = [str(number) for number in range(60)]
    fake.script(stream(pieces, gap=0.005))
    chunks = await opened(target)
    read: list[str] = []
    cancelled = 0
    while True:
        with anyio.move_on_after(0.002) as scope:
            try:
                chunk = await chunks.__anext__()
            except StopAsyncIteration:
                break
            read.append(chunk.choices[0].delta.content or "" if chunk.choices else "")
        cancelled += scope.cancelled_caught
    assert "".join(read) == "".join(pieces)
    assert cancelled > 0


async def test_two_streams_in_one_task_keep_apart(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.on_request(lambda record: stream([record.json["user"]] * 50))
    first = await acompletion(messages=ASK, stream=True, user="a", **target)
    second = await acompletion(messages=ASK, stream=True, user="b", **target)
    texts = ["", ""]
    for _ in range(50):
        for index, chunks in enumerate((first, second)):
            texts[index] += (await chunks.__anext__()).choices[0].delta.content or ""
    await first.aclose()
    await second.aclose()
    assert set(texts[0]) <= {"a"}
    assert set(texts[1]) <= {"b"}
    assert len(texts[0]) >= 49


@pytest.mark.parametrize("how", ["aclose", "async with", "break", "cancel"])
async def test_leaving_a_stream_aborts_the_request(fake: FakeProvider, target: dict[str, Any], how: str) -> None:
    fake.script(stream(repeat("tick"), gap=0.01))

    async def read_for_ever() -> None:
        async for _ in await opened(target):
            pass

    async def read_one_and_break() -> None:
        async for _ in await opened(target):
            break

    with anyio.fail_after(30):
        if how == "cancel":
            async with anyio.create_task_group() as group:
                group.start_soon(read_for_ever)
                await anyio.to_thread.run_sync(fake.wait_for_request)
                group.cancel_scope.cancel()
        elif how == "break":
            await read_one_and_break()
        else:
            chunks = await opened(target)
            await chunks.__anext__()
            if how == "aclose":
                await chunks.aclose()
            else:
                async with chunks:
                    await chunks.__anext__()
        await anyio.to_thread.run_sync(fake.wait_for_abort)
