"""Every recorded generateContent answer, replayed over a socket, against an independent reading of it.

Whoever answered (the Gemini API, Vertex AI), the body's form is one, and so it is asked for as Gemini's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from .assembly import Call, Reply
from .native import NativeReading, complaints
from .observing import Seen, ask, told_by_chunks, told_by_response
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
    seen = await ask(exchange, base_url, "gemini")
    told = _told(exchange, seen)
    if told is None:
        return complaints(exchange, reading, seen)
    filled = replace(reading, reply=_with_made_ids(exchange, reading.reply, told))
    found = [*complaints(exchange, filled, seen), *_repeated(told)]
    # A blocked prompt may have no counts.
    return [each for each in found if reading.reply.usage or not each.startswith("usage is on 0 chunks")]


def _told(exchange: Exchange, seen: Seen) -> Reply | None:
    if not seen.documents:
        return None
    return told_by_chunks(seen.documents) if exchange.stream else told_by_response(seen.documents[0])


def _with_made_ids(exchange: Exchange, recorded: Reply, told: Reply) -> Reply:
    """What the recording leaves out and OpenAI's clients need: ids, which are made, and the model that was asked for."""
    choices = dict(recorded.choices)
    for index, answer in choices.items():
        calls = told.choices[index].calls if index in told.choices else ()
        if len(calls) == len(answer.calls):
            filled = tuple(_with_made_id(*pair) for pair in zip(answer.calls, calls, strict=True))
            choices[index] = replace(answer, calls=filled)
    made = told.id if (told.id or "").startswith("chatcmpl-") else None
    return replace(recorded, id=recorded.id or made, model=recorded.model or exchange.model, choices=choices)


def _with_made_id(recorded: Call, told: Call) -> Call:
    made = not recorded.id and told.id.startswith("call_")
    return replace(recorded, id=told.id) if made else recorded


def _repeated(told: Reply) -> Iterator[str]:
    ids = [call.id for answer in told.choices.values() for call in answer.calls]
    if len(set(ids)) < len(ids):
        yield f"calls share ids: {ids}"


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
