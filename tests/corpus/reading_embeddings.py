"""An independent reading of recorded embeddings in formats that are not OpenAI's: vectors and the tokens they took.

Ollama's api/embed, Cohere's v2/embed, Titan, Nova and Cohere on Bedrock, Gemini's and Vertex AI's. Where a body does
not count (Cohere and Nova on Bedrock), a header does: ``x-amzn-bedrock-input-token-count``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import reading_converse
from .assembly import Reply
from .reading import Failure, error_class, request_id_of
from .reading_gemini import failure_of
from .recordings import Exchange

_NOTHING = Reply(None, None, {}, None, None)

Json = dict[str, Any]


@dataclass(frozen=True)
class EmbeddingReading:
    """``model`` and ``tokens`` are None where they are not told."""

    vectors: Sequence[Sequence[float]]
    model: str | None
    tokens: int | None
    failure: Failure | None
    request_id: str | None
    reply: Reply = _NOTHING


def read(exchange: Exchange) -> EmbeddingReading:
    """Read one exchange."""
    request_id = request_id_of(exchange)
    if exchange.status >= 400:
        return EmbeddingReading((), None, None, _failure(exchange), request_id)
    document = json.loads(exchange.body)
    vectors, tokens = _FORMS[exchange.wire_format](document)
    if tokens is None and (told := exchange.headers.get("x-amzn-bedrock-input-token-count")):
        tokens = int(told)
    return EmbeddingReading(vectors, document.get("model"), tokens, None, request_id)


def _failure(exchange: Exchange) -> Failure:
    if exchange.provider == "bedrock":
        return reading_converse.refused(exchange)
    document = json.loads(exchange.body)
    if "message" in document:  # Cohere's
        message = document["message"]
        return Failure(error_class(exchange.status, set(), message), exchange.status, (message,))
    return failure_of(document["error"])


Read = tuple[list[list[float]], "int | None"]


def _ollama(document: Json) -> Read:
    return document["embeddings"], document.get("prompt_eval_count")


def _cohere(document: Json) -> Read:
    """Billed are texts and pictures."""
    billed = document.get("meta", {}).get("billed_units")
    tokens = billed and int(billed.get("input_tokens", 0) + billed.get("image_tokens", 0))
    return document["embeddings"]["float"], tokens


def _bedrock(document: Json) -> Read:
    """Titan's single vector, Nova's list with kinds, Cohere's by type or, in version 3, as a list."""
    if "embedding" in document:
        return [document["embedding"]], document["inputTextTokenCount"]
    given = document["embeddings"]
    if isinstance(given, dict):
        return given["float"], None
    return [each["embedding"] if isinstance(each, dict) else each for each in given], None


def _gemini(document: Json) -> Read:
    rows = document.get("embeddings") or [document["embedding"]]
    return [row["values"] for row in rows], document.get("usageMetadata", {}).get("promptTokenCount")


def _predict(document: Json) -> Read:
    rows = [row["embeddings"] for row in document["predictions"]]
    return [row["values"] for row in rows], sum(int(row["statistics"]["token_count"]) for row in rows)


_FORMS: Mapping[str, Callable[[Json], Read]] = {
    "bedrock-invoke": _bedrock,
    "cohere-v2.embed": _cohere,
    "gemini-batchEmbedContents": _gemini,
    "gemini-embedContent": _gemini,
    "ollama": _ollama,
    "vertex-embedContent": _gemini,
    "vertex-predict": _predict,
}
