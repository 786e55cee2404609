"""A loop without ``add_reader``: prints whether the courier's thread was there, and whether it was at the end."""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
from typing import Any

URL = sys.argv[1]


def courier_lives() -> bool:
    return any(thread.name == "edgequake-courier" for thread in threading.enumerate())


# Registered before the library is imported, so it runs after whatever the library does at exit.
atexit.register(lambda: print("at exit:", courier_lives()))

from asking import ask, open_stream  # noqa: E402


class NoReaderLoop(asyncio.SelectorEventLoop):
    """A loop that cannot watch a file descriptor."""

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> None:
        raise NotImplementedError


async def main() -> None:
    print("answers:", set(await asyncio.gather(*(ask(URL) for _ in range(200)))))
    chunks = 0
    async for _ in await open_stream(URL):
        chunks += 1
    print("streamed:", chunks > 2)
    print("courier:", courier_lives())


print("before:", courier_lives())
loop = NoReaderLoop()
loop.run_until_complete(main())
loop.close()
