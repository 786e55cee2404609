"""This project, through its Zaguan clients: the peer's own program, with the import changed."""

from __future__ import annotations

import sys

from edgequake_async import zaguan

sys.modules["zaguan_sdk"] = zaguan

from adapters.zaguan_sdk import completion, connect, stream, text, unary  # noqa: E402

__all__ = ["completion", "connect", "stream", "text", "unary"]
