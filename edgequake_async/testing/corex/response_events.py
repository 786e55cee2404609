"""A response of OpenAI's Responses API: the document, and the typed events that lead to it.

Every event has a sequence number; every item is opened, filled in small pieces, and closed; the last event
carries the whole document.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from .. import openai_chat
from ..brain import Said, Turn, prompt_tokens, tokens
from ..openai_wire import named_event
from ..records import Received
from ..replies import Error, Stream, steps
from .call import Json
from .models import CREATED

_ECHOED: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "truncation": "disabled",
}


class _Numbered:
    """Events with their numbers."""

    def __init__(self) -> None:
        self._numbers = count()

    def __call__(self, name: str, /, **fields: Any) -> bytes:
        return named_event(name, sequence_number=next(self._numbers), **fields)


def events(whole: Json) -> Iterator[bytes]:
    """The events that lead to ``whole``."""
    event = _Numbered()
    yield from _openings(event, {**whole, "status": "in_progress", "output": [], "usage": None})
    for index, item in enumerate(whole["output"]):
        if item["type"] == "message":
            for written in _message_events(event, index, item, tokens(item["content"][0]["text"])):
                if isinstance(written, bytes):
                    yield written
        else:
            yield from _item_events(event, index, item)
    yield event(f"response.{whole['status']}", response=whole)


def paced(reply: Stream, start: Json, said: Iterable[Said]) -> Iterator[bytes | float]:
    """A scripted stream as one message; a mapping among the pieces is a whole event, an error the last one."""
    event = _Numbered()
    yield reply.first_delay
    yield from _openings(event, start)
    item = _message(start["id"].removeprefix("resp_"), "", "completed")
    text = yield from _message_events(event, 0, item, steps(reply), ends=reply.finish_reason is not None)
    if text is not None and reply.finish_reason is not None and reply.done:
        whole = closed(start, Turn(text, finish_reason=reply.finish_reason), said)
        whole["usage"] = reply.usage or whole["usage"]
        yield event(f"response.{whole['status']}", response=whole)


def _openings(event: _Numbered, start: Json) -> list[bytes]:
    return [event(f"response.{name}", response=start) for name in ("created", "in_progress")]


def _message_events(
    event: _Numbered,
    index: int,
    item: Json,
    pieces: Iterable[str | Mapping[str, Any] | float | Error],
    *,
    ends: bool = True,
) -> Generator[bytes | float, None, str | None]:
    """One message from its first to its last event; gives what was said, None where an error ended it."""
    place = {"item_id": item["id"], "output_index": index, "content_index": 0}
    bare = {**item, "status": "in_progress", "content": []}
    yield event("response.output_item.added", output_index=index, item=bare)
    yield event("response.content_part.added", **place, part=_part(""))
    said = ""
    for piece in pieces:
        if isinstance(piece, str):
            said += piece
            yield event("response.output_text.delta", **place, delta=piece, logprobs=[])
        elif isinstance(piece, Mapping):
            yield named_event(str(piece.get("type")), **piece)
        elif isinstance(piece, Error):
            yield event("error", code=piece.code, message=piece.message, param=piece.param)
            return None
        else:
            yield piece
    if ends:
        yield event("response.output_text.done", **place, text=said, logprobs=[])
        yield event("response.content_part.done", **place, part=_part(said))
        yield event("response.output_item.done", output_index=index, item={**item, "content": [_part(said)]})
    return said


def _item_events(event: _Numbered, index: int, item: Json) -> Iterator[bytes]:
    """One function call or one reasoning summary."""
    called = item["type"] == "function_call"
    place = {"item_id": item["id"], "output_index": index, **({} if called else {"summary_index": 0})}
    empty = {**item, "status": "in_progress", "arguments": ""} if called else {**item, "summary": []}
    kind = "function_call_arguments" if called else "reasoning_summary_text"
    text = item["arguments"] if called else item["summary"][0]["text"]
    part = {"type": "summary_text", "text": text}
    yield event("response.output_item.added", output_index=index, item=empty)
    if not called:
        yield event("response.reasoning_summary_part.added", **place, part={**part, "text": ""})
    for piece in tokens(text):
        yield event(f"response.{kind}.delta", **place, delta=piece)
    if called:
        yield event(f"response.{kind}.done", **place, name=item["name"], arguments=text)
    else:
        yield event(f"response.{kind}.done", **place, text=text)
        yield event("response.reasoning_summary_part.done", **place, part=part)
    yield event("response.output_item.done", output_index=index, item=item)


def opened(body: Mapping[str, Any], record: Received) -> Json:
    """The response before its first word."""
    echoed = {name: default if body.get(name) is None else body[name] for name, default in _ECHOED.items()}
    return {
        "id": f"resp_fake{record.number:08d}",
        "object": "response",
        "created_at": CREATED,
        "status": "in_progress",
        "model": body.get("model"),
        "output": [],
        "error": None,
        "incomplete_details": None,
        "reasoning": body.get("reasoning") or {"effort": None, "summary": None},
        "usage": None,
        **echoed,
    }


def closed(opened: Json, turn: Turn, said: Iterable[Said]) -> Json:
    """The response with the model's turn in it."""
    counted = openai_chat.usage(prompt_tokens(list(said)), [turn])
    cut = turn.finish_reason == "length"
    return {
        **opened,
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": _items(turn, opened["id"].removeprefix("resp_")),
        "usage": {
            "input_tokens": counted["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": counted["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": counted["completion_tokens_details"]["reasoning_tokens"]},
            "total_tokens": counted["total_tokens"],
        },
    }


def _items(turn: Turn, tail: str) -> list[Json]:
    items: list[Json] = []
    if turn.reasoning is not None:
        summary = [{"type": "summary_text", "text": turn.reasoning}]
        items.append({"id": f"rs_{tail}", "type": "reasoning", "summary": summary})
    if turn.content is not None or not turn.calls:
        items.append(_message(tail, turn.content or "", "completed"))
    for place, call in enumerate(turn.calls):
        items.append(
            {
                "id": f"fc_{tail}x{place}",
                "type": "function_call",
                "status": "completed",
                "call_id": call.id or f"call_{tail}x{place}",
                "name": call.name,
                "arguments": call.arguments_text,
            }
        )
    return items


def _message(tail: str, text: str, status: str) -> Json:
    content = [_part(text)]
    return {
        "id": f"msg_{tail}",
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": content,
    }


def _part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
