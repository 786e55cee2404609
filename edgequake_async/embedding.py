"""``aembedding`` and its sync shim ``embedding``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .timeouts import TimeoutTypes
    from .types import EmbeddingResponse

    Input = str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]

__all__ = ["aembedding", "embedding"]


async def aembedding(
    model: str,
    input: Input = (),
    dimensions: int | None = None,
    encoding_format: str | None = None,
    timeout: TimeoutTypes | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    api_type: str | None = None,
    caching: bool = False,
    user: str | None = None,
    custom_llm_provider: str | None = None,
    litellm_call_id: str | None = None,
    logger_fn: Any = None,
    **kwargs: Any,
) -> EmbeddingResponse:
    """Turn texts into vectors.

    The numbers stay packed: ``row["embedding"]`` and ``row.embedding`` build the list when asked,
    ``row.memoryview()`` and ``numpy.asarray(row)`` cost nothing.

    Args:
        model: ``"provider/model"``, or a bare name of a model whose provider is known.
        input: a text, texts, or token ids.
        dimensions: length of each vector, where the model offers a choice.
        encoding_format: ``"float"`` or ``"base64"``; both give the same rows here, base64 in a third of the bytes.
        timeout: seconds for the call, or four limits, see ``Timeouts``. Default 600.
        **kwargs: as in ``acompletion``; unknown names are sent to the provider.

    Returns:
        An ``EmbeddingResponse`` with one row per text, in the order of ``index``.

    Raises:
        EQError: every failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import embed

    return await embed(params)


def embedding(
    model: str,
    input: Input = (),
    dimensions: int | None = None,
    encoding_format: str | None = None,
    timeout: TimeoutTypes | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    api_type: str | None = None,
    caching: bool = False,
    user: str | None = None,
    custom_llm_provider: str | None = None,
    litellm_call_id: str | None = None,
    logger_fn: Any = None,
    **kwargs: Any,
) -> EmbeddingResponse:
    """``aembedding`` for code without an event loop; see there. Also works inside a running loop, which it blocks."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import embed_sync

    return embed_sync(params)
