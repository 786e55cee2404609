"""An independent reading of recorded rerank answers, whoever gave them, in litellm's shape.

Cohere's form has results and what was billed; others have a usage like OpenAI's, or one token count for all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .recordings import Exchange

Json = dict[str, Any]


@dataclass(frozen=True)
class RerankReading:
    """``results`` in the provider's order, ``document`` where it is sent back. ``id`` is None where there is none.

    ``billed`` and ``tokens`` have what must be in the answer's meta, ``usage`` is the provider's own.
    """

    id: str | None
    results: Sequence[Mapping[str, Any]]
    billed: Mapping[str, Any]
    tokens: Mapping[str, Any]
    usage: Mapping[str, Any]


def read(exchange: Exchange) -> RerankReading:
    """Read one exchange; none of them is an error."""
    document = json.loads(exchange.body)
    results = document["results"] if "results" in document else document["data"]
    meta, usage = document.get("meta", {}), document.get("usage", {})
    counted = {key: usage[key] for key in ("search_units", "total_tokens") if key in usage}
    return RerankReading(
        id=document.get("id"),
        results=[_result(each) for each in results],
        billed=meta.get("billed_units") or counted,
        tokens=meta.get("tokens") or _tokens(usage),
        usage=usage,
    )


def _result(given: Json) -> Json:
    """Bedrock writes its names otherwise."""
    score = given["relevance_score"] if "relevance_score" in given else given["relevanceScore"]
    sent_back = {"document": given["document"]} if given.get("document") else {}
    return {"index": given["index"], "relevance_score": score, **sent_back}


def _tokens(usage: Json) -> Json:
    """Nothing is written, so that all tokens are input."""
    counted = usage.get("prompt_tokens", usage.get("total_tokens"))
    return {} if counted is None else {"input_tokens": counted}
