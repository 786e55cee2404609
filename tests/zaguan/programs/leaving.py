"""Ends, forks or is interrupted in the middle of things: ``leaving.py SITUATION BACKEND URL``. Prints what it got.

BACKEND is asyncio, uvloop, trio, or sync for the sync client.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from asyncio import CancelledError
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio

from edgequake_async.zaguan import AsyncZaguanClient, MetricsCollector, ZaguanClient

SITUATION, BACKEND, URL = sys.argv[1:]
CHAT: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
SPEECH = {"model": "m", "input": "i", "voice": "v"}
folder = tempfile.mkdtemp()
# Without hooks and with: what a hook is told at the end may come while the interpreter is leaving.
clients = [AsyncZaguanClient(URL, "k"), AsyncZaguanClient(URL, "k", hooks=MetricsCollector())]
sync = [ZaguanClient(URL, "k"), ZaguanClient(URL, "k", hooks=MetricsCollector())]
left_behind: list[Any] = []


def run(program: Callable[[], Any]) -> Any:
    options = {"use_uvloop": True} if BACKEND == "uvloop" else {}
    return anyio.run(program, backend="trio" if BACKEND == "trio" else "asyncio", backend_options=options)


async def _begin() -> None:
    """Of each client, streams that are read and streams that are forgotten, uploads, downloads and chats under way."""
    async with anyio.create_task_group() as group:

        async def read(client: AsyncZaguanClient, begun: anyio.Event) -> None:
            async for _ in client.chat_stream(**CHAT):
                begun.set()

        for client in clients * 5:
            stream = client.chat_stream(**CHAT)
            await stream.__anext__()
            left_behind.append(stream)
            begun = anyio.Event()
            group.start_soon(read, client, begun)
            await begun.wait()
            group.start_soon(client.upload_file, ("a.bin", bytes(1_000_000)), "batch")
            group.start_soon(client.create_speech, SPEECH, Path(folder, "speech.mp3"))
            group.start_soon(client.get_credits_balance)
        await anyio.sleep(0.05)
        if SITUATION == "exit":
            sys.exit(7)
        if SITUATION == "hard_exit":
            os._exit(7)
        group.cancel_scope.cancel()


def _read_sync(client: ZaguanClient, begun: threading.Event | None = None) -> None:
    for _ in client.chat_stream(**CHAT):
        if begun is not None:
            begun.set()


def leave() -> None:
    """The streams of ``left_behind`` go on; with the sync client, daemon threads are inside calls."""
    if BACKEND != "sync":
        return run(_begin)
    for client in sync * 5:
        stream = client.chat_stream(**CHAT)
        next(stream)
        left_behind.append(stream)
        begun = threading.Event()
        threading.Thread(target=_read_sync, args=(client, begun), daemon=True).start()
        begun.wait()
        threading.Thread(target=client.upload_file, args=(("a", bytes(9)), "batch"), daemon=True).start()
        threading.Thread(target=client.create_speech, args=(SPEECH, Path(folder, "s.mp3")), daemon=True).start()
    return None


def exit() -> None:
    leave()
    sys.exit(7)


def hard_exit() -> None:
    leave()
    os._exit(7)


def interrupt() -> None:
    """Ctrl-C while a stream is read, by ``for`` alone; then the client goes on."""
    try:
        if BACKEND == "sync":
            for number, _ in enumerate(sync[1].chat_stream(**CHAT)):
                if number == 0:
                    print("begun", flush=True)
        else:

            async def read() -> None:
                async for _ in clients[1].chat_stream(**CHAT):
                    print("begun", flush=True)

            run(read)
    except (KeyboardInterrupt, CancelledError):  # anyio.run on Python 3.10 raises the latter
        print("interrupted", flush=True)
    print(sync[1].health_check()["status"], flush=True)


def _calls() -> str:
    async def ask() -> str:
        return str((await clients[1].health_check())["status"])

    called = sync[1].health_check()["status"] if BACKEND == "sync" else run(ask)
    return f"{called}, {sync[0].health_check()['status']}"


def fork() -> None:
    """A child uses the clients that its parent has used, while a stream of the parent's is open and goes on."""
    stream = sync[1].chat_stream(**CHAT)
    next(stream)
    print("parent:", _calls(), flush=True)
    pid = os.fork()
    if pid == 0:
        print("child:", _calls(), flush=True)
        sys.exit(0)
    print("code:", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    next(stream)
    stream.close()
    print("parent:", _calls(), flush=True)


def pool() -> None:
    """multiprocessing, by fork, after use."""
    import multiprocessing

    print("parent:", _calls(), flush=True)
    with multiprocessing.get_context("fork").Pool(2) as workers:
        print("workers:", {workers.apply(_calls) for _ in range(4)}, flush=True)
        workers.close()
        workers.join()
    print("parent:", _calls(), flush=True)


globals()[SITUATION]()
