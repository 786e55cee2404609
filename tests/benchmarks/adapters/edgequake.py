"""This project, through its public litellm-shaped functions, to OpenAI or, ``speaking`` it, in another protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

from bodies import INPUTS, MESSAGES
from bodies_native import WIRES

import edgequake_async as eq
from adapters import KEY


def connect(base: str) -> dict[str, Any]:
    return {"model": "openai/bench", "api_base": f"{base}/v1", "api_key": KEY}


def speaking(wire: str) -> SimpleNamespace:
    """The same adapter to a provider of that name in bodies_native.py, which answers the same beside each route."""

    def connect(base: str) -> dict[str, Any]:
        spoken = WIRES[wire]
        return {"model": spoken.model, "api_base": f"{base}-{wire}/v1", "api_key": KEY, **dict(spoken.options)}

    plain = SimpleNamespace(connect=globals()["connect"], unary=unary, stream=stream, text=text)
    return SimpleNamespace(connect=connect, unary=unary, stream=stream, text=text, plain=plain)


async def unary(client: dict[str, Any]) -> str:
    response = await eq.acompletion(messages=MESSAGES, **client)
    return response.choices[0].message.content or ""


async def stream(client: dict[str, Any]) -> AsyncIterator[Any]:
    chunks: AsyncIterator[Any] = await eq.acompletion(messages=MESSAGES, stream=True, **client)
    return chunks


def text(chunk: Any) -> str:
    return chunk.choices[0].delta.content or ""


async def embedding(client: dict[str, Any]) -> Sequence[Sequence[float]]:
    response = await eq.aembedding(input=INPUTS, encoding_format="float", **client)
    return [row["embedding"] for row in response.data]


def completion(client: dict[str, Any]) -> str:
    response = eq.completion(messages=MESSAGES, **client)
    return response.choices[0].message.content or ""
