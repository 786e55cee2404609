"""Loops without ``add_reader`` (Windows' Proactor): one thread watches their bells and carries each ring into its loop.

The thread is a Python thread, so it attaches by the interpreter's own rules, once per ring and not once per result. It
is stopped and joined at exit.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from .._eq_core import Port

__all__ = ["watch"]


class _Courier:
    def __init__(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._watched: dict[int, tuple[asyncio.AbstractEventLoop, Callable[[], None]]] = {}
        self._wake, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="edgequake-courier", daemon=True)
        self._thread.start()
        atexit.register(self.stop)

    def watch(self, loop: asyncio.AbstractEventLoop, fd: int, drain: Callable[[], None]) -> None:
        with self._lock:
            self._watched[fd] = (loop, drain)
        self._wake.send(b"\0")

    def stop(self) -> None:
        if self._pid == os.getpid():
            self._wake.close()
            self._thread.join()
            self._woken.close()

    def _run(self) -> None:
        # Bells that rang and whose loop has not drained them yet are not selected on: they would spin.
        ringing: set[int] = set()
        while True:
            with self._lock:
                for fd in [fd for fd, (loop, _) in self._watched.items() if loop.is_closed()]:
                    del self._watched[fd]
                watched = dict(self._watched)
            # In place: `&=` with a dict's keys would make a new set, and deliver() answers in the one it was given.
            ringing.intersection_update(watched)
            listened: list[int | socket.socket] = [self._woken, *(watched.keys() - ringing)]
            ready, _, _ = select.select(listened, [], [])
            if self._woken in ready and not self._answer():
                return
            for bell in ready:
                if isinstance(bell, int):
                    ringing.add(bell)
                    self._carry(bell, *watched[bell], ringing)

    def _answer(self) -> bool:
        """Whether the courier is to go on."""
        try:
            return bool(self._woken.recv(4096))
        except BlockingIOError:
            return True

    def _carry(self, fd: int, loop: asyncio.AbstractEventLoop, drain: Callable[[], None], ringing: set[int]) -> None:
        def deliver() -> None:
            drain()
            ringing.discard(fd)
            with contextlib.suppress(OSError):
                self._wake.send(b"\0")

        # The loop may close at any moment; its port closes with it.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(deliver)


_courier: _Courier | None = None
_start = threading.Lock()


def watch(loop: asyncio.AbstractEventLoop, port: Port, drain: Callable[[], None]) -> None:
    """Have ``drain`` called in ``loop`` whenever the port's bell rings."""
    global _courier
    with _start:
        if _courier is None or _courier._pid != os.getpid():
            _courier = _Courier()
    _courier.watch(loop, port.fileno(), drain)
