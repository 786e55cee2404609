"""Anthropic's Messages API as the fake provider speaks it: messages, streams in the standard order, counting, errors.

The model behind it is the same as for chat. Thinking is given where asked, tools are called where named or forced. A
stream's message_delta has output_tokens as its only usage. Paths are found by their tail, as OpenAI's are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from . import brain, openai_chat
from .anthropic_ask import check_messages, read, said, tool_tokens
from .brain import Ask, Turn, prompt_tokens, tokens
from .fields import needed
from .framing import Answer
from .openai_ask import Refusal, bearer, document
from .openai_wire import event_answer, json_answer, lenient, named_event, request_id
from .records import Received
from .replies import Common, Error, Stream, Text, steps
from .schema import SchemaError

Json = dict[str, Any]

_STOPS = {"tool_calls": "tool_use", "length": "max_tokens", "stop": "end_turn"}
_PLAIN = Common()
_REQUEST_ID = "request-id"
# https://docs.anthropic.com/en/api/errors
_TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def speaks(record: Received) -> bool:
    """Whether the path is one of this API's; a thread's messages are OpenAI's."""
    return "messages" in record.path.split("/") and "threads" not in record.path.split("/")


def check_key(record: Received, key: str) -> None:
    """Raises Refusal (401) unless the key comes in x-api-key or as a bearer token."""
    given = record.headers.get("x-api-key") or bearer(record)
    if not given:
        raise Refusal(401, "x-api-key header is required")
    if given != key:
        raise Refusal(401, "invalid x-api-key")


