"""Server-sent events as an OpenAI-shaped provider writes them, for tests that cut and break them."""

from __future__ import annotations

import json
from typing import Any

EVENTS = {"content-type": "text/event-stream"}


def chunk(content: str | None, finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **fields}


def event(content: str | None, finish_reason: str | None = None) -> bytes:
    return b"data: %b\n\n" % json.dumps(chunk(content, finish_reason), ensure_ascii=False).encode()


END = event(None, "stop")
DONE = b"data: [DONE]\n\n"


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
