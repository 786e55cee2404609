"""The sync shim: one anyio blocking portal per process, whose loop runs the async core for callers that have none.

Works in scripts, in threads (their calls run side by side) and inside a running loop, as in a notebook. Ctrl-C cancels
the call that waits and is raised. The portal's thread starts on the first sync call and is stopped at exit; daemon
threads that are inside a call by then are not told, they stop there, as the interpreter stops them anywhere else.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

__all__ = ["run"]

T = TypeVar("T")


class _Shim:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.portal: BlockingPortal | None = None
        self._failure: BaseException | None = None
        ready = threading.Event()
        # A daemon, because interpreters join other threads before they run atexit, which is what stops this one.
        self.thread = threading.Thread(target=self._serve, args=(ready,), name="edgequake-sync", daemon=True)
        self.thread.start()
        ready.wait()
        if self._failure is not None:
            raise self._failure
        atexit.register(self.stop)

    def _serve(self, ready: threading.Event) -> None:
        async def main() -> None:
            async with BlockingPortal() as portal:
                self.portal = portal
                ready.set()
                await portal.sleep_until_stopped()

        try:
            anyio.run(main, backend="asyncio")
        except BaseException as error:
            self._failure = error
        finally:
            ready.set()

    def stop(self) -> None:
        global _exiting
        _exiting = True
        if self.pid == os.getpid() and self.portal is not None and self.thread.is_alive():
            self.portal.call(self.portal.stop, True)
            self.thread.join()


_shim: _Shim | None = None
_start = threading.Lock()
_exiting = False


def run(function: Callable[..., Awaitable[T]], *args: Any) -> T:
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


def _wait_for(function: Callable[..., Awaitable[T]], args: tuple[Any, ...]) -> T:
    shim = _shim
    if shim is None or shim.pid != os.getpid() or not shim.thread.is_alive():
        shim = _open()
    if threading.current_thread() is shim.thread:
        raise RuntimeError(
            "a sync call from the sync shim's own event loop would wait for itself; await the async function instead"
        )
    assert shim.portal is not None
    future = shim.portal.start_task_soon(function, *args)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


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
