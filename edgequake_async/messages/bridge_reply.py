"""A chat's answer as a message of Anthropic's: the whole of it, and its chunks as events in Anthropic's order
(https://docs.anthropic.com/en/docs/build-with-claude/streaming).

Every block is opened, filled and closed. A text or a thought is closed when something else begins, and so is a call
whose arguments are whole; one whose are not stays open, because its other pieces may come between those of another.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from ..chunk_builder import stream_chunk_builder
from ..responses.thoughts import sealed
from ..types import ModelResponse, ModelResponseStream
from .events import AnthropicEvent, arguments

__all__ = ["Translator", "message_usage", "to_message"]

Json = dict[str, Any]

_STOPS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}


def to_message(answer: ModelResponse, model: str) -> Json:
    """A whole answer as a message."""
    choice = answer.choices[0] if answer.choices else None
    said: Any = choice.message if choice is not None else {}
    thought, blocks = said.get("reasoning_content"), said.get("thinking_blocks")
    content: list[Json] = []
    if thought or blocks:
        content.append(_thought(thought or _thoughts(blocks), blocks))
    if text := _plain(said.get("content")) + (said.get("refusal") or ""):
        content.append({"type": "text", "text": text, **_cited(said)})
    content.extend(_picture(image) for image in said.get("images") or ())
    for call in said.get("tool_calls") or ():
        function = call.get("function") or {}
        begun = _called(call, function.get("name"))
        content.append({**begun, "input": arguments(function.get("arguments") or "")})
    called = any(block["type"] == "tool_use" for block in content)
    return {
        "id": answer.get("id") or f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": answer.get("model") or model,
        "content": content,
        **_stop(choice, called, bool(said.get("refusal"))),
        "usage": message_usage(answer.get("usage")),
    }


def message_usage(usage: Any) -> Json:
    """A chat's counts under Anthropic's names; what the cache had is not among ``input_tokens``."""
    if usage is None:
        return {"input_tokens": 0, "output_tokens": 0}
    inner = dict(usage.get("prompt_tokens_details") or {})
    read = inner.get("cached_tokens") or usage.get("cache_read_input_tokens") or 0
    written = inner.get("cache_creation_tokens") or inner.get("cache_write_tokens") or 0
    written = written or usage.get("cache_creation_input_tokens") or 0
    return {
        "input_tokens": max(0, (usage.get("prompt_tokens") or 0) - read - written),
        "output_tokens": usage.get("completion_tokens") or 0,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
    }


class Translator:
    """Chunks in, events out.

    Args:
        model: the model that was asked, for answers that do not name theirs.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._events: list[AnthropicEvent] = []
        self._begun = False
        self._count = 0
        # The block that is open and no call, and calls by how the chat numbers them: place, arguments, open.
        self._open: tuple[str, int] | None = None
        self._calls: dict[Any, tuple[int, list[str]]] = {}
        self._open_calls: list[Any] = []
        self._thinking: list[ModelResponseStream] = []
        self._last: Any = None
        self._refused = False
        self._usage: Any = None

    def take(self) -> list[AnthropicEvent]:
        """The events that are to be handed out."""
        events, self._events = self._events, []
        return events

    def read(self, chunk: ModelResponseStream) -> None:
        """One chunk."""
        self._begin(chunk)
        choice = chunk.choices[0]
        says: Any = choice.delta
        if says.get("thinking_blocks"):
            self._thinking.append(chunk)
            self._text("thinking")
        if thought := says.get("reasoning_content"):
            self._delta(self._text("thinking"), {"type": "thinking_delta", "thinking": thought})
        if text := _plain(says.get("content")) + (says.get("refusal") or ""):
            self._refused = self._refused or bool(says.get("refusal"))
            self._delta(self._text("text"), {"type": "text_delta", "text": text})
        for citation in says.get("annotations") or ():
            self._delta(self._text("text"), {"type": "citations_delta", "citation": _as_dict(citation)})
        for image in says.get("images") or ():
            self._close_text()
            self._stop(self._start(_picture(image)))
        for position, call in enumerate(says.get("tool_calls") or ()):
            self._call(position, call)
        if choice.finish_reason:
            self._last = choice
        self._usage = chunk.get("usage") or self._usage

    def end(self) -> None:
        """Close what is open, and the message."""
        self._begin(None)
        self._close_text()
        self._close_calls(all_of_them=True)
        stop = _stop(self._last, bool(self._calls), self._refused)
        self._emit("message_delta", delta=stop, usage=message_usage(self._usage))
        self._emit("message_stop")

    def _begin(self, chunk: ModelResponseStream | None) -> None:
        if self._begun:
            return
        self._begun = True
        told: Any = {} if chunk is None else chunk
        message: Json = {
            "id": told.get("id") or f"msg_{uuid.uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "model": told.get("model") or self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            # A chat counts at its end; the last count holds.
            "usage": message_usage(told.get("usage")),
        }
        self._emit("message_start", message=message)

    def _call(self, position: int, told: Any) -> None:
        index = told.get("index")
        key = position if index is None else index
        function = told.get("function") or {}
        if key not in self._calls:
            self._close_text()
            self._close_calls()
            self._calls[key] = (self._start({**_called(told, function.get("name")), "input": {}}), [])
            self._open_calls.append(key)
        place, pieces = self._calls[key]
        if (piece := function.get("arguments")) and key in self._open_calls:
            pieces.append(piece)
            self._delta(place, {"type": "input_json_delta", "partial_json": piece})

    def _close_calls(self, all_of_them: bool = False) -> None:
        for key in list(self._open_calls):
            place, pieces = self._calls[key]
            if all_of_them or _is_whole("".join(pieces)):
                self._open_calls.remove(key)
                self._stop(place)

    def _text(self, kind: str) -> int:
        """The place of the open block of that kind."""
        if self._open is None or self._open[0] != kind:
            self._close_text()
            self._close_calls()
            empty = {"type": "text", "text": ""} if kind == "text" else _thought("", None)
            self._open = (kind, self._start(empty))
        return self._open[1]

    def _close_text(self) -> None:
        opened, self._open = self._open, None
        if opened is None:
            return
        if self._thinking and opened[0] == "thinking":
            built = stream_chunk_builder(list(self._thinking))
            self._thinking.clear()
            blocks = built.choices[0].message.get("thinking_blocks") if built is not None else None
            if blocks:
                self._delta(opened[1], {"type": "signature_delta", "signature": sealed(blocks)})
        self._stop(opened[1])

    def _start(self, block: Json) -> int:
        place, self._count = self._count, self._count + 1
        self._emit("content_block_start", index=place, content_block=block)
        return place

    def _delta(self, place: int, delta: Json) -> None:
        self._emit("content_block_delta", index=place, delta=delta)

    def _stop(self, place: int) -> None:
        self._emit("content_block_stop", index=place)

    def _emit(self, kind: str, /, **fields: Any) -> None:
        self._events.append(AnthropicEvent.of({"type": kind, **fields}))


