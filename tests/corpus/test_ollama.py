"""Every recorded answer of Ollama's api/chat, replayed over a socket, against an independent reading of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import ollama
import pytest

from edgequake_async.testing import FakeProvider

from .native import NativeReading, filled_complaints
from .observing import ask
from .reading_ollama import read
from .recordings import Exchange, native, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, failing, severed
from .running import batched, judge_all

pytestmark = needed

# Recordings that no client can read, and why.
UNREADABLE: dict[str, str] = {}


def _answers() -> list[Exchange]:
    return [each for each in native("ollama") if each.endpoint == "api.chat" and each.id not in UNREADABLE]


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(filter(wanted, _answers()))


async def _judge(exchange: Exchange, reading: NativeReading, base_url: str) -> list[str]:
    return filled_complaints(exchange, reading, await ask(exchange, base_url, "ollama_chat"))


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
@_batches(lambda each: each.body_kind == "ndjson" and read(each).failure is None)
async def test_streams_that_end_too_early_raise_what_had_arrived(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, read(severed(exchange)), replay.base_url(exchange, cut))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in (SEVERED, TORN)], judge)


@pytest.mark.asyncio
async def test_an_error_inside_a_stream_is_raised_after_what_had_arrived() -> None:
    """As documented: https://docs.ollama.com/api/errors. None was recorded."""
    whole = next(each for each in _answers() if each.body_kind == "ndjson")
    broken = failing(whole, b'{"error":"an error was encountered while running the model"}\n')
    with FakeProvider() as fake:
        assert await _judge(broken, read(broken), Replay(fake, [broken]).base_url(broken, RECORDED)) == []


def test_no_recording_is_left_out() -> None:
    exchanges = [each for each in native("ollama") if each.endpoint == "api.chat"]
    assert len(exchanges) > 25
    assert UNREADABLE.keys() <= {exchange.id for exchange in exchanges}
    assert len(UNREADABLE) < len(exchanges) / 100
    for exchange in _answers():
        reading = read(exchange)
        assert reading.reply.choices or reading.failure, exchange.id
        if exchange.stream:
            cut_short = read(severed(exchange))
            assert cut_short.failure, exchange.id
            assert cut_short.reply.choices, exchange.id


def test_the_readings_say_what_the_sdk_reads() -> None:
    for exchange in _answers():
        lines = [ollama.ChatResponse(**json.loads(line)) for line in exchange.body.splitlines() if line.strip()]
        answer = read(exchange).reply.choices[0]
        assert answer.text == "".join(line.message.content or "" for line in lines)
        assert answer.reasoning == "".join(line.message.thinking or "" for line in lines)
        called = [call.function for line in lines for call in line.message.tool_calls or ()]
        assert [(each.name, json.loads(each.arguments)) for each in answer.calls] == [
            (each.name, each.arguments) for each in called
        ]
