"""What native streams of messages are made of: bytes to events, failures to exceptions with what had arrived."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from .._error_mapping import to_exception
from ..exceptions import APIResponseValidationError, EQError
from .events import AnthropicEvent, frame

__all__ = ["EventReader"]


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
