"""Google's embeddings as the fake provider answers them, and Vertex AI's ``predict``.

https://ai.google.dev/api/embeddings and
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .brain import tokens
from .fields import given, listed, needed
from .gemini_ask import camel, text
from .openai_ask import Refusal
from .vectors import embed

Json = dict[str, Any]

_DEFAULT_DIMENSIONS = 768
_DIMENSIONS_LIMIT = 3072


def _one(body: Mapping[str, Any], vertex: bool) -> Json:
    return {"embedding": _embedded(body), "usageMetadata": _usage([body])}


def _many(body: Mapping[str, Any], vertex: bool) -> Json:
    if not body.get("requests"):
        raise Refusal(400, "* BatchEmbedContentsRequest.requests: at least one is required\n", param="requests")
    requests = [camel(request) for request in listed(body, "requests", dict)]
    for index, request in enumerate(requests):
        if not vertex and not request.get("model"):
            raise Refusal(400, "model is required", param=f"requests[{index}].model")
    return {"embeddings": [_embedded(request) for request in requests], "usageMetadata": _usage(requests)}


def _predicted(body: Mapping[str, Any], vertex: bool) -> Json:
    parameters = camel(given(body, "parameters", dict, default={}))
    rows = []
    billed = 0
    for instance in listed(body, "instances", dict):
        content = needed(instance, "content", str)
        billed += sum(not letter.isspace() for letter in content)
        statistics = {"truncated": False, "token_count": len(tokens(content))}
        rows.append({"embeddings": {"statistics": statistics, "values": _vector(content, parameters)}})
    if not rows:
        raise Refusal(400, "instances: at least one is required", param="instances")
    return {"predictions": rows, "metadata": {"billableCharacterCount": billed}}


def _embedded(request: Mapping[str, Any]) -> Json:
    options = camel(given(request, "embedContentConfig", dict, default={}))  # where Vertex AI has them
    return {"values": _vector(_content(request), {**request, **options})}


def _content(request: Mapping[str, Any]) -> str:
    said = text(needed(request, "content", dict))
    if not said:
        raise Refusal(400, "content contains no text", param="content")
    return said


def _vector(content: str, options: Mapping[str, Any]) -> list[float]:
    dimensions = given(options, "outputDimensionality", int, default=_DEFAULT_DIMENSIONS)
    if not 1 <= dimensions <= _DIMENSIONS_LIMIT:
        raise Refusal(400, f"expected from 1 to {_DIMENSIONS_LIMIT} dimensions", param="outputDimensionality")
    return embed(content, dimensions).tolist()


def _usage(requests: list[Any]) -> Json:
    return {"promptTokenCount": sum(len(tokens(_content(request))) for request in requests)}


METHODS: dict[str, Callable[[Mapping[str, Any], bool], Json]] = {
    "embedContent": _one,
    "batchEmbedContents": _many,
    "predict": _predicted,
}
