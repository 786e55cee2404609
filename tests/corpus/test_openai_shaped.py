"""Every recorded OpenAI-shaped chat answer, replayed over a socket, against an independent reading of it.

Content, losslessness of every document, streams joined by the caller and by ``stream_chunk_builder``, errors
by class, status, code and message, and streams that end too early. A failing batch names the exchanges by id.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .judging import complaints
from .observing import ask
from .reading import read
from .recordings import Exchange, chat, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, severed
from .running import batched, judge_all

pytestmark = needed


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(filter(wanted, chat()))


@pytest.mark.asyncio
@_batches(lambda each: not each.stream)
async def test_whole_answers(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return complaints(exchange, read(exchange), await ask(exchange, replay.base_url(exchange, cut)))

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.stream)
async def test_streams_however_cut(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return complaints(exchange, read(exchange), await ask(exchange, replay.base_url(exchange, cut)))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in cuts(exchange)], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.body_kind == "sse" and read(each).failure is None)
async def test_streams_that_end_too_early_raise_what_had_arrived(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        reading = read(severed(exchange))
        return complaints(exchange, reading, await ask(exchange, replay.base_url(exchange, cut)))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in (SEVERED, TORN)], judge)


def test_no_recording_is_left_out() -> None:
    exchanges = chat()
    assert len(exchanges) > 800
    assert {exchange.status for exchange in exchanges} >= {200, 400, 401, 403, 404, 422, 429, 500}
    for exchange in exchanges:
        reading = read(exchange)
        assert reading.documents or reading.failure, exchange.id
