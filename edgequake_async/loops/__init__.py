"""Which event loop is running, and its port. Only this package imports asyncio or trio.

A port is made once per loop and lives as long as the loop does: the loop owns the drain (as a reader's callback, or in
a system task), and this module's references are weak.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from . import _asyncio

if TYPE_CHECKING:
    from .._eq_core import Port
    from ._turnstile import Turnstile

__all__ = ["current_port", "enter"]


async def enter() -> Port:
    """The port of the running event loop, once it is this call's turn to start.

    Raises:
        RuntimeError: no event loop is running in this thread.
    """
    port, turnstile = _current()
    if not turnstile.admit():
        await turnstile.wait()
    return port


def current_port() -> Port:
    """The port of the running asyncio, uvloop or trio loop.

    Raises:
        RuntimeError: no event loop is running in this thread.
    """
    return _current()[0]


def _current() -> tuple[Port, Turnstile]:
    # trio first: inside trio-asyncio and guest mode both are there, and the trio task is the innermost.
    if "trio" in sys.modules:
        from . import _trio

        running = _trio.running()
        if running is not None:
            return running
    return _asyncio.running()


def _forget() -> None:
    """After fork: ports belong to the parent's loops."""
    _asyncio.forget()
    if "trio" in sys.modules:
        from . import _trio

        _trio.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
