"""Chat completions of the fake CoreX: the OpenAI-shaped model, plus what a gateway adds.

Adds ``promptshield`` where credits are on, reasoning in each provider's place, Perplexity's citations, and
``metadata`` that tells where a virtual model led. A stream's last chunk carries usage and promptshield.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import openai_chat
from ..brain import Ask, Turn, answers, prompt_tokens, tokens
from ..fields import given
from ..framing import Answer
from ..openai_ask import read, said
from ..openai_wire import DONE, event, wants_usage
from ..schema import SchemaError
from .call import Call, Json, Refused
from .models import Model
from .world import Routes, World

_CITATIONS = [
    {"url": "https://example.com/one", "title": "One"},
    {"url": "https://example.com/two", "title": "Two"},
]
_OFF = (None, False, "none", 0, "disabled")
_EFFORTS = ("reasoning_effort", "thinking", "enable_thinking", "thinking_budget", "include_thinking")


def spoken(ask: Ask) -> list[Turn]:
    """The model's turns. Refuses (400) schemas that nothing satisfies."""
    try:
        return answers(ask)
    except SchemaError as exc:
        raise Refused(400, f"Invalid schema: {exc}", param="response_format", code="invalid_schema") from exc


def _chat(world: World, call: Call) -> Answer:
    body = call.document()
    model = world.find(call, body)
    extra = given(body, "provider_specific_params", dict, default={})
    given(body, "stream", bool)
    reasons = model.thinks == "tag_uncounted" or (model.thinks != "never" and _wants_thinking({**extra, **body}))
    plain = spoken(replace(read(body), reasons=reasons))
    turns = [_aloud(turn) for turn in plain] if model.thinks.startswith("tag") else plain
    counted = _usage(model, body, plain, turns)
    thought = counted["completion_tokens_details"]["reasoning_tokens"]
    world.charge(call, prompt=counted["prompt_tokens"], completion=counted["completion_tokens"], reasoning=thought)
    added: Json = {}
    if (shield := world.credits.shield()) is not None:
        added["promptshield"] = shield
    asked = body.get("virtual_model_id") or body["model"]
    if asked in world.virtual_models:
        added["metadata"] = {"virtual_model_id": asked, "routed_to": model.id}
    citations = _CITATIONS if model.provider == "perplexity" and extra.get("return_citations") is not False else []
    if body.get("stream"):
        if citations:
            added["citations"] = citations
        return call.events(_streamed(body, call.record.number, turns, counted, added))
    document = openai_chat.completion(body, call.record.number, turns, counted)
    for choice in document["choices"] if citations else ():
        choice["message"]["citations"] = citations
    return call.json({**document, **added})


def _streamed(body: Mapping[str, Any], number: int, turns: Sequence[Turn], counted: Json, added: Json) -> list[bytes]:
    *most, last = openai_chat.events(body, number, turns, counted if wants_usage(body) else None)
    last = {**last, **added, "usage": counted}
    return [*map(event, most), event(last), DONE]


def _usage(model: Model, body: Mapping[str, Any], plain: Sequence[Turn], turns: Sequence[Turn]) -> Json:
    counted = openai_chat.usage(prompt_tokens(said(body)), turns)
    if model.thinks == "tag":
        details = counted["completion_tokens_details"]
        details["reasoning_tokens"] = sum(len(tokens(turn.reasoning)) for turn in plain)
    return counted


def _aloud(turn: Turn) -> Turn:
    if turn.reasoning is None:
        return turn
    return replace(turn, content=f"<think>{turn.reasoning}</think>\n\n{turn.content or ''}", reasoning=None)


def _wants_thinking(fields: Mapping[str, Any]) -> bool:
    for name in _EFFORTS:
        value = fields.get(name)
        if isinstance(value, Mapping):
            value = value.get("type")
        if value not in _OFF:
            return True
    return False


ROUTES: Routes = {("POST", "/v1/chat/completions"): _chat}