def _stop(choice: Any, called: bool, refused: bool) -> Json:
    """Why it ended; a provider's own word where Anthropic has none."""
    reason = choice.get("finish_reason") if choice is not None else None
    beside = (choice.get("provider_specific_fields") if choice is not None else None) or {}
    stopped_by = beside.get("stop_sequence") if isinstance(beside, dict) else None
    ours = _STOPS.get(reason or "stop", reason)
    if ours == "end_turn":
        ours = "tool_use" if called else "refusal" if refused else "stop_sequence" if stopped_by else ours
    return {"stop_reason": ours, "stop_sequence": stopped_by}


def _thought(text: str, blocks: Any) -> Json:
    return {"type": "thinking", "thinking": text, "signature": sealed(blocks) if blocks else ""}


def _thoughts(blocks: Any) -> str:
    return "".join(block.get("thinking") or "" for block in blocks)


def _called(call: Any, name: Any) -> Json:
    block = {"type": "tool_use", "id": call.get("id") or f"toolu_{uuid.uuid4().hex}", "name": name or ""}
    # Gemini needs its signature back with the call.
    beside = call.get("provider_specific_fields")
    return block if beside is None else {**block, "provider_specific_fields": beside}


def _cited(said: Any) -> Json:
    cited = said.get("annotations")
    return {"annotations": [_as_dict(each) for each in cited]} if cited else {}


def _picture(image: Any) -> Json:
    where = image.get("image_url")
    url = str(where.get("url") if hasattr(where, "get") else where)
    head, comma, data = url.partition(",")
    if comma and head.startswith("data:"):
        media_type = head.removeprefix("data:").partition(";")[0]
        return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}
    return {"type": "image", "source": {"type": "url", "url": url}}


def _as_dict(value: Any) -> Any:
    return value.model_dump(exclude_unset=True) if hasattr(value, "model_dump") else value


def _plain(content: Any) -> str:
    """The text of a content; of a list of parts (Mistral), that of its text parts."""
    if isinstance(content, list):
        texts = [part.get("text") for part in content if hasattr(part, "get")]
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def _is_whole(text: str) -> bool:
    """Whether nothing can follow. Of arguments that have not begun, everything can."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
