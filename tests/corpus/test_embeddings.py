"""Every recorded OpenAI-shaped embeddings call: vectors to the last bit, fields, errors, the request."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import pytest

import edgequake_async
from edgequake_async.exceptions import EQError

from .judging import complaints, difference
from .observing import Seen
from .reading import read
from .recordings import Exchange, embeddings, needed
from .replay import RECORDED, Replay

pytestmark = needed


@pytest.mark.asyncio
@pytest.mark.parametrize("exchange", [pytest.param(each, id=f"{each.provider}-{each.id}") for each in embeddings()])
async def test_embeddings(exchange: Exchange, replay: Replay) -> None:
    reading = read(exchange)
    asked = {**(exchange.asked or {}), "model": exchange.model}
    # None means "not given" to the library, so a null that is meant goes through extra_body.
    call = {key: value for key, value in asked.items() if value is not None}
    nulls = {key: value for key, value in asked.items() if value is None}
    try:
        response = await edgequake_async.aembedding(
            **{**call, "model": f"openai/{exchange.model}"},
            extra_body=nulls,
            api_base=replay.base_url(exchange, RECORDED),
            api_key="corpus-key-0123456789",
            num_retries=0,
        )
    except EQError as error:
        wrong = complaints(exchange, reading, Seen((), {}, error))
        assert wrong == []
    else:
        assert reading.failure is None
        expected = _decoded(json.loads(exchange.body), asked)
        vectors = [row["embedding"] for row in expected["data"]]
        assert [row["embedding"] for row in response.data] == vectors
        assert [row.embedding for row in response.data] == vectors
        assert list(difference(expected, json.loads(response.model_dump_json(exclude_unset=True)))) == []
    assert list(difference(asked, replay.received()[exchange.id].json)) == []


def _decoded(document: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Base64 is little-endian float32 where it was asked for; unasked (Perplexity: int8) it is left alone."""
    rows = [
        {**row, "embedding": _floats(row["embedding"])} if asked.get("encoding_format") == "base64" else row
        for row in document["data"]
    ]
    return {**document, "data": rows}


def _floats(text: str) -> list[float]:
    packed = base64.b64decode(text)
    return list(struct.unpack(f"<{len(packed) // 4}f", packed))
