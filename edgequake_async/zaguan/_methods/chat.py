"""Chat completions: ``POST /v1/chat/completions``, whole or streamed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._streams import AsyncStream
from .._transport import BaseClient
from ..models import ChatChunk, ChatRequest, ChatResponse
from ._requests import read_request, refuse_stream

__all__ = ["ChatMethods"]

_PATH = "/chat/completions"
_MODEL = "openai/gpt-4o-mini"


class ChatMethods(BaseClient):
    """OpenAI-shaped chat with any provider's model."""

    async def chat(
        self, /, request: ChatRequest | Mapping[str, Any] | None = None, request_id: str | None = None, **fields: Any
    ) -> ChatResponse:
        """One chat completion.

        Args:
            request: a ``ChatRequest`` or a mapping of its fields. Without it, the fields are given as keywords:
                ``client.chat(model="openai/gpt-4o-mini", messages=[...])``.
            request_id: the ``X-Request-Id``, under which CoreX counts credits once; None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            ValueError: the request says ``stream=True``; ``chat_stream`` is for that.
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error; see ``edgequake_async.zaguan.errors``.
        """
        asked, call = read_request(ChatRequest, request, request_id, fields)
        refuse_stream(asked, "chat_stream")
        return await self._send(ChatResponse, "POST", _PATH, call, body=asked, model=asked.model)

    def chat_stream(
        self, /, request: ChatRequest | Mapping[str, Any] | None = None, request_id: str | None = None, **fields: Any
    ) -> AsyncStream[ChatChunk]:
        """One chat completion in chunks as they arrive; sets ``stream`` itself.

        The request goes out when the stream is first awaited, entered or iterated, and that raises its error. Leaving
        ``async with``, ``aclose`` or dropping the stream closes the connection.

        Args and errors as for ``chat``; a failure in the middle has what had arrived in its ``partial``.
        """
        asked, call = read_request(ChatRequest, request, request_id, fields)
        body = asked.model_copy(update={"stream": True})
        return self._stream(ChatChunk, "chat", "POST", _PATH, call, body=body, model=asked.model)

    async def chat_simple(self, /, message: str, model: str = _MODEL, **fields: Any) -> ChatResponse:
        """The answer to one user message.

        Args:
            message: what the user says.
            model: the model, as ``provider/name``.
            **fields: further fields of the request, ``request_id``, and the call's options; see ``chat``.
        """
        return await self.chat(model=model, messages=[{"role": "user", "content": message}], **fields)

    async def chat_with_system(
        self, /, system_prompt: str, user_message: str, model: str = _MODEL, **fields: Any
    ) -> ChatResponse:
        """The answer to one user message under a system prompt.

        Args:
            system_prompt: the instructions.
            user_message: what the user says.
            model: the model, as ``provider/name``.
            **fields: further fields of the request, ``request_id``, and the call's options; see ``chat``.
        """
        messages = [{"role": "system", "content": system_prompt}, {"role": "user", "content": user_message}]
        return await self.chat(model=model, messages=messages, **fields)
