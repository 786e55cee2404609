"""A process pool after first use, with calls in flight in the parent: ``fork_pool.py METHOD URL``."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import threading

from asking import ask, target

import edgequake_async as eq


def work(url: str) -> tuple[str | None, str]:
    """Runs in a worker: one sync call, one loop of its own."""
    return eq.completion(**target(url)).choices[0].message.content, asyncio.run(ask(url))


def main(method: str, url: str) -> None:
    eq.completion(**target(url))
    begun = threading.Event()
    stop = threading.Event()
    answers: list[str] = []

    async def parent() -> None:
        async def call_until_stopped() -> None:
            while not stop.is_set():
                answers.append(await ask(url))
                begun.set()

        await asyncio.gather(*(call_until_stopped() for _ in range(20)))

    thread = threading.Thread(target=lambda: asyncio.run(parent()))
    thread.start()
    begun.wait()
    with multiprocessing.get_context(method).Pool(2) as pool:
        print("workers:", set(pool.map(work, [url] * 8)))
        pool.close()
        pool.join()
    before = len(answers)
    while len(answers) < before + 20 and thread.is_alive():
        eq.completion(**target(url))
    stop.set()
    thread.join()
    print("parent:", set(answers), eq.completion(**target(url)).choices[0].message.content)


if __name__ == "__main__":
    main(*sys.argv[1:])
