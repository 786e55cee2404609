"""Every recorded answer of Cohere's v2/chat, replayed over a socket, against an independent reading of it.

Cohere's v1 (``chat``, ``generate``, ``rerank``), which the company replaced, is not spoken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import cohere
import pytest
from cohere.core import ApiError

from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider

from .native import NativeReading, filled_complaints
from .observing import Seen, ask, plain
from .reading_cohere import read, tool_plan
from .recordings import Exchange, native, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, failing, severed
from .running import batched, judge_all

pytestmark = needed

# Recordings that no client can read, and why.
UNREADABLE: dict[str, str] = {}
_ERROR = b'data: {"type":"message-end","delta":{"finish_reason":"ERROR","error":"generation failed"}}\n\n'
_HELLO: Any = [{"role": "user", "content": "Hello"}]


def _answers() -> list[Exchange]:
    return [each for each in native("cohere-v2") if each.id not in UNREADABLE]


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(filter(wanted, _answers()))


async def _judge(exchange: Exchange, reading: NativeReading, base_url: str) -> list[str]:
    seen = await ask(exchange, base_url, "cohere_chat")
    plans = _plans(exchange, seen) if reading.failure is None else ()
    return [*filled_complaints(exchange, reading, seen), *plans]


def _plans(exchange: Exchange, seen: Seen) -> Iterator[str]:
    """The plan is in ``provider_specific_fields`` of the message, in pieces of the deltas."""
    plan = tool_plan(exchange)
    whole = [stream_chunk_builder(list(seen.documents))] if exchange.stream else seen.documents
    pieces = [choice.delta for chunk in seen.documents for choice in chunk.choices] if exchange.stream else []
    for said in ([document.choices[0].message for document in whole], pieces):
        beside = [plain(getattr(each, "provider_specific_fields", None)) or {} for each in said]
        told = "".join(each.get("tool_plan") or "" for each in beside)
        if said and told != plan:
            yield f"tool_plan: recorded {plan!r}, got {told!r}"


@pytest.mark.asyncio
@_batches(lambda each: not each.stream)
async def test_whole_answers(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, read(exchange), replay.base_url(exchange, cut))

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.stream)
async def test_streams_however_cut(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, read(exchange), replay.base_url(exchange, cut))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in cuts(exchange)], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.body_kind == "sse" and read(each).failure is None)
async def test_streams_that_end_too_early_raise_what_had_arrived(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, read(severed(exchange)), replay.base_url(exchange, cut))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in (SEVERED, TORN)], judge)


@pytest.mark.asyncio
async def test_an_error_inside_a_stream_is_raised_after_what_had_arrived() -> None:
    """As Cohere's SDK describes the event. None was recorded."""
    whole = next(each for each in _answers() if each.body_kind == "sse")
    broken = failing(whole, _ERROR)
    with FakeProvider() as fake:
        assert await _judge(broken, read(broken), Replay(fake, [broken]).base_url(broken, RECORDED)) == []


def test_no_recording_is_left_out() -> None:
    exchanges = native("cohere-v2")
    assert len(exchanges) > 40
    assert UNREADABLE.keys() <= {exchange.id for exchange in exchanges}
    assert len(UNREADABLE) < len(exchanges) / 100
    assert {exchange.status for exchange in exchanges} >= {200, 400, 401}
    for exchange in _answers():
        reading = read(exchange)
        assert reading.reply.choices or reading.failure, exchange.id
        if exchange.stream:
            cut_short = read(severed(exchange))
            assert cut_short.failure, exchange.id
            assert cut_short.reply.choices, exchange.id


@pytest.mark.parametrize("exchange", [pytest.param(each, id=each.id) for each in _answers()])
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
