"""Waits to be interrupted: ``interrupted.py SITUATION URL``. Says how it ended and that it can go on."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

from asking import ask, open_stream, run_on, target

import edgequake_async as eq

SITUATION, URL = sys.argv[1:]


def completion() -> None:
    eq.completion(**target(URL), user="hang")


def stream() -> None:
    for _ in eq.completion(**target(URL), user="hang", stream=True):
        print("begun", flush=True)


def stream_paced() -> None:
    for number, _ in enumerate(eq.completion(**target(URL), user="tick", stream=True)):
        if number == 0:
            print("begun", flush=True)


def running_loop() -> None:
    """A sync call inside a running loop, as in a notebook; asyncio.run would take the first interrupt for itself."""

    async def main() -> None:
        completion()

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()


async def waiting() -> None:
    await ask(URL, user="hang")


async def reading() -> None:
    chunks = await open_stream(URL)
    async for _ in chunks:
        print("begun", flush=True)


def main() -> None:
    how, _, backend = SITUATION.partition("-")
    threads = threading.active_count()
    try:
        if backend:
            run_on(backend, globals()[how])
        else:
            globals()[how]()
    except KeyboardInterrupt:
        print("interrupted")
    began = time.monotonic()
    print(eq.completion(**target(URL), user="answer").choices[0].message.content, flush=True)
    # The shim's thread and no other: what was interrupted holds none.
    assert threading.active_count() <= threads + 1, threading.enumerate()
    assert time.monotonic() - began < 10


main()
