"""Canned bodies, the same bytes for every rival: OpenAI's here, those of other protocols in bodies_native.py; promises
determinism, refuses to vary by client.
"""

from __future__ import annotations

import json
import random
from functools import partial
from typing import Any

from bodies_native import WIRES, Wire, written

CHUNKS = 300
VECTORS = 64
DIMENSIONS = 1536
MODEL = "bench"
MESSAGES = [
    {"role": "system", "content": "You answer in plain prose."},
    {"role": "user", "content": "Why does a kettle sing before it boils?"},
]
INPUTS = [f"sentence number {number} of the batch" for number in range(VECTORS)]

_STAMP = {
    "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    "created": 1741569952,
    "model": "gpt-4.1-2025-04-14",
}
_WORD = " word{:03}"  # all different: litellm raises after 100 equal chunks
_ANSWER = "Bubbles of steam form at the hot base, rise into cooler water and collapse; each collapse clicks. " * 16
ANSWER_CHARACTERS = len(_ANSWER)
STREAM_CHARACTERS = len(_WORD.format(0)) * (CHUNKS - 2)


def unary() -> bytes:
    """A chat completion of about 2.3 KB, most of it text."""
    message: dict[str, Any] = {"role": "assistant", "content": _ANSWER, "refusal": None, "annotations": []}
    details = {"cached_tokens": 0, "audio_tokens": 0}
    spent = {
        "reasoning_tokens": 0,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    }
    usage = {
        "prompt_tokens": 29,
        "completion_tokens": 352,
        "total_tokens": 381,
        "prompt_tokens_details": details,
        "completion_tokens_details": spent,
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    body = {
        **_STAMP,
        "object": "chat.completion",
        "choices": [choice],
        "usage": usage,
        "service_tier": "default",
    }
    return json.dumps(body).encode()


def event(delta: dict[str, str], finish: str | None = None) -> bytes:
    """One `data:` event of a chat completion stream, about 250 bytes."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    chunk = {
        **_STAMP,
        "object": "chat.completion.chunk",
        "system_fingerprint": "fp_44709d6fcb",
        "choices": [choice],
    }
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def pieces() -> list[str]:
    return [_WORD.format(number) for number in range(CHUNKS - 2)]


def burst() -> bytes:
    """A whole stream: a role, CHUNKS - 2 words, a finish reason, [DONE]."""
    words = [event({"content": piece}) for piece in pieces()]
    return b"".join([event({"role": "assistant", "content": ""}), *words, event({}, "stop"), DONE])


def native_unary(wire: Wire) -> bytes:
    return written(wire.whole(_ANSWER))


def native_burst(wire: Wire) -> bytes:
    return wire.streamed(pieces())


def embeddings() -> bytes:
    """VECTORS vectors of DIMENSIONS JSON numbers, eight significant digits as OpenAI prints float32: about 1.35 MB."""
    draw = random.Random(1536)
    rows = [
        {
            "object": "embedding",
            "index": index,
            "embedding": [float(f"{draw.gauss(0, 0.0255):.8g}") for _ in range(DIMENSIONS)],
        }
        for index in range(VECTORS)
    ]
    usage = {"prompt_tokens": 448, "total_tokens": 448}
    return json.dumps({"object": "list", "data": rows, "model": "text-embedding-3-small", "usage": usage}).encode()


CANNED = {
    "unary": ("application/json", "v1/chat/completions", unary),
    "burst": ("text/event-stream", "v1/chat/completions", burst),
    "embed": ("application/json", "v1/embeddings", embeddings),
    **{
        f"unary-{name}": ("application/json", wire.paths[0], partial(native_unary, wire))
        for name, wire in WIRES.items()
    },
    **{
        f"burst-{name}": (wire.content_type, wire.paths[1], partial(native_burst, wire)) for name, wire in WIRES.items()
    },
}
"""route -> content type, path under `/<route>/`, body. The routes nginx can serve; the rest need a clock."""
