"""``aembedding`` and its sync shim ``embedding``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import _eq_core, request, sync
from ._error_mapping import to_exception
from .exceptions import BadRequestError
from .loops import current_port
from .reply import ReplySource, invalid_reply
from .timeouts import TimeoutTypes
from .types import EmbeddingResponse
from .types.tolerant import read

__all__ = ["aembedding", "embedding"]

Input = str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]


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
    if not isinstance(input, str) and (isinstance(input, (bytes, dict)) or not hasattr(input, "__iter__")):
        raise BadRequestError(f"input: must be a text, texts or tokens, not {type(input).__name__}", str(model), "")
    if not input:
        raise BadRequestError("input: must not be empty", str(model), "")
    target, body, info = request.prepare("embeddings", params)
    try:
        embedded = await _eq_core.embed(current_port(), target, body, _is_float32(params))
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    reply, packed = embedded.reply, embedded.packed
    try:
        response = (
            read(EmbeddingResponse, reply.body) if packed is None else EmbeddingResponse.from_packed(*packed)
        )
    except ValueError as error:
        raise invalid_reply(reply, info, str(error)) from None
    response.attach(ReplySource(reply, info))
    return response


def _is_float32(params: dict[str, Any]) -> bool:
    """Whether base64 in the reply is packed float32: where it was asked for (unasked, Perplexity's is int8)."""
    return params.get("encoding_format") == "base64" and params.get("output_dtype") in (None, "float")


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
    return sync.run(_aembedding_of, params)


async def _aembedding_of(params: dict[str, Any]) -> EmbeddingResponse:
    return await aembedding(**params)
