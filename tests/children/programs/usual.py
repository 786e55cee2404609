"""A bit of everything, as a program under the strictest interpreter settings: ``usual.py BACKEND URL``."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

import anyio
from asking import ask, open_stream, run_on, target

import edgequake_async as eq

BACKEND, URL = sys.argv[1:]


async def main() -> None:
    if BACKEND != "trio":
        # In debug mode a slow step is logged; how slow one is on a busy machine is not the subject here.
        asyncio.get_running_loop().slow_callback_duration = 60
    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask, URL)
    async for _ in await open_stream(URL):
        pass
    async for _ in await open_stream(URL):
        break
    async with await open_stream(URL) as chunks:
        await chunks.__anext__()
    with anyio.move_on_after(0.01):
        await ask(URL)
    try:
        await eq.acompletion(**target("http://127.0.0.1:9/v1"))
    except eq.APIConnectionError:
        gc.collect()
    else:
        raise AssertionError("nobody listens there")
    vectors: Any = await eq.aembedding("openai/fake", ["a", "b"], api_base=URL, api_key="k")
    assert len(vectors.data) == 2


run_on(BACKEND, main)
gc.collect()
print(eq.completion(**target(URL)).choices[0].message.content)
for _ in eq.completion(**target(URL), stream=True):
    pass
with eq.completion(**target(URL), stream=True) as left:
    next(left)
gc.collect()
