"""Anthropic's Messages API as the fake CoreX speaks it: documents, streams in the standard order, counting.

The model behind it is the same as for chat. Thinking is given where asked, tools are called where named or
forced. A stream's message_delta has output_tokens as its only usage, as Anthropic sends it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import openai_chat
from ..brain import Ask, Said, Tool, Turn, prompt_tokens, tokens
from ..framing import Answer, spaced
from ..openai_wire import event_answer, json_answer, lenient
from ..records import Received
from ..replies import Stream, Text
from .call import Call, Json, Refused, given, listed, named_event, needed
from .chat import spoken
from .world import Routes, World

_RANGES = {"temperature": 1, "top_p": 1}
_STOPS = {"tool_calls": "tool_use", "length": "max_tokens", "stop": "end_turn"}


def render(reply: Text | Stream, record: Received) -> Answer:
    """A scripted reply; a text is streamed where the request asks for a stream."""
    body = lenient(record)
    if reply.model is not None:
        body["model"] = reply.model
    n_input = prompt_tokens(_said(body))
    if isinstance(reply, Stream):
        return event_answer(record, _paced(reply, _envelope(body, record, n_input)), reply)
    finish = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
    turn = Turn(reply.content or None, reply.tool_calls, reply.reasoning, reply.refusal, finish)
    whole = _document(body, record, turn, n_input, None)
    if reply.usage:
        whole["usage"] = dict(reply.usage)
    if body.get("stream"):
        return event_answer(record, _events(whole, turn), reply)
    return json_answer(record, whole, reply)


def _messages(world: World, call: Call) -> Answer:
    body = call.document()
    turn, whole = _answered(world, call, body)
    return call.events(_events(whole, turn)) if given(body, "stream", bool) else call.json(whole)


def _count(world: World, call: Call) -> Json:
    body = call.document()
    world.find(call, body)
    _check_messages(body)
    return {"input_tokens": prompt_tokens(_said(body)) + _tool_tokens(body)}


def _answered(world: World, call: Call, body: Json) -> tuple[Turn, Json]:
    model = world.find(call, body)
    needed(body, "max_tokens", int)
    ask = _read(body)
    turn = spoken(replace(ask, stop=()))[0]
    stop = None
    found = [(turn.content.find(word), word) for word in ask.stop if turn.content and word in turn.content]
    if found:
        turn, stop = spoken(ask)[0], min(found)[1]
    if turn.reasoning is not None and model.thinks == "never":
        turn = replace(turn, reasoning=None)
    whole = _document(body, call.record, turn, prompt_tokens(ask.said) + _tool_tokens(body), stop)
    counted = whole["usage"]
    thought = len(tokens(turn.reasoning))
    world.charge(call, prompt=counted["input_tokens"], completion=counted["output_tokens"], reasoning=thought)
    return turn, whole


def _read(body: Mapping[str, Any]) -> Ask:
    _check_messages(body)
    for name, high in _RANGES.items():
        value = given(body, name, float)
        if value is not None and not 0 <= value <= high:
            raise Refused(400, f"{name}: expected a value from 0 to {high}", param=name)
    limit = body["max_tokens"]
    if limit < 1:
        raise Refused(400, "max_tokens: expected at least 1", param="max_tokens")
    thinking = given(body, "thinking", dict, default={})
    offered = listed(body, "tools", dict)
    tools = [Tool(needed(tool, "name", str), given(tool, "input_schema", dict, default={})) for tool in offered]
    choice = given(body, "tool_choice", dict, str, default="auto")
    wanted = {"type": choice} if isinstance(choice, str) else choice
    return Ask(
        said=_said(body),
        tools=tools,
        choice=_choice(wanted, tools),
        parallel=wanted.get("disable_parallel_tool_use") is not True,
        stop=tuple(listed(body, "stop_sequences", str)),
        limit=limit,
        reasons=thinking.get("type") not in (None, "disabled"),
    )


def _choice(wanted: Mapping[str, Any], tools: Sequence[Tool]) -> str:
    kind = wanted.get("type")
    if kind in ("auto", "none"):
        return str(kind)
    if kind == "any" and tools:
        return "required"
    if kind == "tool" and any(tool.name == wanted.get("name") for tool in tools):
        return f"={wanted['name']}"
    raise Refused(400, "tool_choice: expected auto, any, none or a tool that is offered", param="tool_choice")


def _check_messages(body: Mapping[str, Any]) -> None:
    for index, item in enumerate(needed(body, "messages", list)):
        if not isinstance(item, Mapping) or item.get("role") not in ("user", "assistant"):
            raise Refused(400, f"messages.{index}.role: expected user or assistant", param="messages")
        if not isinstance(item.get("content"), (str, list)):
            raise Refused(400, f"messages.{index}.content: expected a string or an array", param="messages")
    given(body, "system", str, list)


def _said(body: Mapping[str, Any]) -> list[Said]:
    """The conversation; a tool_result block becomes a message of its own."""
    heard = [Said("system", _text(body["system"]))] if body.get("system") else []
    messages = body.get("messages")
    for item in messages if isinstance(messages, list) else ():
        if not isinstance(item, Mapping):
            continue
        content = item.get("content")
        blocks = [block for block in content if isinstance(block, Mapping)] if isinstance(content, list) else []
        results = [block for block in blocks if block.get("type") == "tool_result"]
        others = tuple(str(b.get("type")) for b in blocks if b.get("type") in ("image", "document"))
        if not results or len(results) < len(blocks):
            heard.append(Said(str(item.get("role")), _text(content), others))
        heard += [Said("tool", _text(block.get("content"))) for block in results]
    return heard


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(b.get("text", "")) for b in content if isinstance(b, Mapping) and b.get("type") == "text")
    return content if isinstance(content, str) else ""


def _tool_tokens(body: Mapping[str, Any]) -> int:
    return len(tokens(json.dumps(body["tools"]))) if body.get("tools") else 0


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


def _document(body: Mapping[str, Any], record: Received, turn: Turn, n_input: int, stop: str | None) -> Json:
    blocks: list[Json] = []
    if turn.reasoning is not None:
        blocks.append({"type": "thinking", "thinking": turn.reasoning, "signature": "c2lnbmF0dXJl"})
    if turn.content or not turn.calls:
        blocks.append({"type": "text", "text": turn.content or ""})
    for position, call in enumerate(turn.calls):
        id = call.id or f"toolu_fake{record.number:08d}x{position}"
        blocks.append({"type": "tool_use", "id": id, "name": call.name, "input": _arguments(call.arguments)})
    whole = _envelope(body, record, n_input)
    whole["content"] = blocks
    finish = _STOPS.get(turn.finish_reason, turn.finish_reason)
    whole["stop_reason"] = "tool_use" if turn.calls else "stop_sequence" if stop else finish
    whole["stop_sequence"] = stop
    whole["usage"]["output_tokens"] = openai_chat.usage(n_input, [turn])["completion_tokens"]
    return whole


def _arguments(arguments: Mapping[str, Any] | str) -> Any:
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments)
    except ValueError:
        return {}


def _events(whole: Mapping[str, Any], turn: Turn) -> Iterator[bytes]:
    counted = {**whole["usage"], "output_tokens": 0}
    opening = {**whole, "content": [], "stop_reason": None, "stop_sequence": None, "usage": counted}
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


def _parts(block: Json, arguments: Iterator[str]) -> tuple[Json, Iterable[Json]]:
    if block["type"] == "thinking":
        said = [{"type": "thinking_delta", "thinking": piece} for piece in tokens(block["thinking"])]
        empty = {"type": "thinking", "thinking": "", "signature": ""}
        return empty, [*said, {"type": "signature_delta", "signature": block["signature"]}]
    if block["type"] == "text":
        return {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in tokens(block["text"])]
    pieces = ["", *tokens(next(arguments))]
    return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]


def _paced(reply: Stream, opening: Json) -> Iterator[bytes | float]:
    """A scripted stream as one text block; a mapping among the pieces is a whole delta."""
    if reply.first_delay:
        yield reply.first_delay
    yield named_event("message_start", message=opening)
    yield named_event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    said = ""
    for piece in spaced(reply.pieces, reply.gap):
        if isinstance(piece, float | int):
            yield piece
        elif isinstance(piece, str):
            said += piece
            yield named_event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        else:
            yield named_event("content_block_delta", index=0, delta=piece)
    if reply.finish_reason is not None:
        yield named_event("content_block_stop", index=0)
        n_output = (reply.usage or {}).get("output_tokens", len(tokens(said)))
        *closing, end = _closing(_STOPS.get(reply.finish_reason, reply.finish_reason), None, n_output)
        yield from closing
        if reply.done:
            yield end


def _closing(reason: str | None, stop: str | None, n_output: int) -> list[bytes]:
    delta = {"stop_reason": reason, "stop_sequence": stop}
    return [named_event("message_delta", delta=delta, usage={"output_tokens": n_output}), named_event("message_stop")]


ROUTES: Routes = {
    ("POST", "/v1/messages"): _messages,
    ("POST", "/v1/messages/count_tokens"): _count,
}
