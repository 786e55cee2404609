"""Cohere's v2 API as the fake provider speaks it: chat, its typed events, embeddings, errors.

As in recorded traffic: finish reasons in capitals, text beside tool calls as the tool plan, ``tool_calls`` a list in a
message and one object in an event, and ``[DONE]`` at the end. Paths are found by their tail. https://docs.cohere.com/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import openai_chat
from .brain import Turn, prompt_tokens, scripted, stopped, tokens
from .cohere_ask import read, said
from .cohere_embeddings import embeddings
from .framing import Answer
from .openai_ask import Refusal, bearer, parsed
from .openai_wire import DONE, compact, json_answer, lenient, request_id, sent
from .records import Received
from .replies import Common, Error, Stream, Text, steps
from .schema import SchemaError

Json = dict[str, Any]

_PLAIN = Common()
_TRACE = "x-debug-trace-id"
_FINISH = {"stop": "COMPLETE", "tool_calls": "TOOL_CALL", "length": "MAX_TOKENS"}


def speaks(record: Received) -> bool:
    """Whether the path ends as one of this API's."""
    return record.path.rstrip("/").rpartition("/")[2] in ("chat", "embed")


def check_key(record: Received, key: str) -> None:
    """Raises Refusal (401) unless the key comes as a bearer token."""
    given = bearer(record)
    where = "You can find your API key at https://dashboard.cohere.com/api-keys."
    if not given:
        raise Refusal(401, f"no api key supplied. {where}")
    if given != key:
        raise Refusal(401, f"Incorrect API key provided: ***********. {where}")


def default(record: Received) -> Answer:
    """What the small model answers. Raises Refusal."""
    if record.method != "POST":
        raise Refusal(405, f"method not allowed: {record.method} {record.path}")
    body = parsed(record)
    if not body.get("model"):
        raise Refusal(400, "model is required")
    if record.path.rstrip("/").endswith("/embed"):
        return json_answer(record, {"id": _id(record), **embeddings(body)}, _PLAIN, id=_TRACE)
    ask = read(body)
    try:
        turn, stop = stopped(ask)
    except SchemaError as exc:
        raise Refusal(400, f"invalid request: response_format.json_schema: {exc}") from exc
    usage = _usage(prompt_tokens(ask.said), turn)
    return _spoken(record, body, turn, _finish(turn, stop), usage, _PLAIN)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in Cohere's shape."""
    return render(Error(status=refusal.status, message=str(refusal)), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in Cohere's format; an error has the ``type`` that it is given, and no other fields."""
    if isinstance(reply, Error):
        kind = {} if reply.type is None else {"error_type": reply.type}
        return json_answer(record, {**kind, "id": _id(record), "message": reply.message}, reply, reply.status, _TRACE)
    body = lenient(record)
    n_prompt = prompt_tokens(said(body))
    if isinstance(reply, Stream):
        return _streamed(record, _paced(reply, record, n_prompt), reply)
    turn = scripted(reply)
    return _spoken(record, body, turn, _finish(turn, None), reply.usage or _usage(n_prompt, turn), reply)


def _spoken(
    record: Received, body: Mapping[str, Any], turn: Turn, finish: str, usage: Mapping[str, Any], common: Common
) -> Answer:
    message = _message(turn, record)
    if body.get("stream"):
        return _streamed(record, _events(message, record, finish, usage), common)
    whole = {"id": _id(record), "message": message, "finish_reason": finish, "usage": usage}
    return json_answer(record, whole, common, id=_TRACE)


def _finish(turn: Turn, stop: str | None) -> str:
    if turn.calls:
        return "TOOL_CALL"
    return "STOP_SEQUENCE" if stop else _FINISH.get(turn.finish_reason, turn.finish_reason)


def _usage(n_prompt: int, turn: Turn) -> Json:
    counted = openai_chat.usage(n_prompt, [turn])
    counts = {"input_tokens": n_prompt, "output_tokens": counted["completion_tokens"]}
    thought = {"reasoning_tokens": len(tokens(turn.reasoning))} if turn.reasoning is not None else {}
    return {"billed_units": counts, "tokens": {**counts, **thought}, "cached_tokens": 0}


def _message(turn: Turn, record: Received) -> Json:
    text = turn.content or turn.refusal or ""
    message: Json = {"role": "assistant"}
    content: list[Json] = []
    if turn.reasoning is not None:
        content.append({"type": "thinking", "thinking": turn.reasoning})
    if not turn.calls:
        content.append({"type": "text", "text": text})
    if content:
        message["content"] = content
    if not turn.calls:
        return message
    if text:
        message["tool_plan"] = text
    message["tool_calls"] = [
        {
            "id": call.id or f"{call.name}_fake{record.number:08d}x{position}",
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments_text},
        }
        for position, call in enumerate(turn.calls)
    ]
    return message


