"""A floor: aiohttp and json.loads, no types, no errors beyond the status, no limit on connections."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from bodies import INPUTS, MESSAGES, MODEL

from adapters import KEY


@dataclass(frozen=True)
class Client:
    session: aiohttp.ClientSession
    base: str

    def post(self, path: str, **body: Any) -> Any:
        return self.session.post(f"{self.base}/{path}", json={"model": MODEL, **body}, raise_for_status=True)


def connect(base: str) -> Client:
    connector = aiohttp.TCPConnector(limit=0)
    return Client(aiohttp.ClientSession(connector=connector, headers={"Authorization": f"Bearer {KEY}"}), f"{base}/v1")


async def unary(client: Client) -> str:
    async with client.post("chat/completions", messages=MESSAGES) as response:
        return str(json.loads(await response.read())["choices"][0]["message"]["content"])


async def stream(client: Client) -> AsyncIterator[Any]:
    async def chunks() -> AsyncIterator[Any]:
        async with client.post("chat/completions", messages=MESSAGES, stream=True) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    yield json.loads(line[6:])

    return chunks()


def text(chunk: Any) -> str:
    return chunk["choices"][0]["delta"].get("content") or ""


async def embedding(client: Client) -> Sequence[Sequence[float]]:
    async with client.post("embeddings", input=INPUTS, encoding_format="float") as response:
        return [row["embedding"] for row in json.loads(await response.read())["data"]]
