"""Every recorded Converse answer of Bedrock, replayed over a socket, against an independent reading of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edgequake_async.testing import FakeProvider

from .aws_events import exception
from .native import NativeReading, filled_complaints
from .observing import ask
from .reading_converse import STATUS, read
from .recordings import Exchange, native, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, failing, severed
from .running import batched, judge_all

pytestmark = needed

# Recordings that no client can read, and why.
UNREADABLE: dict[str, str] = {}


def _answers() -> list[Exchange]:
    return [each for each in native("bedrock-converse") if each.id not in UNREADABLE]


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(filter(wanted, _answers()))


async def _judge(exchange: Exchange, reading: NativeReading, base_url: str) -> list[str]:
    return filled_complaints(exchange, reading, await ask(exchange, base_url, "bedrock"))


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
@_batches(lambda each: each.body_kind == "eventstream" and read(each).failure is None)
async def test_streams_that_end_too_early_raise_what_had_arrived(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, read(severed(exchange)), replay.base_url(exchange, cut))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in (SEVERED, TORN)], judge)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", sorted(STATUS))
async def test_an_exception_inside_a_stream_is_raised_after_what_had_arrived(kind: str) -> None:
    """None was recorded, so one is put where a recorded stream would have said why it stopped."""
    whole = next(each for each in _answers() if each.body_kind == "eventstream" and len(each.body) > 10_000)
    broken = failing(whole, exception(kind, "Not now."))
    with FakeProvider() as fake:
        assert await _judge(broken, read(broken), Replay(fake, [broken]).base_url(broken, RECORDED)) == []


def test_no_recording_is_left_out() -> None:
    exchanges = native("bedrock-converse")
    assert len(exchanges) > 90
    assert UNREADABLE.keys() <= {exchange.id for exchange in exchanges}
    assert len(UNREADABLE) < len(exchanges) / 100
    assert {exchange.status for exchange in exchanges} >= {200, 400, 403, 404}
    for exchange in _answers():
        reading = read(exchange)
        assert reading.reply.choices or reading.failure, exchange.id
        if exchange.body_kind == "eventstream":
            cut_short = read(severed(exchange))
            assert cut_short.failure, exchange.id
            assert cut_short.reply.choices, exchange.id
