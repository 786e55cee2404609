"""Every recorded rerank, replayed over a socket: results in order, scores to the last bit, the cost, the request."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async

from .judging import headers, same
from .native import absent, holds
from .observing import Seen, plain
from .reading_rerank import read
from .recordings import Exchange, everything, needed
from .replay import RECORDED, Replay

pytestmark = needed

# By wire format, the prefix of the model. Cohere's v1, which v2 replaced, is not spoken.
ASKED = {
    "bedrock-invoke": "bedrock/invoke",
    "bedrock-rerank": "bedrock",
    "cohere-v2.rerank": "cohere",
    "llamacpp-rerank": "llamacpp",
    "openrouter-rerank": "openrouter",
    "together-rerank": "together_ai",
    "voyage-rerank": "voyage",
}
_TOP = {"voyage-rerank": "top_k"}


def recorded() -> list[Exchange]:
    """Every exchange that is judged here."""
    return [each for each in everything() if each.wire_format in ASKED and _ranks(each)]


def _ranks(exchange: Exchange) -> bool:
    return exchange.wire_format != "bedrock-invoke" or "rerank" in exchange.model


@pytest.mark.asyncio
@pytest.mark.parametrize("exchange", [pytest.param(each, id=f"{each.provider}-{each.id}") for each in recorded()])
async def test_rerank(exchange: Exchange, replay: Replay) -> None:
    reading = read(exchange)
    asked = exchange.asked or {}
    top = _TOP.get(exchange.wire_format, "top_n")
    question = {
        "query": asked.get("query", "Which one was recorded?"),
        "documents": asked.get("documents", [f"Document {number}." for number in range(6)]),
        "top_n": asked.get(top),
    }
    response: Any = await edgequake_async.arerank(
        model=f"{ASKED[exchange.wire_format]}/{exchange.model}",
        **question,
        api_base=replay.base_url(exchange, RECORDED),
        api_key="corpus-key-0123456789",
        num_retries=0,
        **({"aws_region_name": "eu-central-1"} if exchange.provider == "bedrock" else {}),
    )
    got = plain(response)
    assert list(headers(exchange, Seen((), response._response_headers))) == []
    assert got["id"]
    assert reading.id in (None, got["id"])
    assert len(got["results"]) == len(reading.results)
    for ours, theirs in zip(reading.results, got["results"], strict=True):
        assert list(absent(ours, theirs)) == []
    meta = {"billed_units": reading.billed, "tokens": reading.tokens}
    assert list(absent({key: value for key, value in meta.items() if value}, got.get("meta") or {})) == []
    assert holds(got, dict(reading.usage))
    sent = replay.received()[exchange.id].json
    if exchange.wire_format == "bedrock-rerank":
        assert sent["rerankingConfiguration"]["type"] == "BEDROCK_RERANKING_MODEL"
    names = [name for name in ("model", "query", "documents", "api_version", top) if asked.get(name) is not None]
    assert all(same(asked[name], sent.get(name)) for name in names), sent


def test_every_recording_is_read() -> None:
    exchanges = recorded()
    assert len(exchanges) == 12
    assert {exchange.wire_format for exchange in exchanges} == ASKED.keys()
    for exchange in exchanges:
        reading = read(exchange)
        asked = exchange.asked or {}
        assert all(0 <= each["index"] < len(asked.get("documents", range(6))) for each in reading.results), exchange.id
        scores = [each["relevance_score"] for each in reading.results]
        assert scores == sorted(scores, reverse=True), exchange.id
