"""zaguan-sdk, Zaguan's own client, one per process, with a request model per call as its README does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

from bodies import MESSAGES, MODEL
from zaguan_sdk import AsyncZaguanClient, ChatRequest, Message, ZaguanClient

from adapters import KEY


def connect(base: str) -> AsyncZaguanClient:
    return AsyncZaguanClient(base_url=base, api_key=KEY)


def request() -> ChatRequest:
    return ChatRequest(model=MODEL, messages=[Message(**message) for message in MESSAGES])


async def unary(client: AsyncZaguanClient) -> str:
    response = await client.chat(request())
    return response.choices[0].message.content or ""


async def stream(client: AsyncZaguanClient) -> AsyncIterator[Any]:
    return client.chat_stream(request())


def text(chunk: Any) -> str:
    return chunk.choices[0].delta.content or ""


@cache
def synchronous(base: str) -> ZaguanClient:
    return ZaguanClient(base_url=base, api_key=KEY)


def completion(client: AsyncZaguanClient) -> str:
    response = synchronous(client.base_url).chat(request())
    return response.choices[0].message.content or ""
