"""liter-llm, through its client's own methods: its shortest path, without the dataclass copies of its api module."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from bodies import INPUTS, MESSAGES, MODEL
from liter_llm import _internal_bindings as native
from liter_llm import create_client

from adapters import KEY


def connect(base: str) -> Any:
    return create_client(api_key=KEY, base_url=f"{base}/v1", model_hint="openai")


def request(*, streamed: bool = False) -> Any:
    messages = [native.Message(message) for message in MESSAGES]
    return native.ChatCompletionRequest(model=MODEL, messages=messages, stream=streamed)


async def unary(client: Any) -> str:
    response = await client.chat(request())
    return str(response.choices[0].message.content)


async def stream(client: Any) -> AsyncIterator[Any]:
    chunks: AsyncIterator[Any] = client.chat_stream(request(streamed=True))
    return chunks


def text(chunk: Any) -> str:
    return chunk.choices[0].delta.content or ""


async def embedding(client: Any) -> Sequence[Sequence[float]]:
    wanted = native.EmbeddingRequest(
        model=MODEL, input=native.EmbeddingInput(INPUTS), encoding_format=native.EmbeddingFormat.FLOAT
    )
    response = await client.embed(wanted)
    return [row.embedding for row in response.data]
