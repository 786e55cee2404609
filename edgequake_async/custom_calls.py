"""Calls to providers that are written in Python: who serves a model string, how it is called, what comes back of it.

A method of the caller's own kind is preferred. Else an async caller waits for the sync one in a worker thread, and a
sync caller waits for the async one in the sync shim. What a handler raises becomes an error of this package's tree.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

from anyio import to_thread
from pydantic import BaseModel

from . import config, sync
from .custom_arguments import chat_arguments, embedding_arguments
from .custom_errors import no_answer, translated
from .custom_llm import has
from .custom_streams import AsyncHandlerStream, SyncHandlerStream
from .exceptions import BadRequestError, UnsupportedParamsError
from .redirects import asked_model, goes_to_proxy
from .terms import CallInfo
from .types import EmbeddingResponse, ModelResponse
from .types.construct import construct

__all__ = ["Custom", "find"]

_Response = TypeVar("_Response", ModelResponse, EmbeddingResponse)


class Custom(NamedTuple):
    """A handler and what it is asked for."""

    handler: Any
    info: CallInfo

    def method(self, wanted: str, other: str) -> str:
        """The first of two that the handler has.

        Raises:
            UnsupportedParamsError: it has neither.
        """
        found = next((name for name in (wanted, other) if has(self.handler, name)), None)
        if found is None:
            kind = type(self.handler).__name__
            why = f"{self.info.provider}: its handler {kind} has neither {wanted} nor {other}"
            raise UnsupportedParamsError(why, self.info.provider, self.info.model)
        return found

    async def chat(self, params: dict[str, Any]) -> ModelResponse | AsyncHandlerStream:
        """``acompletion``."""
        if params["stream"]:
            method = self.method("astreaming", "streaming")
            return AsyncHandlerStream(await _open(self, method, chat_arguments(self.info, params, True)), self.info)
        method = self.method("acompletion", "completion")
        return await _ask(ModelResponse, self, method, chat_arguments(self.info, params, True))

    def chat_sync(self, params: dict[str, Any]) -> ModelResponse | SyncHandlerStream:
        """``completion``. A sync handler runs in the caller's thread, so that it may make sync calls of its own."""
        if params["stream"]:
            method = self.method("streaming", "astreaming")
            arguments = chat_arguments(self.info, params, False)
            if method == "astreaming":
                return SyncHandlerStream(sync.run(_open, self, method, arguments), self.info)
            with translated(self.info):
                items = self.handler.streaming(**arguments)
            return SyncHandlerStream(items, self.info)
        method = self.method("completion", "acompletion")
        return _ask_sync(ModelResponse, self, method, chat_arguments(self.info, params, False))

    async def embed(self, params: dict[str, Any]) -> EmbeddingResponse:
        """``aembedding``."""
        method = self.method("aembedding", "embedding")
        return await _ask(EmbeddingResponse, self, method, embedding_arguments(self.info, params))

    def embed_sync(self, params: dict[str, Any]) -> EmbeddingResponse:
        """``embedding``."""
        method = self.method("embedding", "aembedding")
        return _ask_sync(EmbeddingResponse, self, method, embedding_arguments(self.info, params))


def find(params: Mapping[str, Any]) -> Custom | None:
    """Whose call this is, if it is one of ``custom_provider_map``, whose names win over those of the table."""
    model, provider = asked_model(params), params.get("custom_llm_provider")
    if not isinstance(model, str) or goes_to_proxy(params):
        return None
    prefix, slash, rest = model.partition("/")
    for item in config.handlers():
        try:
            name, handler = item["provider"], item["custom_handler"]
        except (KeyError, TypeError):
            why = "every item must be a dict with 'provider' and 'custom_handler'"
            raise BadRequestError(f"custom_provider_map: {why}, not {item!r}", model, "") from None
        if name == provider or (not provider and slash and name == prefix):
            named = rest if slash and name == prefix else model
            return Custom(handler, CallInfo(name, named, params.get("api_base") or ""))
    return None


async def _ask(cls: type[_Response], custom: Custom, method: str, arguments: dict[str, Any]) -> _Response:
    started = time.perf_counter()
    with translated(custom.info):
        answer = await _called(custom, method, arguments)
    return _read(cls, answer, custom.info, started)


def _ask_sync(cls: type[_Response], custom: Custom, method: str, arguments: dict[str, Any]) -> _Response:
    if method.startswith("a"):
        response: _Response = sync.run(_ask, cls, custom, method, arguments)
        return response
    started = time.perf_counter()
    with translated(custom.info):
        answer = getattr(custom.handler, method)(**arguments)
    return _read(cls, answer, custom.info, started)


async def _open(custom: Custom, method: str, arguments: dict[str, Any]) -> Any:
    with translated(custom.info):
        return await _called(custom, method, arguments)


async def _called(custom: Custom, method: str, arguments: dict[str, Any]) -> Any:
    call = partial(getattr(custom.handler, method), **arguments)
    # A thread cannot be stopped, but who leaves is not held up by it.
    called = call() if method.startswith("a") else await to_thread.run_sync(call, abandon_on_cancel=True)
    return await called if inspect.isawaitable(called) else called


class _Source:
    """Where the response of a handler came from."""

    headers: Mapping[str, str] = {}

    def __init__(self, info: CallInfo, response_ms: float) -> None:
        self._info = info
        self.response_ms = response_ms

    def hidden_params(self, response: Any) -> dict[str, Any]:
        from .reply import hidden_params

        return {**hidden_params(self._info, []), "_response_ms": self.response_ms}


def _read(cls: type[_Response], answer: Any, info: CallInfo, started: float) -> _Response:
    if isinstance(answer, BaseModel) and not isinstance(answer, cls):
        answer = answer.model_dump()
    response = construct(cls, answer) if isinstance(answer, Mapping) else answer
    if not isinstance(response, cls):
        raise no_answer(f"returned {type(answer).__name__}, not a {cls.__name__} or a dict", info)
    # One that came from a call of the handler's own says already where from.
    if "_source" not in response._beside():
        response.attach(_Source(info, (time.perf_counter() - started) * 1000))
    return response
