"""Forks after first use: ``fork_once.py BACKEND SITUATION URL``. Prints what the child and the parent then got.

A child of a running loop must not go on with its parent's loop, so it leaves the loop's stack first: here the fork
happens between two runs, or in a thread that runs no loop while the parent's loop goes on.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import Callable

from asking import ask, run_on, target

import edgequake_async as eq

BACKEND, SITUATION, URL = sys.argv[1:]


def calls() -> str:
    """Async calls on a new loop, and a sync call."""

    async def program() -> str:
        return await ask(URL)

    return f"{run_on(BACKEND, program)}, {eq.completion(**target(URL)).choices[0].message.content}"


def fork(what: Callable[[], object]) -> int:
    """Run ``what`` in a child and wait for it; returns its exit code."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            print("child:", what())
            sys.stdout.flush()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def between_runs() -> None:
    """The runtime, the pool and the sync shim exist; nothing is under way."""
    print("parent:", calls())
    print("code:", fork(calls))
    print("parent:", calls())


def with_calls_in_flight() -> None:
    """The parent's loop has calls under way in another thread."""
    begun = threading.Event()
    answers: list[str] = []

    async def main() -> None:
        tasks = [asyncio.ensure_future(ask(URL)) for _ in range(50)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        begun.set()
        answers.extend(await asyncio.gather(*tasks))

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    begun.wait()
    print("code:", fork(calls))
    thread.join()
    print("parent:", len(answers), set(answers))


def with_sync_threads() -> None:
    """Threads of the parent are inside the sync shim."""
    stop = threading.Event()
    answers: list[str | None] = []

    def call_until_stopped() -> None:
        while not stop.is_set():
            answers.append(eq.completion(**target(URL)).choices[0].message.content)

    threads = [threading.Thread(target=call_until_stopped) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(answers) < 8:
        eq.completion(**target(URL))
    print("codes:", [fork(calls) for _ in range(5)])
    stop.set()
    for thread in threads:
        thread.join()
    print("parent:", set(answers))


def grandchild() -> None:
    """A child that has called forks again."""

    def child() -> str:
        first = calls()
        return f"{first}; grandchild's code {fork(calls)}"

    print("parent:", calls())
    print("code:", fork(child))


def exit_normally() -> None:
    """The child ends as a program does, through the interpreter's own exit."""
    print("parent:", calls())
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        print("child:", calls())
        sys.exit(0)
    print("code:", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    print("parent:", calls())


globals()[SITUATION]()
