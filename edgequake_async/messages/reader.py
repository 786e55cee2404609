"""Native streams of messages: bytes to events, failures to exceptions with what had arrived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from .. import sync
from .._error_mapping import to_exception
from ..exceptions import APIResponseValidationError, EQError
from ..reply import hidden_params
from .events import AnthropicEvent, frame

if TYPE_CHECKING:
    from .._eq_core import Stream
    from ..terms import CallInfo

__all__ = ["EventReader", "NativeEvents", "one_by_one"]

# Events per crossing of the sync shim.
_BATCH = 256


class EventReader:
    """Makes events of bytes, and exceptions of failures, remembering the text that arrived for the exception.

    Nothing here refers to the stream's owner, as in ``streaming.Reader``.
    """

    __slots__ = ("_model", "_provider", "_texts")

    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model
        self._texts: list[str] = []

    def decode(self, data: bytes) -> AnthropicEvent:
        try:
            document = from_json(data)
            if not isinstance(document, dict):
                raise ValueError(f"the JSON is no object but {type(document).__name__}")  # noqa: TRY004
        except ValueError as error:
            why = f"The stream holds an event that is no event: {error}"
            raise self._explain(APIResponseValidationError(why, self._provider, self._model)) from None
        delta = document.get("delta")
        if isinstance(delta, dict) and isinstance(text := delta.get("text"), str):
            self._texts.append(text)
        return AnthropicEvent(frame(str(document.get("type") or "message"), data))

    def fail(self, payload: dict[str, Any]) -> EQError:
        return self._explain(to_exception(payload, self._model))

    def _explain(self, error: EQError) -> EQError:
        error.generated_content = "".join(self._texts)
        return error


class NativeEvents:
    """The events of a stream as the engine hands them over."""

    def __init__(self, stream: Stream, info: CallInfo, reader: EventReader) -> None:
        self._stream = stream
        self.info = info
        self.next: Callable[[], Awaitable[AnthropicEvent]] = stream.__anext__

    def headers(self) -> dict[str, str]:
        return dict(self._stream.head.pairs())

    def hidden_params(self) -> dict[str, Any]:
        return hidden_params(self.info, self._stream.head.pairs())

    async def take(self) -> list[AnthropicEvent]:
        """The events that are there, waiting for the first; empty at the end of the stream."""
        try:
            while not (batch := self._stream.take(_BATCH)):
                await self._stream.wait()
        except StopAsyncIteration:
            return []
        return batch

    async def aclose(self) -> None:
        self._stream.abort()

    def close(self) -> None:
        self._stream.abort()


def one_by_one(events: NativeEvents) -> Iterator[AnthropicEvent]:
    """For sync callers: crosses into the shim's loop once per batch of events that are there."""
    while batch := sync.run(events.take):
        yield from batch
