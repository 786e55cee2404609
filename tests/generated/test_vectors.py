"""Embeddings and rankings made at random from published types: every number in its place, nothing besides lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import ollama._types
import pydantic
import pytest
from cohere import EmbedByTypeResponse
from cohere.v2.types import V2RerankResponse
from google.genai.types import EmbedContentResponse
from mistralai.client.models import EmbeddingResponse
from openai.types import CreateEmbeddingResponse

import edgequake_async
from edgequake_async.testing import FakeProvider, raw

from .asking import plain
from .forms import Json, Speaker
from .making import lost

_SEEDS = 200


@dataclass(frozen=True)
class _Form:
    """How a provider tells vectors.

    Attributes:
        model: on our side.
        kind: of an answer.
        tell: puts vectors into an answer.
        chosen: members whose value is no matter of chance, and why: ``...`` is none.
        beside: members of an answer that are not looked for, and why.
        more: arguments of the call.
    """

    model: str
    kind: type[pydantic.BaseModel]
    tell: Callable[[Json, list[list[float]]], Json]
    chosen: dict[tuple[str, str], Any] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def _in_data(made: Json, vectors: list[list[float]]) -> Json:
    rows = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return {**made, "data": rows}


def _by_type(made: Json, vectors: list[list[float]]) -> Json:
    """As many of each type as there are inputs, floats among them or last."""
    rows = range(len(vectors))
    others = {
        name: [f"text 9{at}{name}" if name == "base64" else [700 + 10 * at + len(name)] for at in rows]
        for name in made["embeddings"]
        if name != "float"
    }
    return {**made, "embeddings": {**others, "float": vectors}}


def _in_bytes(made: Json, vectors: list[list[float]]) -> Json:
    """Floats were not asked for."""
    return {**made, "embeddings": {"int8": [[int(each * 127) for each in vector] for vector in vectors]}}


def _in_rows(made: Json, vectors: list[list[float]]) -> Json:
    rows = made.get("embeddings") or [{}]
    told = [{**rows[at % len(rows)], "values": vector} for at, vector in enumerate(vectors)]
    return {**made, "embeddings": told}


def _alone(made: Json, vectors: list[list[float]]) -> Json:
    """As embedContent tells the vector of one input."""
    told = _in_rows(made, vectors[:1])
    return {**{name: value for name, value in told.items() if name != "embeddings"}, "embedding": told["embeddings"][0]}


def _predicted(made: Json, vectors: list[list[float]]) -> Json:
    """As Vertex AI's older models tell them (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference)."""
    counted = [{"truncated": False, "token_count": 300 + at} for at in range(len(vectors))]
    rows = [{"embeddings": {"values": each, "statistics": count}} for each, count in zip(vectors, counted, strict=True)]
    return {"predictions": rows, **({"metadata": made["metadata"]} if "metadata" in made else {})}


_GEMINI = {
    # The SDK's own.
    ("EmbedContentResponse", "sdk_http_response"): ...,
    # Embedding uses no tools; their tokens would be part of the prompt's sum.
    ("UsageMetadata", "tool_use_prompt_token_count"): ...,
}
_VERTEX = {"vertex_project": "generated", "vertex_location": "us-central1"}
_FORMS = [
    _Form("openai/m", CreateEmbeddingResponse, _in_data),
    _Form("mistral/m", EmbeddingResponse, _in_data, {("EmbeddingResponse", "object"): "list"}),
    _Form("cohere/m", EmbedByTypeResponse, _by_type, beside={"texts": "the caller's own"}),
    _Form("cohere/bytes", EmbedByTypeResponse, _in_bytes, beside={"texts": "the caller's own"}),
    _Form(
        "ollama_chat/m",
        ollama._types.EmbedResponse,
        lambda made, vectors: {**made, "embeddings": vectors},
    ),
    _Form("gemini/m", EmbedContentResponse, _in_rows, _GEMINI),
    _Form("gemini/one", EmbedContentResponse, _alone, _GEMINI),
    _Form("vertex_ai/gemini-embedding-2", EmbedContentResponse, _alone, _GEMINI, more=_VERTEX),
    _Form("vertex_ai/text-embedding-005", EmbedContentResponse, _predicted, _GEMINI, more=_VERTEX),
]


@pytest.mark.asyncio
@pytest.mark.parametrize("form", [pytest.param(form, id=form.model) for form in _FORMS])
async def test_vectors(fake: FakeProvider, form: _Form) -> None:
    wrong = [f"{seed}: {each}" for seed in range(_SEEDS) for each in await judge(fake, form, seed)]
    assert not wrong, "\n".join(wrong)


async def judge(fake: FakeProvider, form: _Form, seed: int) -> list[str]:
    """What is wrong with one answer."""
    chance = random.Random(seed)
    width = chance.randint(1, 9)
    inputs = chance.randint(1, 4)
    vectors = [[chance.uniform(-1, 1) * 10 ** chance.randint(-20, 0) for _ in range(width)] for _ in range(inputs)]
    answer = form.tell(Speaker(seed, form.chosen).make(form.kind), vectors)
    vectors = vectors if "embedding" not in answer else vectors[:1]
    vectors = answer["embeddings"]["int8"] if form.tell is _in_bytes else vectors
    fake.script(raw(body=answer))
    response: Any = await edgequake_async.aembedding(
        model=form.model,
        input=["Hello"] * len(vectors),
        api_base=fake.base_url if form.model.startswith(("openai", "mistral")) else fake.host_url,
        api_key="generated-key-0123456789",
        num_retries=0,
        **form.more,
    )
    made = {name: value for name, value in answer.items() if name not in form.beside}
    got = plain(response)
    wrong = [f"lost {each!r} of {made}, got {got}" for each in lost(made, got)]
    rows = [(row.index, row.embedding) for row in response.data]
    if rows != [*enumerate(vectors)]:
        wrong.append(f"{vectors} became {response.data}")
    return wrong


@pytest.mark.asyncio
async def test_rankings(fake: FakeProvider) -> None:
    wrong: list[str] = []
    for seed in range(_SEEDS):
        made = Speaker(seed).make(V2RerankResponse)
        for at, result in enumerate(made["results"]):
            result["index"] = at
        fake.script(raw(body=made))
        response: Any = await edgequake_async.arerank(
            model="cohere/m",
            query="Hello?",
            documents=["Hello."] * 3,
            api_base=fake.host_url,
            api_key="generated-key-0123456789",
            num_retries=0,
        )
        wrong += [f"{seed}: lost {each!r} of {made}" for each in lost(made, plain(response))]
        if [row.relevance_score for row in response.results] != [row["relevance_score"] for row in made["results"]]:
            wrong.append(f"{seed}: {made['results']} became {response.results}")
    assert not wrong, "\n".join(wrong)
