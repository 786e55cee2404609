"""Every recorded Anthropic message, replayed over a socket, against an independent reading of it.

Whoever answered (Anthropic, Azure, Vertex), the body's form is one, and so it is asked for as Anthropic's.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .native import complaints
from .observing import ask
from .reading_anthropic import read
from .recordings import Exchange, native, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, severed
from .running import batched, judge_all

pytestmark = needed

# Recordings that no client can read, and why.
UNREADABLE: dict[str, str] = {}


def _messages() -> list[Exchange]:
    return [each for each in native("anthropic-messages") if each.id not in UNREADABLE]


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(filter(wanted, _messages()))


@pytest.mark.asyncio
@_batches(lambda each: not each.stream)
async def test_whole_messages(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return complaints(exchange, read(exchange), await ask(exchange, replay.base_url(exchange, cut), "anthropic"))

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.stream)
async def test_streamed_messages_however_cut(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return complaints(exchange, read(exchange), await ask(exchange, replay.base_url(exchange, cut), "anthropic"))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in cuts(exchange)], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.body_kind == "sse" and b"event: message\n" not in each.body)
async def test_streams_that_end_too_early_raise_what_had_arrived(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        seen = await ask(exchange, replay.base_url(exchange, cut), "anthropic")
        return complaints(exchange, read(severed(exchange)), seen)

    await judge_all([(exchange, cut) for exchange in exchanges for cut in (SEVERED, TORN)], judge)


def test_no_recording_is_left_out() -> None:
    exchanges = native("anthropic-messages")
    assert len(exchanges) > 260
    assert UNREADABLE.keys() <= {exchange.id for exchange in exchanges}
    assert len(UNREADABLE) < len(exchanges) / 100
    assert {exchange.status for exchange in exchanges} >= {200, 400, 401, 404}
    for exchange in _messages():
        reading = read(exchange)
        assert reading.reply.choices or reading.failure, exchange.id
