"""Answers without a provider: ``mock_response=`` of a call, in litellm's forms. Nothing is sent.

A text is the answer's content, an exception is raised, ``"litellm.RateLimitError"`` raises that class, a
``ModelResponse`` or a dict of one is handed back. ``mock_tool_calls`` are the answer's calls; ``mock_timeout=True``
waits for the call's ``timeout`` and then raises ``Timeout``. For whole servers see ``edgequake_async.testing``.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import anyio
from pydantic import BaseModel

from . import exceptions, sync
from .custom_errors import failure
from .custom_streams import AsyncHandlerStream, SyncHandlerStream
from .exceptions import BadRequestError, EQError, Timeout
from .reply import ReplySource
from .request import resolve_call
from .terms import CallInfo
from .timeouts import read_timeout
from .types import ModelResponse
from .types.construct import construct

__all__ = ["NAMES", "Mock"]

NAMES = ("mock_response", "mock_tool_calls", "mock_timeout")

# What litellm's mocks cost, which programs' tests count on.
_USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
_PIECE = 3


class Mock:
    """One call's answer."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        model = params["model"]
        if not isinstance(model, str):
            raise BadRequestError(f"model: must be a string, not {type(model).__name__}", "", "")
        provider, name = resolve_call(params)
        self._info = CallInfo(provider, name, params.get("api_base") or "")
        self._given = params.get("mock_response")
        self._calls = params.get("mock_tool_calls")
        self._n = params.get("n") or 1
        self._stream = bool(params.get("stream"))
        self._wait = None
        if params.get("mock_timeout"):
            limits = read_timeout(params.get("timeout"), stream=False, model=model)
            self._wait = limits[3] or limits[0] or 0.0

    async def chat(self, params: Mapping[str, Any]) -> ModelResponse | AsyncHandlerStream:
        """``acompletion``."""
        if self._wait is not None:
            await anyio.sleep(self._wait)
            raise Timeout("Timed out: mock_timeout", self._info.model, self._info.provider, timeout_kind="total")
        response = self._response()
        return AsyncHandlerStream(_chunks(response), self._info) if self._stream else response

    def chat_sync(self, params: Mapping[str, Any]) -> ModelResponse | SyncHandlerStream:
        """``completion``."""
        if self._wait is not None:
            sync.run(self.chat, params)
        response = self._response()
        return SyncHandlerStream(_chunks(response), self._info) if self._stream else response

    def _response(self) -> ModelResponse:
        given = self._given
        if isinstance(given, Exception):
            raise failure(given, self._info)
        if isinstance(given, str) and given.startswith("litellm."):
            cls = getattr(exceptions, given.removeprefix("litellm."), None)
            if isinstance(cls, type) and issubclass(cls, EQError):
                raise _raised(cls, self._info)
        if isinstance(given, ModelResponse):
            return given
        if isinstance(given, Mapping):
            return construct(ModelResponse, dict(given))
        if given is not None and not isinstance(given, str):
            kind = type(given).__name__
            why = f"mock_response: must be a text, an exception, a dict or a ModelResponse, not {kind}"
            raise BadRequestError(why, self._info.model, self._info.provider)
        message: dict[str, Any] = {"role": "assistant", "content": given}
        if self._calls:
            message["tool_calls"] = [_call(call) for call in self._calls]
        reason = "tool_calls" if self._calls else "stop"
        document = {
            "id": f"chatcmpl-{uuid.uuid4()}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": self._info.model,
            "choices": [{"index": index, "message": message, "finish_reason": reason} for index in range(self._n)],
            "usage": _USAGE,
        }
        response = construct(ModelResponse, json.loads(json.dumps(document)))
        response.attach(ReplySource.unsent(self._info))
        return response


def _raised(cls: type[EQError], info: CallInfo) -> EQError:
    message = "This is a mock error"
    if issubclass(cls, exceptions.APIError):
        return cls(500, message, info.provider, info.model)
    return cls(message=message, llm_provider=info.provider, model=info.model)


def _call(call: Any) -> dict[str, Any]:
    plain: dict[str, Any] = call.model_dump() if isinstance(call, BaseModel) else dict(call)
    return {"id": f"call_{uuid.uuid4()}", "type": "function", **plain}


def _chunks(response: ModelResponse) -> Iterator[dict[str, Any]]:
    """The response as a stream."""
    head = {"id": response.id, "object": "chat.completion.chunk", "created": response.created, "model": response.model}

    def chunk(index: int, delta: Mapping[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": index, "delta": delta, "finish_reason": reason}]}

    for choice in response.choices:
        index, message = choice.index, choice.message
        yield chunk(index, {"role": "assistant", "content": ""})
        text = message.content or ""
        for start in range(0, len(text), _PIECE):
            yield chunk(index, {"content": text[start : start + _PIECE]})
        for position, call in enumerate(message.tool_calls or ()):
            yield chunk(index, {"tool_calls": [{"index": position, **call.model_dump()}]})
        yield chunk(index, {}, choice.finish_reason)
