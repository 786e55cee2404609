"""The sync shim: one ``asyncio.run`` in a thread per process, which runs the async core for callers without a loop.

Works in scripts, in threads (their calls run side by side) and inside a running loop, as in a notebook. Ctrl-C cancels
the call that waits and is raised. The thread starts on the first sync call and is stopped at exit; daemon
threads that are inside a call by then are not told, they stop there, as the interpreter stops them anywhere else.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

__all__ = ["run"]

T = TypeVar("T")


class _Shim:
    """A thread that runs one event loop. Not anyio's portal: it crosses twice to start a task, 390 us a call to 270."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._stop: asyncio.Event | None = None
        # A daemon, because interpreters join other threads before they run atexit, which is what stops this one.
        self.thread = threading.Thread(target=self._serve, name="edgequake-sync", daemon=True)
        self.thread.start()
        self.loop = self._ready.result()
        atexit.register(self.stop)

    def _serve(self) -> None:
        async def main() -> None:
            self._stop = stop = asyncio.Event()
            self._ready.set_result(asyncio.get_running_loop())
            await stop.wait()

        try:
            # Ending, it cancels the calls that are still under way.
            asyncio.run(main())
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)

    def stop(self) -> None:
        global _exiting
        _exiting = True
        if self.pid == os.getpid() and self.thread.is_alive() and self._stop is not None:
            self.loop.call_soon_threadsafe(self._stop.set)
            self.thread.join()


class _Work(Generic[T]):
    """One call. Its coroutine is made in the loop, so that none is left unawaited where the loop ends first."""

    def __init__(self, function: Callable[..., Coroutine[Any, Any, T]], args: tuple[Any, ...]) -> None:
        self._function = function
        self._args = args
        self._task: asyncio.Task[None] | None = None
        self._outcome: list[T] = []
        self._error: BaseException | None = None
        # Released when there is an outcome: a bare lock costs a tenth of a Future's condition and is as interruptible.
        self._pending = threading.Lock()
        self._pending.acquire()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            self._outcome.append(await self._function(*self._args))
        except BaseException as error:
            self._error = error
        finally:
            self._pending.release()
            del self  # the error's traceback holds this frame: a cycle that would keep a stream open until the next gc

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def result(self) -> T:
        self._pending.acquire()
        try:
            if self._error is not None:
                raise self._error
            return self._outcome[0]
        finally:
            del self  # as in _run

    def is_done(self) -> bool:
        return bool(self._outcome) or self._error is not None


_shim: _Shim | None = None
_start = threading.Lock()
_exiting = False


def run(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    """Run an async function of this package and wait for its result.

    Args:
        function: an async function.
        *args: its positional arguments.

    Returns:
        What it returns.

    Raises:
        RuntimeError: called from the shim's own thread, where waiting would never end.
        BaseException: whatever the function raises; a KeyboardInterrupt while waiting cancels it first.
    """
    try:
        return _wait_for(function, args)
    except BaseException:
        if _exiting and threading.current_thread().daemon:
            threading.Event().wait()
        raise


def _wait_for(function: Callable[..., Coroutine[Any, Any, T]], args: tuple[Any, ...]) -> T:
    shim = _shim
    if shim is None or shim.pid != os.getpid() or not shim.thread.is_alive():
        shim = _open()
    if threading.current_thread() is shim.thread:
        raise RuntimeError(
            "a sync call from the sync shim's own event loop would wait for itself; await the async function instead"
        )
    work = _Work(function, args)
    shim.loop.call_soon_threadsafe(work.start)
    try:
        return work.result()
    except BaseException:
        if not work.is_done():
            shim.loop.call_soon_threadsafe(work.cancel)
        raise
    finally:
        del work  # as in _run


def _open() -> _Shim:
    global _shim
    with _start:
        if _exiting and threading.current_thread().daemon:
            raise RuntimeError("the interpreter is exiting")
        if _shim is None or _shim.pid != os.getpid() or not _shim.thread.is_alive():
            _shim = _Shim()
        return _shim


def _forget() -> None:
    """After fork: the thread is the parent's, and the lock may be held by one that is not there."""
    global _exiting, _shim, _start
    _exiting = False
    _shim = None
    _start = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
