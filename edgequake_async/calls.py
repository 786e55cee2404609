"""The async core: one call, from its keyword arguments to a response. The async API and its sync shims end here, and
here calls turn off that no provider is asked for, or others than the one that is named."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from . import _eq_core, config, sync
from ._error_mapping import to_exception
from .exceptions import BadRequestError, UnsupportedParamsError
from .loops import enter
from .media import has_media, inline
from .ranking import normalise
from .reply import ReplySource
from .request import prepare, resolve_call
from .streaming import AsyncStreamWrapper, Reader, SyncStreamWrapper
from .types import EmbeddingResponse, ModelResponse, RerankResponse
from .types.construct import construct
from .types.tolerant import read
from .validation import checker

if TYPE_CHECKING:
    from .custom_calls import Custom
    from .mock import Mock

__all__ = ["chat", "chat_sync", "embed", "embed_sync", "rank"]


async def chat(params: dict[str, Any]) -> ModelResponse | AsyncStreamWrapper:
    """A chat completion; see ``acompletion``. ``params`` has every argument, ``None`` for those not given."""
    if fallbacks := _fallbacks(params):
        return await fallbacks(params)
    if other := _mock(params) or _custom(params):
        return await other.chat(params)
    port = await enter()
    if "azure_ad_token_provider" in params:
        await _ask_for_token(params)
    if has_media(params):
        await inline(params)
    target, body, info, headers = prepare("chat", params)
    check = None if params.get("response_format") is None else checker(params, info)
    try:
        if params["stream"]:
            reader = Reader(info.provider, info.model)
            opened = await _eq_core.open_stream(port, target, body, reader.decode, reader.fail, "chat", headers)
            return AsyncStreamWrapper(opened.take(), info, check and partial(_check_whole, check, reader))
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
    if "azure_ad_token_provider" in params:
        await _ask_for_token(params)
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


async def rank(params: dict[str, Any]) -> RerankResponse:
    """A rerank; see ``arerank``."""
    if custom := _custom(params):
        why = f"{custom.info.provider}: a handler in Python has no rerank"
        raise UnsupportedParamsError(why, custom.info.provider, custom.info.model)
    port = await enter()
    params["documents"] = _listed(params["documents"])
    target, body, info, headers = prepare("rerank", params)
    try:
        reply = await _eq_core.request(port, target, body, headers)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    documents = params["documents"] if params["return_documents"] else None
    try:
        response = construct(RerankResponse, normalise(reply.body, documents, params["top_n"]))
    except (ValueError, RecursionError) as error:
        raise to_exception(target.invalid(reply, str(error)), info.model) from None
    response.attach(ReplySource(reply, info))
    return response


def _check_whole(check: Callable[[Any], None], reader: Reader) -> None:
    check(reader.whole())


def chat_sync(params: dict[str, Any]) -> ModelResponse | SyncStreamWrapper:
    """``chat`` for sync callers."""
    if not _fallbacks(params) and (other := _mock(params) or _custom(params)):
        return other.chat_sync(params)
    response = sync.run(chat, params)
    return SyncStreamWrapper.of(response) if isinstance(response, AsyncStreamWrapper) else response


def embed_sync(params: dict[str, Any]) -> EmbeddingResponse:
    """``embed`` for sync callers."""
    if custom := _custom(params):
        _check_input(params["input"], params["model"])
        return custom.embed_sync(params)
    return sync.run(embed, params)


def _fallbacks(params: dict[str, Any]) -> Callable[..., Awaitable[ModelResponse | AsyncStreamWrapper]] | None:
    """What asks other models where this one fails, if the call names any; 0.1 us where it does not."""
    get = params.get
    named = get("fallbacks")
    if not (
        (config.is_rerouting() and config.get("model_fallbacks") if named is None else named)
        or get("context_window_fallbacks")
        or get("context_window_fallback_dict")
        or get("content_policy_fallbacks")
    ):
        return None
    from . import fallbacks

    return fallbacks.chat


def _mock(params: dict[str, Any]) -> Mock | None:
    """The answer that the call brings with it, if it does."""
    get = params.get
    if get("mock_response") is None and not get("mock_tool_calls") and not get("mock_timeout"):
        return None
    from .mock import Mock

    return Mock(params)


def _custom(params: dict[str, Any]) -> Custom | None:
    """Whose call this is, if a provider in Python serves it; 40 ns where there are none."""
    if not config.handlers():
        return None
    from .custom_calls import find

    return find(params)


def _listed(documents: Any) -> Any:
    """A list of what can be walked only once: it is sent, and then stands beside the results."""
    is_iterator = hasattr(documents, "__iter__") and not hasattr(documents, "__len__")
    return list(documents) if is_iterator else documents


async def _ask_for_token(params: dict[str, Any]) -> None:
    from .entra import fetch_token

    await fetch_token(params, resolve_call(params)[0])


def _check_input(texts: Any, model: Any) -> None:
    if not isinstance(texts, str) and (isinstance(texts, (bytes, Mapping)) or not hasattr(texts, "__iter__")):
        raise BadRequestError(f"input: must be a text, texts or tokens, not {type(texts).__name__}", str(model), "")
    # len(), because the truth of a numpy array is an error of its own.
    if hasattr(texts, "__len__") and len(texts) == 0:
        raise BadRequestError("input: must not be empty", str(model), "")


def _is_float32(params: dict[str, Any]) -> bool:
    """Whether base64 in the reply is packed float32: where it was asked for (unasked, Perplexity's is int8)."""
    return params.get("encoding_format") == "base64" and params.get("output_dtype") in (None, "float")
