"""Reranking as the fake provider speaks it, in the shape of whose model it is: Cohere's, Jina's or Voyage's.

All three use a path that ends in /rerank. Voyage's models are recognised by a number after ``rerank-``, Cohere's by
the other names with ``rerank-`` and by a path of v2; every other model is answered as Jina answers, which the servers
that host open models copy. https://docs.cohere.com/reference/rerank, https://jina.ai/reranker,
https://docs.voyageai.com/reference/reranker-api
"""

from __future__ import annotations

import re
from typing import Any

from . import cohere_wire
from .framing import Answer
from .openai_ask import Refusal, bearer, parsed
from .openai_wire import json_answer, lenient
from .ranking import ranked, reading
from .records import Received
from .replies import Common, Error, Stream, Text

_PLAIN = Common()
_COHERES = re.compile(r"rerank-[a-z]")
_VOYAGES = re.compile(r"rerank-(\d|lite)")


def speaks(record: Received) -> bool:
    """Whether the path ends in rerank."""
    return record.path.rstrip("/").endswith("/rerank")


def check_key(record: Received, key: str) -> None:
    """Raises Refusal (401) unless the key comes as a bearer token."""
    if _is_coheres(record):
        cohere_wire.check_key(record, key)
    elif bearer(record) != key:
        raise Refusal(401, "Provided API key is invalid.")


def default(record: Received) -> Answer:
    """The documents in their order. Raises Refusal."""
    return json_answer(record, _ranking(record), _PLAIN)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in the shape of whoever refuses."""
    return render(Error(status=refusal.status, message=str(refusal)), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted error. Raises TypeError for a scripted text or stream: a ranking holds neither."""
    if not isinstance(reply, Error):
        raise TypeError("reranking is answered by raw() or error(), not by a text or a stream")
    if _is_coheres(record):
        return cohere_wire.render(reply, record)
    return json_answer(record, {"detail": reply.message}, reply, reply.status)


def _ranking(record: Received) -> dict[str, Any]:
    if record.method != "POST":
        raise Refusal(405, "Method Not Allowed")
    body = parsed(record)
    if not body.get("model"):
        raise Refusal(400, "model is required")
    shows = body.get("return_documents")
    if _VOYAGES.match(_model(record)):
        rows = ranked(body, "top_k")
        told = [{**row, "document": row["document"]["text"]} for row in rows] if shows is True else _bare(rows)
        usage = {"total_tokens": reading(body)}
        return {"object": "list", "data": told, "model": body["model"], "usage": usage}
    rows = ranked(body)
    if _is_coheres(record):
        version = {"version": "2" if "v2" in record.path.split("/") else "1"}
        meta = {"api_version": version, "billed_units": {"search_units": 1}}
        return {"id": f"{record.number:08d}", "results": rows if shows is True else _bare(rows), "meta": meta}
    told = _bare(rows) if shows is False else rows
    return {"model": body["model"], "object": "list", "usage": {"total_tokens": reading(body)}, "results": told}


def _bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "document"} for row in rows]


def _is_coheres(record: Received) -> bool:
    return "v2" in record.path.split("/") or bool(_COHERES.match(_model(record)) and not _VOYAGES.match(_model(record)))


def _model(record: Received) -> str:
    return str(lenient(record).get("model", ""))
