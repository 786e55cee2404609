"""asyncio and everything with its interface: uvloop, and loops without ``add_reader`` through one courier thread."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import _eq_core
from . import _courier
from ._turnstile import Turnstile

if TYPE_CHECKING:
    from .._eq_core import Port

# Keyed by id, not by a WeakKeyDictionary (1.1 us a look-up against 0.1): an entry's reference says if it is stale.
_ports: dict[int, tuple[weakref.ref[asyncio.AbstractEventLoop], tuple[Port, Turnstile]]] = {}


def running() -> tuple[Port, Turnstile]:
    """The port and the turnstile of the running asyncio loop.

    Raises:
        RuntimeError: no asyncio loop is running in this thread.
    """
    loop = asyncio.get_running_loop()
    entry = _ports.get(id(loop))
    if entry is not None and entry[0]() is loop:
        return entry[1]
    return _open(loop)


def forget() -> None:
    """Drop every port without closing anything of the parent's."""
    _ports.clear()


def _open(loop: asyncio.AbstractEventLoop) -> tuple[Port, Turnstile]:
    key = id(loop)
    # Bound here: a loop that outlives this module at exit would find its globals gone.
    drop = _ports.pop
    reference = weakref.ref(loop, lambda _: drop(key, None))
    create_future = _future_factory(reference)
    port = _eq_core.Port(create_future, _checkpoint)
    drain = port.drain()
    try:
        loop.add_reader(port.fileno(), drain)
    except NotImplementedError:
        _courier.watch(loop, port, drain)
    opened = port, Turnstile(create_future, _at_next_turn)
    _ports[key] = (reference, opened)
    return opened


def _future_factory(
    reference: weakref.ref[asyncio.AbstractEventLoop],
) -> Callable[[], asyncio.Future[Any]]:
    """Makes futures of a loop without keeping the loop alive."""

    def create_future() -> asyncio.Future[Any]:
        loop = reference()
        if loop is None:
            raise RuntimeError("the event loop is gone")
        return loop.create_future()

    return create_future


def _checkpoint() -> Any:
    """An awaitable that lets the loop turn once."""
    return asyncio.sleep(0)


def _at_next_turn(callback: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_soon(callback)
