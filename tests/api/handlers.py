"""What tests of providers in Python share: pieces of an answer, and a handler's name for the time of a block."""

from __future__ import annotations

from typing import Any

import edgequake_async as eq
from edgequake_async import config
from edgequake_async.types import GenericStreamingChunk

USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
CALL = {"id": "c1", "function": {"name": "look", "arguments": "{}"}}


def piece(words: str, **more: Any) -> GenericStreamingChunk:
    rest: Any = more
    return {"text": words, "is_finished": False, "finish_reason": "", "usage": None, "index": 0, **rest}


PIECES = [
    piece("Hel"),
    piece("lo", provider_specific_fields={"mood": "calm"}),
    piece("", tool_use=CALL),
    piece("", is_finished=True, finish_reason="tool_calls", usage=USAGE),
]


def answer(words: str) -> eq.ModelResponse:
    return eq.ModelResponse(model="theirs", choices=[{"message": {"role": "assistant", "content": words}}], usage=USAGE)


class serving:
    """``my/...`` is a handler's inside."""

    def __init__(self, handler: Any) -> None:
        eq.custom_provider_map = [{"provider": "my", "custom_handler": handler}]

    def __enter__(self) -> None: ...

    def __exit__(self, *_: Any) -> None:
        config.reset("custom_provider_map")
