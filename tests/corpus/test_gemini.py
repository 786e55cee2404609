"""Every recorded generateContent answer, replayed over a socket, against an independent reading of it.

Whoever answered (the Gemini API, Vertex AI), the body's form is one, and so it is asked for as Gemini's.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .native import NativeReading, filled_complaints
from .observing import ask
from .reading_gemini import read
from .recordings import Exchange, native, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, severed
from .running import batched, judge_all

pytestmark = needed

# Recordings that no client can read, and why.
UNREADABLE: dict[str, str] = {}


def _answers() -> list[Exchange]:
    return [each for each in native("gemini") if each.id not in UNREADABLE]


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(filter(wanted, _answers()))


async def _judge(exchange: Exchange, reading: NativeReading, base_url: str) -> list[str]:
    return filled_complaints(exchange, reading, await ask(exchange, base_url, "gemini"), ("chatcmpl-", "call_"))


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
@_batches(lambda each: each.body_kind == "sse" and read(each).failure is None and b'"finishReason"' in each.body)
async def test_streams_that_end_too_early_raise_what_had_arrived(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, read(severed(exchange)), replay.base_url(exchange, cut))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in (SEVERED, TORN)], judge)


def test_no_recording_is_left_out() -> None:
    exchanges = native("gemini")
    assert len(exchanges) > 240
    assert UNREADABLE.keys() <= {exchange.id for exchange in exchanges}
    assert len(UNREADABLE) < len(exchanges) / 100
    assert {exchange.status for exchange in exchanges} >= {200, 400, 404, 429}
    for exchange in _answers():
        reading = read(exchange)
        assert reading.reply.choices or reading.failure, exchange.id
