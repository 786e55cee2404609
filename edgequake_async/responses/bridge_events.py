"""A chat's answer as the events of a response, in the order in which OpenAI sends them.

Every item is opened, filled and closed; a text or a thought is closed when something else begins, calls at the end,
since their pieces may be mixed. The last event holds the whole response.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from ..chunk_builder import stream_chunk_builder
from ..types import ModelResponse, ModelResponseStream, ResponsesAPIResponse
from ..types.construct import construct
from ..types.response_events import BaseResponsesAPIStreamEvent, event_of
from .bridge_items import Call, Item, Said, Thought, picture
from .bridge_usage import response_usage
from .thoughts import sealed

__all__ = ["Translator"]

Json = dict[str, Any]
_Item = TypeVar("_Item", bound=Item)
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class Translator:
    """Chunks, or a whole answer, in; events out.

    Args:
        echo: the fields that a response repeats of its request.
        model: the model that was asked, for answers that do not name theirs.
    """

    def __init__(self, echo: Mapping[str, Any], model: str) -> None:
        self._echo = echo
        self._head: Json = {"model": model}
        self._events: list[BaseResponsesAPIStreamEvent] = []
        self._count = 0
        self._items: list[Item] = []
        self._text: Said | Thought | None = None
        self._calls: dict[Any, Call] = {}
        self._pictures: list[Json] = []
        self._thinking: list[ModelResponseStream] = []
        self._finish: str | None = None
        self._usage: Any = None
        self.last: BaseResponsesAPIStreamEvent | None = None

    def take(self) -> list[BaseResponsesAPIStreamEvent]:
        """The events that are to be handed out."""
        events, self._events = self._events, []
        return events

    def read(self, chunk: ModelResponseStream) -> None:
        """One chunk."""
        self._begin(chunk)
        choice = chunk.choices[0]
        if choice.delta.get("thinking_blocks"):
            self._thought()
            self._thinking.append(chunk)
        self._take_in(choice.delta, choice)
        self._usage = chunk.get("usage") or self._usage

    def read_whole(self, answer: ModelResponse) -> None:
        """A whole answer."""
        self._begin(answer)
        if answer.choices:
            choice = answer.choices[0]
            if blocks := choice.message.get("thinking_blocks"):
                self._thought().blocks = blocks
            self._take_in(choice.message, choice)
        self._usage = answer.get("usage")

    def end(self) -> ResponsesAPIResponse:
        """Close what is open; gives the response."""
        self._begin(None)
        self._close_text()
        for call in self._calls.values():
            self._emit_all(call.close())
        for image in self._pictures:
            item = self._add(Item(image))
            self._emit_all(item.close())
        why = _INCOMPLETE.get(self._finish or "")
        status = "incomplete" if why else "completed"
        ended = {"status": status, "incomplete_details": {"reason": why} if why else None}
        response = self._response(**ended, usage=response_usage(self._usage))
        self.last = self._emit(f"response.{status}", response=response)
        return construct(ResponsesAPIResponse, response)

    def partial(self) -> ResponsesAPIResponse | None:
        """The response as far as it has come; None before its first chunk."""
        if not self._count:
            return None
        return construct(ResponsesAPIResponse, self._response(status="incomplete", usage=None))

    def _begin(self, answer: ModelResponse | ModelResponseStream | None) -> None:
        if self._count:
            return
        told = {} if answer is None else {name: answer.get(name) for name in ("id", "created", "model")}
        self._tail = str(told.get("id") or uuid.uuid4().hex)
        created = told.get("created")
        self._head = {
            "id": f"resp_{self._tail}",
            "object": "response",
            "created_at": created if isinstance(created, (int, float)) else int(time.time()),
            "model": told.get("model") or self._head["model"],
        }
        for kind in ("response.created", "response.in_progress"):
            self._emit(kind, response=self._response(status="in_progress", usage=None))

    def _take_in(self, says: Any, choice: Any) -> None:
        if thought := says.get("reasoning_content"):
            self._emit_all(self._thought().add(thought))
        likely = choice.get("logprobs")
        likely = likely.get("content") if hasattr(likely, "get") else None
        if text := _plain(says.get("content")):
            self._emit_all(self._said().add("output_text", text, _plain_list(likely)))
        if refusal := says.get("refusal"):
            self._emit_all(self._said().add("refusal", refusal, []))
        for annotation in says.get("annotations") or ():
            self._emit_all(self._said().annotate(annotation))
        for position, call in enumerate(says.get("tool_calls") or ()):
            self._take_call(position, call)
        self._pictures.extend(picture(self._name("ig"), image) for image in says.get("images") or ())
        self._finish = choice.get("finish_reason") or self._finish

    def _take_call(self, position: int, told: Any) -> None:
        index = told.get("index")
        key = position if index is None else index
        function = told.get("function")
        call = self._calls.get(key)
        if call is None:
            self._close_text()
            name = function.get("name") if function else None
            beside = told.get("provider_specific_fields")
            call = self._calls[key] = self._add(Call(self._name("fc"), told.get("id"), name, beside))
        if function and (arguments := function.get("arguments")):
            self._emit_all(call.add(arguments))

    def _said(self) -> Said:
        said = self._text
        if not isinstance(said, Said):
            self._close_text()
            self._text = said = self._add(Said(self._name("msg")))
        return said

    def _thought(self) -> Thought:
        thought = self._text
        if not isinstance(thought, Thought):
            self._close_text()
            self._text = thought = self._add(Thought(self._name("rs")))
        return thought

    def _add(self, item: _Item) -> _Item:
        """Open an item."""
        item.index = len(self._items)
        self._items.append(item)
        self._emit("response.output_item.added", output_index=item.index, item=item.begun())
        self._emit_all(item.open())
        return item

    def _close_text(self) -> None:
        text, self._text = self._text, None
        if text is None:
            return
        if isinstance(text, Thought) and self._thinking:
            built = stream_chunk_builder(list(self._thinking))
            text.blocks = built.choices[0].message.get("thinking_blocks") if built is not None else None
            self._thinking.clear()
        if isinstance(text, Thought) and text.blocks:
            text.sealed = sealed(text.blocks)
        self._emit_all(text.close())

    def _name(self, prefix: str) -> str:
        return f"{prefix}_{self._tail}_{len(self._items)}"

    def _response(self, **fields: Any) -> Json:
        return {**self._echo, **self._head, "output": [item.whole() for item in self._items], **fields}

    def _emit_all(self, told: list[tuple[str, Json]]) -> None:
        for kind, fields in told:
            self._emit(kind, **fields)

    def _emit(self, kind: str, /, **fields: Any) -> BaseResponsesAPIStreamEvent:
        event = event_of({"type": kind, "sequence_number": self._count, **fields})
        self._count += 1
        self._events.append(event)
        return event


def _plain(content: Any) -> str:
    """The text of a content; of a list of parts (Mistral), that of its text parts."""
    if isinstance(content, list):
        texts = [part.get("text") for part in content if hasattr(part, "get")]
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def _plain_list(values: Any) -> list[Json]:
    return [value.model_dump(exclude_unset=True) if hasattr(value, "model_dump") else value for value in values or ()]
