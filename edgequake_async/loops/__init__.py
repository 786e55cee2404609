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

__all__ = ["current_port"]


def current_port() -> Port:
    """The port of the running event loop.

    Returns:
        The port of the running asyncio, uvloop or trio loop.

    Raises:
        RuntimeError: no event loop is running in this thread.
    """
    # trio first: inside trio-asyncio and guest mode both are there, and the trio task is the innermost.
    if "trio" in sys.modules:
        from . import _trio

        port = _trio.running_port()
        if port is not None:
            return port
    return _asyncio.running_port()


def _forget() -> None:
    """After fork: ports belong to the parent's loops."""
    _asyncio.forget()
    if "trio" in sys.modules:
        from . import _trio

        _trio.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
