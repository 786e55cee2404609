"""``arerank`` and its sync shim ``rerank``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .types import RerankResponse

__all__ = ["arerank", "rerank"]


async def arerank(
    model: str,
    query: str,
    documents: Sequence[str | dict[str, Any]],
    custom_llm_provider: str | None = None,
    top_n: int | None = None,
    rank_fields: Sequence[str] | None = None,
    return_documents: bool | None = True,
    max_chunks_per_doc: int | None = None,
    max_tokens_per_doc: int | None = None,
    **kwargs: Any,
) -> RerankResponse:
    """Put documents in the order of what they have to do with a query.

    Args:
        model: ``"provider/model"``: ``"cohere/rerank-v3.5"``, ``"voyage/rerank-2.5"``, ``"jina_ai/..."``, ...
        query: a question, or what is looked for.
        documents: texts; or dicts, where the provider ranks those. ``{"text": ...}`` is a text everywhere.
        top_n: how many of the best to return; all where not given.
        rank_fields: which fields of dicts count, where the provider offers the choice (Together).
        return_documents: with each result the document; taken from ``documents`` where the provider does not send it.
        max_chunks_per_doc, max_tokens_per_doc: how much of a long document is read, where the provider offers it.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...); unknown names are sent to the
            provider.

    Returns:
        A ``RerankResponse``, the most relevant document first.

    Raises:
        UnsupportedParamsError: the provider has no reranking, or lacks a parameter; ``drop_params=True`` leaves it out.
        BadRequestError: a document that the provider cannot rank.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import rank

    return await rank(params)


def rerank(
    model: str,
    query: str,
    documents: Sequence[str | dict[str, Any]],
    custom_llm_provider: str | None = None,
    top_n: int | None = None,
    rank_fields: Sequence[str] | None = None,
    return_documents: bool | None = True,
    max_chunks_per_doc: int | None = None,
    max_tokens_per_doc: int | None = None,
    **kwargs: Any,
) -> RerankResponse:
    """``arerank`` for code without an event loop; see there. Also works inside a running loop, which it blocks."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import rank
    from .sync import run

    return run(rank, params)
