"""What providers' rerank endpoints differ in: names of parameters, what a document may be, the shape of a reply.

One shape on our side, litellm's, which is Cohere's (https://docs.cohere.com/reference/rerank). Providers that are not
in the table are told everything that is asked, as servers of open models copy Cohere's and Jina's shape.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .exceptions import BadRequestError, UnsupportedParamsError
from .params import drops

__all__ = ["ARGUMENTS", "normalise", "to_request"]

_PARAMS = ("top_n", "rank_fields", "max_chunks_per_doc", "max_tokens_per_doc")
# What is sent by the names that the provider has for it, or not at all.
ARGUMENTS = frozenset({"query", "documents", "return_documents", *_PARAMS})
# By provider, the parameters that it has and what it calls them.
_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
        "bedrock": {"top_n": "top_n"},
        # https://docs.cohere.com/reference/rerank
        "cohere": {"top_n": "top_n", "max_tokens_per_doc": "max_tokens_per_doc"},
        # https://huggingface.github.io/text-embeddings-inference: ranks all, so `top_n` is taken from the reply.
        "huggingface": {"documents": "texts", "top_n": ""},
        # https://jina.ai/reranker
        "jina_ai": {"top_n": "top_n"},
        # https://openrouter.ai/docs/api/api-reference/rerank/create-rerank
        "openrouter": {"top_n": "top_n"},
        # https://docs.together.ai/reference/rerank-1
        "together_ai": {"top_n": "top_n", "rank_fields": "rank_fields"},
        # https://docs.voyageai.com/reference/reranker-api
        "voyage": {"top_n": "top_k"},
    }
)
# They rank texts only.
_TEXTS_ONLY = frozenset({"cohere", "huggingface", "voyage"})


def to_request(provider: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``arerank`` that are the provider's, by its names.

    Raises:
        BadRequestError: the query or a document is none, or of a kind that the provider does not rank.
        UnsupportedParamsError: a parameter that the provider lacks, unless ``drop_params``.
    """
    model, query = params["model"], params["query"]
    if not isinstance(query, str):
        raise BadRequestError(f"query: must be a string, not {type(query).__name__}", model, provider)
    top_n = params.get("top_n")
    if top_n is not None and (isinstance(top_n, bool) or not isinstance(top_n, int) or top_n < 0):
        raise BadRequestError(f"top_n: must be a number from 0, not {top_n!r}", model, provider)
    names = _NAMES.get(provider, {})
    known = names or dict.fromkeys(_PARAMS)
    given = [name for name in _PARAMS if params.get(name) is not None]
    missing = [name for name in given if name not in known]
    if missing and not drops(params):
        why = f"{provider} does not support parameters: {missing}, for rerank with model={model}. "
        raise UnsupportedParamsError(f"{why}To drop these, set drop_params=True.", provider, model)
    body = {"query": query, names.get("documents", "documents"): _documents(provider, params["documents"], model)}
    for name in given:
        if name in known and (theirs := names.get(name, name)):
            body[theirs] = params[name]
    return body


def _documents(provider: str, documents: Any, model: str) -> list[Any]:
    if isinstance(documents, (str, bytes, Mapping)) or not hasattr(documents, "__iter__"):
        raise BadRequestError(f"documents: must be a list, not {type(documents).__name__}", model, provider)
    checked = [dict(each) if isinstance(each, Mapping) else each for each in documents]
    if not checked:
        raise BadRequestError("documents: must not be empty", model, provider)
    for index, document in enumerate(checked):
        if isinstance(document, dict):
            if document.keys() == {"text"}:
                checked[index] = document["text"]
            elif provider in _TEXTS_ONLY:
                why = f"{provider} ranks texts; write the fields of a dict into one, as YAML for example"
                raise BadRequestError(f"documents[{index}]: {why}", model, provider)
        elif not isinstance(document, str):
            why = f"must be a string or a dict, not {type(document).__name__}"
            raise BadRequestError(f"documents[{index}]: {why}", model, provider)
    return checked


def normalise(body: bytes, documents: Sequence[Any] | None, top_n: int | None) -> dict[str, Any]:
    """A reply in litellm's shape. What has no place there keeps its name.

    Args:
        body: what the provider sent.
        documents: what it was sent, to put beside the results; None for results without documents.
        top_n: how many results there may be.

    Raises:
        ValueError: it is no ranking.
    """
    reply = json.loads(body)
    # https://huggingface.github.io/text-embeddings-inference: a bare list.
    reply = {"results": reply} if isinstance(reply, list) else reply
    if not isinstance(reply, dict):
        raise ValueError(f"the reply is no object but {type(reply).__name__}")  # noqa: TRY004
    rows = next((reply.pop(key) for key in ("results", "data") if isinstance(reply.get(key), list)), None)
    if rows is None or not all(isinstance(row, dict) and isinstance(row.get("index"), int) for row in rows):
        raise ValueError("the reply holds no results with an index each")
    results = [_result(row, documents) for row in rows[:top_n]]
    meta = _meta(reply)
    id = reply.pop("id", None) or str(uuid.uuid4())
    reply.pop("object", None)
    return {"id": id, "results": results, **({"meta": meta} if meta else {}), **reply}


def _result(row: dict[str, Any], documents: Sequence[Any] | None) -> dict[str, Any]:
    index = row.pop("index")
    score = next((row.pop(key) for key in ("relevance_score", "score") if key in row), None)
    sent_back = row.pop("document", None) or row.pop("text", None)
    result = {"index": index, "relevance_score": score, **row}
    if documents is not None:
        document = sent_back or (documents[index] if 0 <= index < len(documents) else None)
        if document is not None:
            result["document"] = {"text": document} if isinstance(document, str) else document
    return result


def _meta(reply: dict[str, Any]) -> dict[str, Any]:
    """Cohere's ``meta``; else made of a ``usage``, which stays. Nothing is written, so that all tokens are input."""
    meta = reply.pop("meta", None)
    if isinstance(meta, dict):
        return meta
    usage = reply.get("usage")
    if not isinstance(usage, dict):
        return {}
    billed = {key: usage[key] for key in ("search_units", "total_tokens") if usage.get(key) is not None}
    tokens = usage.get("prompt_tokens", usage.get("total_tokens"))
    told = {"billed_units": billed, "tokens": {} if tokens is None else {"input_tokens": tokens}}
    return {key: value for key, value in told.items() if value}
