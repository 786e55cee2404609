"""Ends in the middle of sync calls: ``exit_sync.py SITUATION URL``."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

from asking import ask, open_stream, target

import edgequake_async as eq

SITUATION, URL = sys.argv[1:]
left_behind: list[Any] = []


def portal_open() -> None:
    """One call, then the end, with the sync shim's loop still running."""
    eq.completion(**target(URL))


def stream_open() -> None:
    """A sync stream that was read a little and is still referred to."""
    chunks = eq.completion(**target(URL), stream=True)
    next(chunks)
    left_behind.append(chunks)


def daemon_threads() -> None:
    """Daemon threads keep calling while the interpreter ends."""
    answered = threading.Semaphore(0)

    def call_for_ever() -> None:
        while True:
            eq.completion(**target(URL))
            answered.release()

    for _ in range(8):
        threading.Thread(target=call_for_ever, daemon=True).start()
    for _ in range(16):
        answered.acquire()


def daemon_streams() -> None:
    """Daemon threads keep reading streams while the interpreter ends."""
    begun = threading.Semaphore(0)

    def read_for_ever() -> None:
        for number, _ in enumerate(eq.completion(**target(URL), stream=True)):
            if number == 1:
                begun.release()

    for _ in range(8):
        threading.Thread(target=read_for_ever, daemon=True).start()
    for _ in range(8):
        begun.acquire()


def daemon_loop() -> None:
    """An event loop with calls and streams under way runs in a daemon thread while the interpreter ends."""
    answered = threading.Semaphore(0)

    async def main() -> None:
        async def call_for_ever() -> None:
            while True:
                await ask(URL)
                answered.release()

        async def read_for_ever() -> None:
            async for _ in await open_stream(URL):
                answered.release()

        await asyncio.gather(*(call_for_ever() for _ in range(50)), *(read_for_ever() for _ in range(10)))

    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    for _ in range(200):
        answered.acquire()


def everything() -> None:
    """Sync calls, sync streams and a loop of its own, all under way."""
    stream_open()
    daemon_threads()
    daemon_loop()


globals()[SITUATION]()
