"""A chat's answer as a response: the whole of it, and its chunks as events."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from ..exceptions import EQError
from ..streaming import AsyncStreamWrapper, CustomStreamWrapper, SyncStreamWrapper
from ..terms import CallInfo
from ..types import ModelResponse, ResponsesAPIResponse
from ..types.response_events import BaseResponsesAPIStreamEvent
from .bridge_events import Translator
from .bridge_request import Asked

__all__ = ["AsyncBridge", "SyncBridge", "whole"]


def whole(answer: ModelResponse, asked: Asked) -> ResponsesAPIResponse:
    """A whole answer as a response, with the headers of the one that came."""
    translator = Translator(asked.echo, asked.info.model)
    translator.read_whole(answer)
    response = translator.end()
    response._beside().update(answer._beside())
    return response


class _Bridge:
    """What both have in common."""

    def __init__(self, chunks: CustomStreamWrapper, asked: Asked) -> None:
        self._chunks_told = chunks
        self._translator = Translator(asked.echo, asked.info.model)
        self._closed = False
        self.info: CallInfo = asked.info

    @property
    def last(self) -> BaseResponsesAPIStreamEvent | None:
        return self._translator.last

    def headers(self) -> dict[str, str]:
        return self._chunks_told._response_headers

    def hidden_params(self) -> dict[str, Any]:
        return self._chunks_told._hidden_params

    def _explain(self, error: EQError) -> None:
        error.partial = self._translator.partial()


class AsyncBridge(_Bridge):
    """For async callers."""

    def __init__(self, chunks: AsyncStreamWrapper, asked: Asked) -> None:
        super().__init__(chunks, asked)
        self._chunks = chunks
        self._ready: deque[BaseResponsesAPIStreamEvent] = deque()

    async def next(self) -> BaseResponsesAPIStreamEvent:
        while not self._ready:
            if self.last is not None:
                raise StopAsyncIteration
            try:
                self._translator.read(await self._chunks.__anext__())
            except StopAsyncIteration:
                if self._closed:
                    raise
                self._translator.end()
            except EQError as error:
                self._explain(error)
                raise
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

    def events(self) -> Iterator[BaseResponsesAPIStreamEvent]:
        try:
            for chunk in self._chunks:
                self._translator.read(chunk)
                yield from self._translator.take()
        except EQError as error:
            self._explain(error)
            raise
        if not self._closed:
            self._translator.end()
            yield from self._translator.take()

    def close(self) -> None:
        self._closed = True
        self._chunks.close()
