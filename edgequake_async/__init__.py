"""edgequake_async: the async LLM client that Python services trust, with litellm's API over a Rust core.

    import edgequake_async as eq

    response = await eq.acompletion("openai/gpt-4o-mini", [{"role": "user", "content": "Hello"}])
    print(response.choices[0].message.content)

Serves asyncio, uvloop, trio and anyio task groups; ``completion`` and ``embedding`` are sync shims over the same core.
Importing it opens no socket, starts no thread and reads no file.
"""

from __future__ import annotations

import sys as _sys
from typing import TYPE_CHECKING
from typing import Any as _Any

from ._eq_core import __version__
from ._eq_core import debug_build as _debug_build
from .chunk_builder import stream_chunk_builder
from .completion import acompletion, completion
from .config import SettingsModule as _SettingsModule
from .embedding import aembedding, embedding
from .exceptions import *  # noqa: F403
from .exceptions import TOP_LEVEL as _ERRORS
from .streaming import AsyncStreamWrapper, CustomStreamWrapper, SyncStreamWrapper
from .timeouts import Timeouts
from .types import *  # noqa: F403

if TYPE_CHECKING:
    from .types import __all__ as _TYPES