def _events(message: Json, record: Received, finish: str, usage: Mapping[str, Any]) -> Iterator[bytes]:
    """A message as a stream."""
    yield _opening(record)
    for index, block in enumerate(message.get("content", ())):
        kind = block["type"]
        yield _event("content-start", index, content={"type": kind, kind: ""})
        for piece in tokens(block[kind]):
            yield _event("content-delta", index, content={kind: piece})
        yield _event("content-end", index)
    for piece in tokens(message.get("tool_plan")):
        yield _event("tool-plan-delta", tool_plan=piece)
    for index, call in enumerate(message.get("tool_calls", ())):
        function = call["function"]
        yield _event("tool-call-start", index, tool_calls={**call, "function": {**function, "arguments": ""}})
        for piece in tokens(function["arguments"]):
            yield _event("tool-call-delta", index, tool_calls={"function": {"arguments": piece}})
        yield _event("tool-call-end", index)
    yield _told({"type": "message-end", "delta": {"finish_reason": finish, "usage": usage}})
    yield DONE


def _paced(reply: Stream, record: Received, n_prompt: int) -> Iterator[bytes | float]:
    """A scripted stream as one text; a mapping among the pieces is a whole delta."""
    yield reply.first_delay
    yield _opening(record)
    yield _event("content-start", 0, content={"type": "text", "text": ""})
    text = ""
    for step in steps(reply):
        if isinstance(step, str):
            text += step
            yield _event("content-delta", 0, content={"text": step})
        elif isinstance(step, Mapping):
            yield _told({"type": "content-delta", "index": 0, "delta": step})
        elif isinstance(step, Error):
            yield _told({"type": "message-end", "delta": {"error": step.message, "finish_reason": "ERROR"}})
            return
        else:
            yield step
    if reply.finish_reason is not None:
        yield _event("content-end", 0)
        finish = _FINISH.get(reply.finish_reason, reply.finish_reason)
        usage = reply.usage or _usage(n_prompt, Turn(text))
        yield _told({"type": "message-end", "delta": {"finish_reason": finish, "usage": usage}})
    if reply.done:
        yield DONE


def _opening(record: Received) -> bytes:
    empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    return _told({"id": _id(record), "type": "message-start", "delta": {"message": empty}})


def _event(kind: str, index: int | None = None, /, **message: Any) -> bytes:
    """An event of one type, at one place, with what it adds to the message."""
    place = {} if index is None else {"index": index}
    return _told({"type": kind, **place, **({"delta": {"message": message}} if message else {})})


def _told(event: Mapping[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (str(event["type"]).encode(), compact(event))


def _streamed(record: Received, pieces: Iterator[bytes | float] | Iterator[bytes], common: Common) -> Answer:
    return sent({"content-type": "text/event-stream", _TRACE: request_id(record)}, pieces, common, chunked=True)


def _id(record: Received) -> str:
    return f"00000000-0000-4000-8000-{record.number:012d}"
