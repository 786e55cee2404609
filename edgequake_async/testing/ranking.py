"""Documents in the order of their closeness to a query: texts that share words are close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .brain import tokens
from .fields import given, needed
from .openai_ask import Refusal
from .vectors import embed

_DIMENSIONS = 512


def ranked(body: Mapping[str, Any], top: str = "top_n") -> list[dict[str, Any]]:
    """The ``documents`` of a request, the closest first, as many as ``top`` says. Raises Refusal (400)."""
    query = needed(body, "query", str)
    texts = _texts(body)
    n_rows = given(body, top, int, default=len(texts))
    if n_rows < 1:
        raise Refusal(400, f"Invalid '{top}': expected at least 1.", param=top, code="invalid_value")
    rows: list[dict[str, Any]] = [
        {"index": index, "relevance_score": closeness(query, text), "document": {"text": text}}
        for index, text in enumerate(texts)
    ]
    rows.sort(key=lambda row: (-row["relevance_score"], row["index"]))
    return rows[:n_rows]


def reading(body: Mapping[str, Any]) -> int:
    """How many tokens are read to rank. Raises Refusal (400)."""
    return sum(len(tokens(text)) for text in [needed(body, "query", str), *_texts(body)])


def closeness(left: str, right: str) -> float:
    """The cosine of two texts, from 0 up."""
    pairs = zip(embed(left, _DIMENSIONS), embed(right, _DIMENSIONS), strict=True)
    return round(max(0.0, sum(a * b for a, b in pairs)), 6)


def text_of(item: Any) -> str:
    """The text that a document is or has. Raises Refusal (400)."""
    text = item.get("text") if isinstance(item, Mapping) else item
    if not isinstance(text, str):
        raise Refusal(400, "Invalid 'documents': expected strings or objects with a text.", param="documents")
    return text


def _texts(body: Mapping[str, Any]) -> list[str]:
    return [text_of(item) for item in needed(body, "documents", list)]
