"""A chat's answer as a message: the whole of it, and its chunks as events, for both kinds of callers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from ..streaming import AsyncStreamWrapper, CustomStreamWrapper, SyncStreamWrapper
from ..terms import CallInfo
from ..types import ModelResponse
from .bridge_reply import Translator, to_message
from .bridge_request import Asked
from .events import AnthropicEvent, MessageReply

__all__ = ["AsyncBridge", "SyncBridge", "whole"]


class _OfChat:
    """What is known of a call that was a chat."""

    def __init__(self, answer: ModelResponse) -> None:
        self._answer = answer

    @property
    def headers(self) -> dict[str, str]:
        return dict(self._answer._response_headers or {})

    def hidden_params(self, response: Any) -> dict[str, Any]:
        return self._answer._hidden_params


def whole(answer: ModelResponse, asked: Asked) -> MessageReply:
    """A whole answer as a message."""
    reply = MessageReply(to_message(answer, asked.info.model))
    reply._source = _OfChat(answer)
    return reply


class _Bridge:
    """What both have in common."""

    def __init__(self, chunks: CustomStreamWrapper, asked: Asked) -> None:
        self._chunks_told = chunks
        self._translator = Translator(asked.info.model)
        self._closed = False
        self.info: CallInfo = asked.info

    def headers(self) -> dict[str, str]:
        return self._chunks_told._response_headers

    def hidden_params(self) -> dict[str, Any]:
        return self._chunks_told._hidden_params


class AsyncBridge(_Bridge):
    """For async callers."""

    def __init__(self, chunks: AsyncStreamWrapper, asked: Asked) -> None:
        super().__init__(chunks, asked)
        self._chunks = chunks
        self._ready: deque[AnthropicEvent] = deque()
        self._ended = False

    async def next(self) -> AnthropicEvent:
        while not self._ready:
            if self._ended:
                raise StopAsyncIteration
            try:
                self._translator.read(await self._chunks.__anext__())
            except StopAsyncIteration:
                if self._closed:
                    raise
                self._ended = True
                self._translator.end()
            self._ready.extend(self._translator.take())
        return self._ready.popleft()

    async def aclose(self) -> None:
        self._closed = True
        await self._chunks.aclose()


class SyncBridge(_Bridge):
    """For sync callers."""

    def __init__(self, chunks: SyncStreamWrapper, asked: Asked) -> None:
        super().__init__(chunks, asked)
        self._chunks = chunks

    def events(self) -> Iterator[AnthropicEvent]:
        for chunk in self._chunks:
            self._translator.read(chunk)
            yield from self._translator.take()
        if not self._closed:
            self._translator.end()
            yield from self._translator.take()

    def close(self) -> None:
        self._closed = True
        self._chunks.close()
