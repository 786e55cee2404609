"""OpenAI's Responses API as the fake CoreX speaks it: one document, or the typed events of a stream.

A stored response can be got, deleted, and continued by ``previous_response_id``; ``store`` false forgets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..brain import Ask, Said, Tool, Turn
from ..fields import given, listed, needed
from ..framing import Answer
from ..openai_wire import event_answer, json_answer, lenient
from ..records import Received
from ..replies import Stream, Text
from .call import Call, Json, Refused
from .chat import spoken
from .response_events import closed, events, opened, paced
from .world import Routes, World

_TEXT_KINDS = ("input_text", "output_text", "text")


def render(reply: Text | Stream, record: Received) -> Answer:
    """A scripted reply; a text is streamed where the request asks for a stream."""
    body = lenient(record)
    if reply.model is not None:
        body["model"] = reply.model
    said = _said(body.get("input"))
    if isinstance(reply, Stream):
        return event_answer(record, paced(reply, opened(body, record), said), reply)
    finish = reply.finish_reason or "stop"
    turn = Turn(reply.content, reply.tool_calls, reply.reasoning, reply.refusal, finish)
    whole = closed(opened(body, record), turn, said)
    return event_answer(record, events(whole), reply) if body.get("stream") else json_answer(record, whole, reply)


def _create(world: World, call: Call) -> Answer:
    body = call.document()
    model = world.find(call, body)
    sent = needed(body, "input", str, list)
    earlier = _earlier(world, given(body, "previous_response_id", str))
    said = [*earlier, *_said(sent)]
    system = given(body, "instructions", str)
    ask = _ask(body, [Said("system", system), *said] if system else said, model.thinks != "never")
    (turn,) = spoken(ask)
    whole = closed(opened(body, call.record), turn, ask.said)
    counted = whole["usage"]
    world.charge(
        call,
        prompt=counted["input_tokens"],
        completion=counted["output_tokens"],
        reasoning=counted["output_tokens_details"]["reasoning_tokens"],
    )
    if whole["store"]:
        world.kept[whole["id"]] = (whole, [*said, Said("assistant", turn.content or "")])
    return call.events(events(whole)) if given(body, "stream", bool) else call.json(whole)


def _get(world: World, call: Call) -> Json:
    found: Json = _kept(world, call.ids[0])[0]
    return found


def _delete(world: World, call: Call) -> Json:
    _kept(world, call.ids[0])
    del world.kept[call.ids[0]]
    return {"id": call.ids[0], "object": "response", "deleted": True}


def _kept(world: World, id: str) -> tuple[Json, list[Said]]:
    if not id.startswith("resp_") or id not in world.kept:
        raise Refused(404, f"Response with id '{id}' not found.", code="not_found")
    found: tuple[Json, list[Said]] = world.kept[id]
    return found


def _earlier(world: World, id: str | None) -> list[Said]:
    if id is None:
        return []
    try:
        return _kept(world, id)[1]
    except Refused as exc:
        told = f"Previous response with id '{id}' not found."
        raise Refused(400, told, param="previous_response_id", code="previous_response_not_found") from exc


def _ask(body: Mapping[str, Any], said: list[Said], able: bool) -> Ask:
    offered = [tool for tool in listed(body, "tools", dict) if tool.get("type") == "function"]
    tools = [Tool(needed(tool, "name", str), tool.get("parameters") or {}) for tool in offered]
    choice = given(body, "tool_choice", str, dict, default="auto")
    if isinstance(choice, dict):
        choice = f"={choice.get('name')}"
    wanted = given(given(body, "text", dict, default={}), "format", dict, default={})
    document = wanted.get("schema") if wanted.get("type") == "json_schema" else None
    if wanted.get("type") == "json_object":
        document = {"type": "object", "properties": {"answer": {"type": "string"}}}
    effort = given(given(body, "reasoning", dict, default={}), "effort", str)
    return Ask(
        said=said,
        tools=tools,
        choice=choice,
        parallel=body.get("parallel_tool_calls") is not False,
        document=document,
        limit=given(body, "max_output_tokens", int),
        reasons=able and effort not in (None, "none"),
    )


def _said(sent: Any) -> list[Said]:
    if isinstance(sent, str):
        return [Said("user", sent)]
    heard = []
    for item in sent if isinstance(sent, list) else ():
        if not isinstance(item, Mapping):
            raise Refused(400, "Invalid 'input': expected objects.", param="input", code="invalid_type")
        if item.get("type") == "function_call_output":
            heard.append(Said("tool", _text(item.get("output"))[0]))
        elif item.get("role"):
            heard.append(Said(str(item["role"]), *_text(item.get("content"))))
    return heard


def _text(content: Any) -> tuple[str, tuple[str, ...]]:
    if isinstance(content, str):
        return content, ()
    parts = [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    texts = [str(part.get("text", "")) for part in parts if part.get("type") in _TEXT_KINDS]
    return "\n".join(texts), tuple(str(part.get("type")) for part in parts if part.get("type") not in _TEXT_KINDS)


ROUTES: Routes = {
    ("POST", "/v1/responses"): _create,
    ("GET", "/v1/responses/{}"): _get,
    ("DELETE", "/v1/responses/{}"): _delete,
}
