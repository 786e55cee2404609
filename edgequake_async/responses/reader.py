"""Native streams of responses: bytes to events, failures to exceptions with what had arrived."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .._error_mapping import to_exception
from ..event_streams import NativeEvents
from ..exceptions import APIResponseValidationError, EQError
from ..types import ResponsesAPIResponse
from ..types.construct import construct
from ..types.response_events import BaseResponsesAPIStreamEvent, read_event

if TYPE_CHECKING:
    from .._eq_core import Stream
    from ..terms import CallInfo

__all__ = ["EventReader", "ResponseEvents"]

_LAST = frozenset({"response.completed", "response.incomplete"})
# Where the piece of an event belongs: (list of parts of the item, index in it, field, type of a part).
_PIECES: dict[str, tuple[str, str, str, str]] = {
    "response.code_interpreter_call_code.delta": ("", "", "code", ""),
    "response.custom_tool_call_input.delta": ("", "", "input", ""),
    "response.function_call_arguments.delta": ("", "", "arguments", ""),
    "response.mcp_call_arguments.delta": ("", "", "arguments", ""),
    "response.output_text.delta": ("content", "content_index", "text", "output_text"),
    "response.reasoning_summary_text.delta": ("summary", "summary_index", "text", "summary_text"),
    "response.reasoning_text.delta": ("content", "content_index", "text", "reasoning_text"),
    "response.refusal.delta": ("content", "content_index", "refusal", "refusal"),
}
_Piece = tuple[str, int, int, str]


class EventReader:
    """Makes events of bytes, and exceptions of failures, remembering what arrived for the exception.

    Of an event that holds a piece of text, only the piece is kept. Nothing here refers to the stream's owner, as in
    ``streaming.Reader``.
    """

    __slots__ = ("_kept", "_model", "_provider", "last")

    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model
        self._kept: list[_Piece | BaseResponsesAPIStreamEvent] = []
        self.last: BaseResponsesAPIStreamEvent | None = None

    def decode(self, data: bytes) -> BaseResponsesAPIStreamEvent:
        try:
            event = read_event(data)
        except ValueError as error:
            why = f"The stream holds an event that is no event: {error}"
            raise self._explain(APIResponseValidationError(why, self._provider, self._model)) from None
        self._kept.append(_piece(event) or event)
        if event.type in _LAST:
            self.last = event
        return event

    def fail(self, payload: dict[str, Any]) -> EQError:
        return self._explain(to_exception(payload, self._model))

    def _explain(self, error: EQError) -> EQError:
        partial = _put_together(self._kept)
        error.partial = partial
        error.generated_content = "" if partial is None else partial.output_text
        return error


def _piece(event: BaseResponsesAPIStreamEvent) -> _Piece | None:
    place = _PIECES.get(event.type) if isinstance(event.type, str) else None
    if place is None:
        return None
    output, part, text = event.get("output_index"), event.get(place[1], 0) if place[1] else 0, event.get("delta")
    right = isinstance(output, int) and isinstance(part, int) and isinstance(text, str)
    return (str(event.type), output, part, text) if right else None


def _put_together(kept: Iterable[_Piece | BaseResponsesAPIStreamEvent]) -> ResponsesAPIResponse | None:
    """The response as far as it had come; None where nothing had."""
    response: dict[str, Any] | None = None
    items: dict[int, dict[str, Any]] = {}
    pieces: dict[int, dict[tuple[str, int], list[str]]] = {}
    for each in kept:
        response = {} if response is None else response
        if isinstance(each, tuple):
            kind, place, part, text = each
            pieces.setdefault(place, {}).setdefault((kind, part), []).append(text)
            continue
        told = each.model_dump(exclude_unset=True)
        index = told.get("output_index")
        if isinstance(told.get("response"), dict):
            response = told["response"]
        elif isinstance(told.get("item"), dict) and isinstance(index, int):
            items[index] = told["item"]
            if each.type == "response.output_item.done":
                pieces.pop(index, None)
    if response is None:
        return None
    indexes = sorted(items.keys() | pieces.keys())
    output = [_filled(items.get(index, {}), pieces.get(index, {})) for index in indexes] or response.get("output") or []
    return construct(ResponsesAPIResponse, {**response, "output": output})


def _filled(item: dict[str, Any], pieces: dict[tuple[str, int], list[str]]) -> dict[str, Any]:
    """An item with the pieces of it that had come."""
    filled = dict(item)
    for (kind, _), texts in sorted(pieces.items(), key=lambda each: each[0][1]):
        parts, _, field, part_type = _PIECES[kind]
        text = "".join(texts)
        if parts:
            filled.setdefault("type", "reasoning" if part_type.startswith(("reasoning", "summary")) else "message")
            before = filled.get(parts)
            filled[parts] = [*(before if isinstance(before, list) else []), {"type": part_type, field: text}]
        else:
            filled[field] = (filled.get(field) or "") + text
    return filled


class ResponseEvents(NativeEvents[BaseResponsesAPIStreamEvent]):
    """The events of a stream as the engine hands them over."""

    def __init__(self, stream: Stream, info: CallInfo, reader: EventReader) -> None:
        super().__init__(stream, info)
        self._reader = reader

    @property
    def last(self) -> BaseResponsesAPIStreamEvent | None:
        return self._reader.last
