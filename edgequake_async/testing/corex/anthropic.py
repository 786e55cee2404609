"""Anthropic's Messages API as the fake CoreX speaks it: as the fake provider does, for known models and for credits."""

from __future__ import annotations

from .. import anthropic_wire
from ..brain import tokens
from ..fields import given
from ..framing import Answer
from ..openai_wire import event_answer, json_answer
from ..records import Received
from ..replies import Stream, Text
from .call import Call, Json
from .world import Routes, World


def render(reply: Text | Stream, record: Received) -> Answer:
    """A scripted reply; a text is streamed where the request asks for a stream."""
    told = anthropic_wire.scripted(reply, record)
    if isinstance(told, dict):
        return json_answer(record, told, reply)
    return event_answer(record, told, reply)


def _messages(world: World, call: Call) -> Answer:
    body = call.document()
    model = world.find(call, body)
    turn, whole = anthropic_wire.answered(body, call.record, thinks=model.thinks != "never")
    counted = whole["usage"]
    thought = len(tokens(turn.reasoning))
    world.charge(call, prompt=counted["input_tokens"], completion=counted["output_tokens"], reasoning=thought)
    if given(body, "stream", bool):
        return call.events(anthropic_wire.events(whole, turn))
    return call.json(whole)


def _count(world: World, call: Call) -> Json:
    body = call.document()
    world.find(call, body)
    return anthropic_wire.counted(body)


ROUTES: Routes = {
    ("POST", "/v1/messages"): _messages,
    ("POST", "/v1/messages/count_tokens"): _count,
}
