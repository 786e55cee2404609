"""The independent reading of Cohere's recordings is what Cohere's own SDK reads."""

from __future__ import annotations

import json
from typing import Any

import cohere
import pytest
from cohere.core import ApiError

from .formats import answers
from .reading_cohere import read, tool_plan
from .recordings import Exchange, needed
from .replay import RECORDED, Replay

pytestmark = needed

_HELLO: Any = [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize("exchange", [pytest.param(each, id=each.id) for each in answers("cohere-v2")])
def test_the_readings_say_what_the_sdk_reads(exchange: Exchange, replay: Replay) -> None:
    reading = read(exchange)
    base_url = replay.base_url(exchange, RECORDED)
    if reading.failure is not None:
        with pytest.raises(ApiError) as raised:
            _told_by_sdk(exchange, base_url)
        assert (raised.value.status_code, raised.value.body["message"]) == (exchange.status, *reading.failure.said)
        return
    answer = reading.reply.choices[0]
    calls = [(call.id, call.name, call.arguments) for call in answer.calls]
    assert _told_by_sdk(exchange, base_url) == {
        "text": answer.text,
        "reasoning": answer.reasoning,
        "plan": tool_plan(exchange),
        "calls": calls,
        "finish": answer.raw_finish_reason,
        "citations": [each for each in reading.kept if "start" in each],
    }


def _told_by_sdk(exchange: Exchange, base_url: str) -> dict[str, Any]:
    with cohere.ClientV2(api_key="corpus-key-0123456789", base_url=base_url) as client:
        if not exchange.stream:
            answer = client.chat(model=exchange.model, messages=_HELLO)
            said = json.loads(answer.message.json())
            return _told(said, answer.finish_reason, said.get("citations") or [])
        return _joined(list(client.chat_stream(model=exchange.model, messages=_HELLO)))


def _joined(events: list[Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"content": [], "tool_calls": [], "tool_plan": ""}
    citations: list[Any] = []
    finish = None
    for event in (json.loads(each.json()) for each in events):
        said = (event.get("delta") or {}).get("message") or {}
        match event["type"]:
            case "content-delta":
                message["content"].append(said["content"])
            case "tool-plan-delta":
                message["tool_plan"] += said["tool_plan"]
            case "tool-call-start":
                message["tool_calls"].append(said["tool_calls"])
            case "tool-call-delta":
                function = message["tool_calls"][event["index"]]["function"]
                function["arguments"] += said["tool_calls"]["function"]["arguments"]
            case "citation-start":
                citations.append(said["citations"])
            case "message-end":
                finish = event["delta"]["finish_reason"]
    return _told(message, finish, citations)


def _told(message: dict[str, Any], finish: str | None, citations: list[Any]) -> dict[str, Any]:
    calls = [(call["id"], call["function"]) for call in message.get("tool_calls") or ()]
    return {
        "text": "".join(part.get("text") or "" for part in message.get("content") or ()),
        "reasoning": "".join(part.get("thinking") or "" for part in message.get("content") or ()),
        "plan": message.get("tool_plan") or "",
        "calls": [(id, function["name"], function["arguments"] or "{}") for id, function in calls],
        "finish": finish,
        "citations": citations,
    }
