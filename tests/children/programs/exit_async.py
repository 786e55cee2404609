"""Ends, on a given loop, in the middle of things: ``exit_async.py BACKEND SITUATION URL``."""

from __future__ import annotations

import sys
from typing import Any

import anyio
from asking import ask, open_stream, run_on

BACKEND, SITUATION, URL = sys.argv[1:]
CALLS = 400
left_behind: list[Any] = []


async def in_flight() -> None:
    """Most calls wait for their answer, some have it, and some get it right now."""
    answered = anyio.Event()
    count = 0

    async def one() -> None:
        nonlocal count
        await ask(URL)
        count += 1
        if count == CALLS // 8:
            answered.set()

    async with anyio.create_task_group() as group:
        for _ in range(CALLS):
            group.start_soon(one)
        await answered.wait()
        group.cancel_scope.cancel()


async def idle() -> None:
    """The pool holds open connections, no call is under way."""
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask, URL)


async def mid_stream() -> None:
    """Every stream has delivered something and goes on."""
    begun = anyio.Event()
    count = 0

    async def one() -> None:
        nonlocal count
        chunks = await open_stream(URL)
        await chunks.__anext__()
        count += 1
        if count == 40:
            begun.set()
        async for _ in chunks:
            pass

    async with anyio.create_task_group() as group:
        for _ in range(40):
            group.start_soon(one)
        await begun.wait()
        group.cancel_scope.cancel()


async def abandoned() -> None:
    """Streams that nobody reads any more outlive their loop, and their chunks keep coming."""
    for _ in range(10):
        chunks = await open_stream(URL)
        await chunks.__anext__()
        left_behind.append(chunks)


async def sys_exit() -> None:
    """``sys.exit`` in a task while others wait."""

    async def leave() -> None:
        await ask(URL)
        sys.exit(7)

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask, URL)
        group.start_soon(leave)


async def unhandled() -> None:
    """An exception that nobody catches ends the program while calls wait."""
    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask, URL)
        await ask(URL)
        raise LookupError("the program's own mistake")


run_on(BACKEND, globals()[SITUATION])
