"""openai-python, one client per process, as its README does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import cache
from typing import Any

import openai
from bodies import INPUTS, MESSAGES, MODEL

from adapters import KEY


def connect(base: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{base}/v1", api_key=KEY)


async def unary(client: openai.AsyncOpenAI) -> str:
    response = await client.chat.completions.create(model=MODEL, messages=MESSAGES)
    return response.choices[0].message.content or ""


async def stream(client: openai.AsyncOpenAI) -> AsyncIterator[Any]:
    chunks: AsyncIterator[Any] = await client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    return chunks


def text(chunk: Any) -> str:
    return chunk.choices[0].delta.content or ""


async def embedding(client: openai.AsyncOpenAI) -> Sequence[Sequence[float]]:
    response = await client.embeddings.create(model=MODEL, input=INPUTS, encoding_format="float")
    return [row.embedding for row in response.data]


@cache
def synchronous(base: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=base, api_key=KEY)


def completion(client: openai.AsyncOpenAI) -> str:
    response = synchronous(str(client.base_url)).chat.completions.create(model=MODEL, messages=MESSAGES)
    return response.choices[0].message.content or ""