def default(record: Received) -> Answer:
    """What the small model answers. Raises Refusal."""
    tail = record.path.rstrip("/")
    counts = tail.endswith("/messages/count_tokens")
    if not counts and not tail.endswith("/messages"):
        raise Refusal(404, f"Not found: {record.path}")
    if record.method != "POST":
        raise Refusal(405, f"Not allowed to {record.method} on {record.path}")
    if "anthropic-version" not in record.headers:
        raise Refusal(400, "anthropic-version: header is required")
    body = document(record)
    if counts:
        return answer(counted(body), record, _PLAIN)
    turn, whole = answered(body, record)
    return answer(events(whole, turn) if body.get("stream") else whole, record, _PLAIN)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in Anthropic's shape."""
    return render(Error(status=refusal.status, message=str(refusal)), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in Anthropic's format; a text is streamed where the request asks for a stream."""
    if isinstance(reply, Error):
        whole = {"type": "error", "error": _error(reply), "request_id": request_id(record)}
        return json_answer(record, whole, reply, reply.status, _REQUEST_ID)
    return answer(scripted(reply, record), record, reply)


def answer(told: Json | Iterator[bytes | float], record: Received, common: Common) -> Answer:
    """A message, or the events of one, with the headers that Anthropic sends."""
    if isinstance(told, dict):
        return json_answer(record, told, common, id=_REQUEST_ID)
    return event_answer(record, told, common, _REQUEST_ID)


def scripted(reply: Text | Stream, record: Received, **fields: Any) -> Json | Iterator[bytes | float]:
    """A scripted reply as a message, or as the events of one; it answers even what is not valid.

    ``fields`` are those of the body that a service has in the path.
    """
    body = {**lenient(record), **fields}
    if reply.model is not None:
        body["model"] = reply.model
    n_input = prompt_tokens(said(body))
    if isinstance(reply, Stream):
        return _paced(reply, _envelope(body, record, n_input))
    turn = brain.scripted(reply)
    whole = _message(body, record, turn, n_input, None)
    if reply.usage:
        whole["usage"] = dict(reply.usage)
    return events(whole, turn) if body.get("stream") else whole


def answered(body: Mapping[str, Any], record: Received, *, thinks: bool = True) -> tuple[Turn, Json]:
    """The model's turn, and as a message. Raises Refusal (400)."""
    ask = read(body)
    turn, stop = _spoken(ask)
    if not thinks:
        turn = replace(turn, reasoning=None)
    return turn, _message(body, record, turn, prompt_tokens(ask.said) + tool_tokens(body), stop)


def counted(body: Mapping[str, Any]) -> Json:
    """What a request would cost, as the message itself counts it. Raises Refusal (400)."""
    needed(body, "model", str)
    check_messages(body)
    return {"input_tokens": prompt_tokens(said(body)) + tool_tokens(body)}


def events(whole: Mapping[str, Any], turn: Turn) -> Iterator[bytes]:
    """A message as a stream."""
    counts = {**whole["usage"], "output_tokens": 0}
    opening = {**whole, "content": [], "stop_reason": None, "stop_sequence": None, "usage": counts}
    yield named_event("message_start", message=opening)
    arguments = iter(call.arguments_text for call in turn.calls)
    for index, block in enumerate(whole["content"]):
        empty, deltas = _parts(block, arguments)
        yield named_event("content_block_start", index=index, content_block=empty)
        if index == 0:
            yield named_event("ping")
        for delta in deltas:
            yield named_event("content_block_delta", index=index, delta=delta)
        yield named_event("content_block_stop", index=index)
    yield from _closing(whole["stop_reason"], whole["stop_sequence"], whole["usage"].get("output_tokens", 0))


def _error(reply: Error) -> Json:
    usual = _TYPES.get(reply.status, "api_error" if reply.status >= 500 else "invalid_request_error")
    return {"type": reply.type or usual, "message": reply.message}


def _spoken(ask: Ask) -> tuple[Turn, str | None]:
    """The turn, and the sequence that stopped it."""
    try:
        return brain.stopped(ask)
    except SchemaError as exc:
        raise Refusal(400, f"output_config.format.schema: {exc}", param="output_config", code="invalid_schema") from exc


def _envelope(body: Mapping[str, Any], record: Received, n_input: int) -> Json:
    return {
        "id": f"msg_fake{record.number:08d}",
        "type": "message",
        "role": "assistant",
        "model": body.get("model"),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": n_input, "output_tokens": 0},
    }


def _message(body: Mapping[str, Any], record: Received, turn: Turn, n_input: int, stop: str | None) -> Json:
    blocks: list[Json] = []
    if turn.reasoning is not None:
        blocks.append({"type": "thinking", "thinking": turn.reasoning, "signature": "c2lnbmF0dXJl"})
    if turn.content or not turn.calls:
        blocks.append({"type": "text", "text": turn.content or ""})
    for position, call in enumerate(turn.calls):
        id = call.id or f"toolu_fake{record.number:08d}x{position}"
        blocks.append({"type": "tool_use", "id": id, "name": call.name, "input": call.arguments_object or {}})
    whole = _envelope(body, record, n_input)
    whole["content"] = blocks
    finish = _STOPS.get(turn.finish_reason, turn.finish_reason)
    whole["stop_reason"] = "tool_use" if turn.calls else "stop_sequence" if stop else finish
    whole["stop_sequence"] = stop
    whole["usage"]["output_tokens"] = openai_chat.usage(n_input, [turn])["completion_tokens"]
    return whole


def _parts(block: Json, arguments: Iterator[str]) -> tuple[Json, Iterable[Json]]:
    if block["type"] == "thinking":
        thoughts = [{"type": "thinking_delta", "thinking": piece} for piece in tokens(block["thinking"])]
        empty = {"type": "thinking", "thinking": "", "signature": ""}
        return empty, [*thoughts, {"type": "signature_delta", "signature": block["signature"]}]
    if block["type"] == "text":
        return {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in tokens(block["text"])]
    pieces = ["", *tokens(next(arguments))]
    return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]


def _paced(reply: Stream, opening: Json) -> Iterator[bytes | float]:
    """A scripted stream as one text block; a mapping among the pieces is a whole delta."""
    yield reply.first_delay
    yield named_event("message_start", message=opening)
    yield named_event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    text = ""
    for piece in steps(reply):
        if isinstance(piece, float | int):
            yield piece
        elif isinstance(piece, str):
            text += piece
            yield named_event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        elif isinstance(piece, Error):
            yield named_event("error", error=_error(piece))
            return
        else:
            yield named_event("content_block_delta", index=0, delta=piece)
    if reply.finish_reason is not None:
        yield named_event("content_block_stop", index=0)
        n_output = (reply.usage or {}).get("output_tokens", len(tokens(text)))
        *closing, end = _closing(_STOPS.get(reply.finish_reason, reply.finish_reason), None, n_output)
        yield from closing
        if reply.done:
            yield end


def _closing(reason: str | None, stop: str | None, n_output: int) -> list[bytes]:
    delta = {"stop_reason": reason, "stop_sequence": stop}
    return [named_event("message_delta", delta=delta, usage={"output_tokens": n_output}), named_event("message_stop")]
