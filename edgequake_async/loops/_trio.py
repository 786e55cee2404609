"""trio: one system task per run watches the bell; results resume the waiting task by ``reschedule``."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import trio
from trio.lowlevel import Abort, current_task, current_trio_token, reschedule, wait_task_rescheduled

from .. import _eq_core
from ._turnstile import Turnstile

if TYPE_CHECKING:
    from .._eq_core import Port

_PENDING, _RESULT, _ERROR, _CANCELLED = range(4)

_ports: dict[trio.lowlevel.TrioToken, tuple[Port, Turnstile]] = {}


def running() -> tuple[Port, Turnstile] | None:
    """The port and the turnstile of the running trio run, or None outside a trio task."""
    if not trio.lowlevel.in_trio_task():
        return None
    token = current_trio_token()
    opened = _ports.get(token)
    return _open(token) if opened is None else opened


def forget() -> None:
    """Drop every port without closing anything of the parent's."""
    _ports.clear()


def _open(token: trio.lowlevel.TrioToken) -> tuple[Port, Turnstile]:
    port = _eq_core.Port(TrioFuture, trio.lowlevel.checkpoint)
    opened = _ports[token] = port, Turnstile(TrioFuture, token.run_sync_soon)
    trio.lowlevel.spawn_system_task(_watch, token, port, name="edgequake_async port")
    return opened


async def _watch(token: trio.lowlevel.TrioToken, port: Port) -> None:
    drain = port.drain()
    fd = port.fileno()
    try:
        while True:
            await trio.lowlevel.wait_readable(fd)
            drain()
    finally:
        # The run is ending (system tasks are cancelled last).
        _ports.pop(token, None)
        port.close()


class TrioFuture:
    """A result for one waiting trio task: the part of a future's interface that pyo3-async-runtimes uses.

    Cancelling the task that waits runs the done callback, which drops the Rust future.
    """

    __slots__ = ("_callback", "_state", "_task", "_value")

    def __init__(self) -> None:
        self._state = _PENDING
        self._value: Any = None
        self._task: trio.lowlevel.Task | None = None
        self._callback: Callable[[TrioFuture], object] | None = None

    def add_done_callback(self, callback: Callable[[TrioFuture], object]) -> None:
        self._callback = callback

    def cancelled(self) -> bool:
        return self._state == _CANCELLED

    def set_result(self, value: Any) -> None:
        self._settle(_RESULT, value)

    def set_exception(self, error: BaseException) -> None:
        self._settle(_ERROR, error)

    def _settle(self, state: int, value: Any) -> None:
        self._state, self._value = state, value
        if self._task is not None:
            task, self._task = self._task, None
            reschedule(task)

    def _abort(self, _raise_cancel: Any) -> Abort:
        self._task = None
        self._cancel()
        return Abort.SUCCEEDED

    def _cancel(self) -> None:
        if self._state == _PENDING:
            self._state = _CANCELLED
            if self._callback is not None:
                self._callback(self)

    def __await__(self) -> Generator[Any, Any, Any]:
        if self._state == _PENDING:
            self._task = current_task()
            yield from wait_task_rescheduled(self._abort).__await__()  # noqa: ASYNC105 (this is its await)
        if self._state == _ERROR:
            raise self._value
        return self._value

    def __del__(self) -> None:
        # Never awaited: nobody will take the result, so the work is not to go on.
        self._cancel()
