"""The async core: one call, from its keyword arguments to a response. The async API and its sync shims end here, and
here calls to providers in Python turn off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _eq_core, config, sync
from ._error_mapping import to_exception
from .exceptions import BadRequestError
from .loops import enter
from .media import has_media, inline
from .reply import ReplySource
from .request import prepare
from .streaming import AsyncStreamWrapper, Reader, SyncStreamWrapper
from .types import EmbeddingResponse, ModelResponse
from .types.tolerant import read
from .validation import checker

if TYPE_CHECKING:
    from .custom_calls import Custom

__all__ = ["chat", "chat_sync", "embed", "embed_sync"]


async def chat(params: dict[str, Any]) -> ModelResponse | AsyncStreamWrapper:
    """A chat completion; see ``acompletion``. ``params`` has every argument, ``None`` for those not given."""
    if custom := _custom(params):
        return await custom.chat(params)
    port = await enter()
    if has_media(params):
        await inline(params)
    target, body, info, headers = prepare("chat", params)
    check = None if params["response_format"] is None else checker(params, info)
    try:
        if params["stream"]:
            reader = Reader(info.provider, info.model)
            opened = await _eq_core.open_stream(port, target, body, reader.decode, reader.fail, "chat", headers)
            return AsyncStreamWrapper(opened.take(), info, check and (lambda: check(reader.whole())))
        reply = await _eq_core.request(port, target, body, headers)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    try:
        response = read(ModelResponse, reply.body)
    except ValueError as error:
        raise to_exception(target.invalid(reply, str(error)), info.model) from None
    response.attach(ReplySource(reply, info))
    if check is not None:
        check(response)
    return response


async def embed(params: dict[str, Any]) -> EmbeddingResponse:
    """An embeddings call; see ``aembedding``."""
    _check_input(params["input"], params["model"])
    if custom := _custom(params):
        return await custom.embed(params)
    port = await enter()
    target, body, info, headers = prepare("embeddings", params)
    try:
        embedded = await _eq_core.embed(port, target, body, _is_float32(params), headers)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    reply, packed = embedded.reply, embedded.packed
    try:
        response = read(EmbeddingResponse, reply.body) if packed is None else EmbeddingResponse.from_packed(*packed)
    except ValueError as error:
        raise to_exception(target.invalid(reply, str(error)), info.model) from None
    response.attach(ReplySource(reply, info))
    return response


def chat_sync(params: dict[str, Any]) -> ModelResponse | SyncStreamWrapper:
    """``chat`` for sync callers."""
    if custom := _custom(params):
        return custom.chat_sync(params)
    response = sync.run(chat, params)
    return SyncStreamWrapper.of(response) if isinstance(response, AsyncStreamWrapper) else response


def embed_sync(params: dict[str, Any]) -> EmbeddingResponse:
    """``embed`` for sync callers."""
    if custom := _custom(params):
        _check_input(params["input"], params["model"])
        return custom.embed_sync(params)
    return sync.run(embed, params)


def _custom(params: dict[str, Any]) -> Custom | None:
    """Whose call this is, if a provider in Python serves it; 40 ns where there are none."""
    if not config.handlers():
        return None
    from .custom_calls import find

    return find(params)


def _check_input(texts: Any, model: Any) -> None:
    if not isinstance(texts, str) and (isinstance(texts, (bytes, Mapping)) or not hasattr(texts, "__iter__")):
        raise BadRequestError(f"input: must be a text, texts or tokens, not {type(texts).__name__}", str(model), "")
    # len(), because the truth of a numpy array is an error of its own.
    if hasattr(texts, "__len__") and len(texts) == 0:
        raise BadRequestError("input: must not be empty", str(model), "")


def _is_float32(params: dict[str, Any]) -> bool:
    """Whether base64 in the reply is packed float32: where it was asked for (unasked, Perplexity's is int8)."""
    return params.get("encoding_format") == "base64" and params.get("output_dtype") in (None, "float")
