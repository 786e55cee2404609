"""A floor: pyreqwest (reqwest under Python) and its own JSON decoder, no types; it reads no event streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bodies import INPUTS, MESSAGES, MODEL
from pyreqwest.client import Client, ClientBuilder

from adapters import KEY


def connect(base: str) -> Client:
    return (
        ClientBuilder()
        .base_url(f"{base}/v1/")
        .default_headers({"Authorization": f"Bearer {KEY}"})
        .error_for_status(True)
        .build()
    )


async def unary(client: Client) -> str:
    response = await client.post("chat/completions").body_json({"model": MODEL, "messages": MESSAGES}).build().send()
    body: Any = await response.json()
    return str(body["choices"][0]["message"]["content"])


async def embedding(client: Client) -> Sequence[Sequence[float]]:
    wanted = {"model": MODEL, "input": INPUTS, "encoding_format": "float"}
    response = await client.post("embeddings").body_json(wanted).build().send()
    body: Any = await response.json()
    return [row["embedding"] for row in body["data"]]
