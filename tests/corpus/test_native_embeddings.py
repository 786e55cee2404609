"""Every recorded embedding in a format that is not OpenAI's, replayed over a socket: vectors, tokens, errors."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async
from edgequake_async.exceptions import EQError

from .judging import failures, headers, unequal
from .observing import Seen
from .reading_embeddings import read
from .recordings import Exchange, everything, needed
from .replay import RECORDED, Replay

pytestmark = needed

# By wire format, how the library is asked.
ASKED: dict[str, dict[str, Any]] = {
    "bedrock-invoke": {"prefix": "bedrock"},
    "cohere-v2.embed": {"prefix": "cohere"},
    "gemini-batchEmbedContents": {"prefix": "gemini"},
    "gemini-embedContent": {"prefix": "gemini"},
    "ollama": {"prefix": "ollama_chat"},
    "vertex-embedContent": {"prefix": "vertex_ai", "vertex_project": "corpus", "vertex_location": "us-central1"},
    "vertex-predict": {"prefix": "vertex_ai", "vertex_project": "corpus", "vertex_location": "us-central1"},
}
# Recordings that are not read, and why.
SKIPPED = {
    "a0451b6793fbcef8": "Ollama's older api/embeddings, which takes one text and counts nothing; api/embed is asked",
    "a5d30c3968a1b656": "Cohere on Bedrock, in OpenAI's form, which Bedrock does not answer in",
}
_EMBEDDING_MODELS = ("amazon.titan-embed", "amazon.nova-2-multimodal-embeddings", "cohere.embed")


def recorded() -> list[Exchange]:
    """Every exchange that is judged here."""
    return [each for each in everything() if each.id not in SKIPPED and _embeds(each)]


def _embeds(exchange: Exchange) -> bool:
    if exchange.wire_format == "bedrock-invoke":
        return exchange.model.removeprefix("us.").startswith(_EMBEDDING_MODELS)
    if exchange.wire_format == "ollama":
        return exchange.endpoint == "api.embed"
    return exchange.wire_format in ASKED


@pytest.mark.asyncio
@pytest.mark.parametrize("exchange", [pytest.param(each, id=f"{each.provider}-{each.id}") for each in recorded()])
async def test_native_embeddings(exchange: Exchange, replay: Replay) -> None:
    reading = read(exchange)
    how = dict(ASKED[exchange.wire_format])
    prefix, model = how.pop("prefix"), exchange.model.removeprefix("models/")
    try:
        response: Any = await edgequake_async.aembedding(
            model=f"{prefix}/{model}",
            input=["This answer was recorded."] * max(1, len(reading.vectors)),
            api_base=replay.base_url(exchange, RECORDED),
            api_key="corpus-key-0123456789",
            num_retries=0,
            **how,
        )
    except EQError as error:
        seen = Seen((), {}, error)
        assert [*headers(exchange, seen), *failures(reading, seen)] == []
        return
    assert reading.failure is None
    assert list(headers(exchange, Seen((), response._response_headers))) == []
    assert [row.embedding for row in response.data] == reading.vectors
    assert [row.index for row in response.data] == list(range(len(reading.vectors)))
    assert {row.object for row in response.data} == {"embedding"}
    assert (response.object, response.model) == ("list", reading.model or model)
    if reading.tokens is not None:
        assert list(unequal("prompt_tokens", reading.tokens, response.usage.prompt_tokens)) == []
        assert list(unequal("total_tokens", reading.tokens, response.usage.total_tokens)) == []


def test_every_recording_is_read() -> None:
    exchanges = recorded()
    assert len(exchanges) == 13
    assert {exchange.status for exchange in exchanges} >= {200, 400, 404}
    assert {exchange.wire_format for exchange in exchanges} == ASKED.keys()
    for exchange in exchanges:
        reading = read(exchange)
        assert (len(reading.vectors) > 0) == (reading.failure is None), exchange.id
        assert len({len(vector) for vector in reading.vectors}) <= 1, exchange.id
