"""Loops that are closed, or left, with calls in flight: ``closed_loop.py KIND``. Prints one line."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

from edgequake_async import _eq_core
from edgequake_async.loops import current_port

KIND = sys.argv[1]


class NoReaderLoop(asyncio.SelectorEventLoop):
    """A loop that cannot watch a file descriptor."""

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> None:
        raise NotImplementedError


def new_loop() -> asyncio.AbstractEventLoop:
    if KIND == "uvloop":
        import uvloop

        return uvloop.new_event_loop()
    return NoReaderLoop() if KIND == "courier" else asyncio.SelectorEventLoop()


async def begin() -> list[Any]:
    """Calls that end before, while and after the loop is closed."""
    return [_eq_core.probe(current_port(), "value", delay) for delay in (0.0, 0.001, 0.02, 0.05, 0.1) * 40]


def close_with_calls_in_flight() -> list[Any]:
    loop = new_loop()
    futures = loop.run_until_complete(begin())
    loop.close()
    return futures


def trio_with_calls_in_flight() -> list[Any]:
    import trio

    return trio.run(begin)


kept = [trio_with_calls_in_flight() if KIND == "trio" else close_with_calls_in_flight() for _ in range(10)]


async def outlast() -> object:
    return await _eq_core.probe(current_port(), "value", 0.5)


# Another loop waits until every result of the closed ones has come.
print(asyncio.run(outlast()))
assert KIND == "trio" or all(any(not future.done() for future in futures) for futures in kept)
del kept
gc.collect()
