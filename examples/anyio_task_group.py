"""anyio: one program for asyncio, uvloop and trio.

    python anyio_task_group.py [asyncio | uvloop | trio]

At most four questions are asked at once; all of them within a minute.
"""

from __future__ import annotations

import sys
from typing import Any

import anyio
from _provider import where

import edgequake_async as eq

BACKENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "asyncio": ("asyncio", {}),
    "uvloop": ("asyncio", {"use_uvloop": True}),
    "trio": ("trio", {}),
}


async def ask(question: str, at_once: anyio.CapacityLimiter) -> None:
    async with at_once:
        response = await eq.acompletion(messages=[{"role": "user", "content": question}], **where())
    print(response.content)


async def main() -> None:
    at_once = anyio.CapacityLimiter(4)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            for number in range(10):
                tasks.start_soon(ask, f"Question {number}", at_once)


if __name__ == "__main__":
    backend, options = BACKENDS[sys.argv[1] if len(sys.argv) > 1 else "asyncio"]
    anyio.run(main, backend=backend, backend_options=options)
