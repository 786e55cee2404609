"""Looks at its own threads while many calls are in flight: ``threads.py BACKEND URL CALLS``. Prints what it saw."""

from __future__ import annotations

import ctypes
import json
import sys
import threading

import anyio
import psutil
from asking import ask, open_stream, run_on

BACKEND, URL, CALLS = sys.argv[1], sys.argv[2], int(sys.argv[3])

_state = ctypes.pythonapi.PyThreadState_Get
_state.restype = ctypes.c_void_p
_state_id = ctypes.pythonapi.PyThreadState_GetID
_state_id.argtypes = [ctypes.c_void_p]
_state_id.restype = ctypes.c_uint64


def next_state_id() -> int:
    """The number of a fresh thread state. The interpreter counts them: every attaching thread would take one."""
    taken: list[int] = []
    thread = threading.Thread(target=lambda: taken.append(_state_id(_state())))
    thread.start()
    thread.join()
    return taken[0]


async def main() -> dict[str, int]:
    await ask(URL)
    before = next_state_id()
    highest = 0
    async with anyio.create_task_group() as group:
        for _ in range(CALLS):
            group.start_soon(ask, URL)
        for _ in range(20):
            await anyio.sleep(0.02)
            highest = max(highest, psutil.Process().num_threads())
    for _ in range(10):
        count = 0
        async for _ in await open_stream(URL):
            count += 1
    with anyio.move_on_after(0.05):
        async with anyio.create_task_group() as group:
            for _ in range(CALLS // 10):
                group.start_soon(ask, URL)
    await ask(URL)
    return {
        "threads": highest,
        "python_threads": threading.active_count(),
        "states_taken": next_state_id() - before - 1,
        "chunks": count,
    }


print(json.dumps(run_on(BACKEND, main)))
