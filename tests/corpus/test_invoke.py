"""Every recorded message of Claude on Bedrock's InvokeModel, and every error of it, against an independent reading.

Other models answer in bodies of their own there, which the library does not speak: they are counted below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from edgequake_async.testing import FakeProvider

from .aws_events import exception
from .native import NativeReading, filled_complaints
from .observing import ask
from .reading_invoke import is_message, read
from .recordings import Exchange, native, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, failing, severed
from .running import batched, judge_all

pytestmark = needed

# Recordings that no client can read, and why.
UNREADABLE: dict[str, str] = {}

# Models whose bodies are not read here, by how their names begin, and why.
_CONVERSE = "the library speaks Converse to it"
_REPLACED = "a text completion model that Amazon has retired"
_ELSEWHERE = "embeddings and rerank have tests of their own"
OTHER_MODELS = {
    "ai21.j2": _REPLACED,
    "amazon.nova-2-multimodal-embeddings": _ELSEWHERE,
    "amazon.nova-lite": _CONVERSE,
    "amazon.nova-micro": _CONVERSE,
    "amazon.nova-pro": _CONVERSE,
    "amazon.titan-embed": _ELSEWHERE,
    "amazon.titan-text": _CONVERSE,
    "amazon.titan-tg1": _REPLACED,
    "anthropic.claude-v2": _REPLACED,
    "arn:aws:sagemaker": "an endpoint of somebody's own, with whatever body",
    "cohere.command-light-text": _REPLACED,
    "cohere.command-r": _CONVERSE,
    "cohere.command-text": _REPLACED,
    "cohere.embed": _ELSEWHERE,
    "cohere.rerank": _ELSEWHERE,
    "meta.llama": _CONVERSE,
    "mistral.mistral": _CONVERSE,
    "openai.gpt-oss": _CONVERSE,
}
_CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"


def judged(exchange: Exchange) -> bool:
    """Whether this exchange is read here; errors are Bedrock's, whatever model was asked for."""
    return exchange.id not in UNREADABLE and (exchange.status >= 400 or is_message(exchange))


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(each for each in native("bedrock-invoke") if judged(each) and wanted(each))


async def _judge(exchange: Exchange, reading: NativeReading, base_url: str) -> list[str]:
    # Some recorders dropped the model's name, and an error may have been another model's.
    model = exchange.model if "anthropic.claude" in exchange.model else _CLAUDE
    asked = replace(exchange, asked={"model": model})
    return filled_complaints(asked, reading, await ask(asked, base_url, "bedrock/invoke"))


@pytest.mark.asyncio
@_batches(lambda each: not each.stream)
async def test_whole_messages(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, read(exchange), replay.base_url(exchange, cut))

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.stream)
async def test_streamed_messages_however_cut(exchanges: list[Exchange], replay: Replay) -> None:
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
async def test_an_exception_inside_a_stream_is_raised_after_what_had_arrived() -> None:
    """None was recorded, so one is put where a recorded stream would have said why it stopped."""
    streams = (each for each in native("bedrock-invoke") if each.body_kind == "eventstream" and judged(each))
    broken = failing(next(streams), exception("modelTimeoutException", "Too slow."))
    with FakeProvider() as fake:
        assert await _judge(broken, read(broken), Replay(fake, [broken]).base_url(broken, RECORDED)) == []


def test_no_recording_is_left_out() -> None:
    exchanges = native("bedrock-invoke")
    assert UNREADABLE.keys() <= {exchange.id for exchange in exchanges}
    assert len(UNREADABLE) < len(exchanges) / 100
    here = [each for each in exchanges if judged(each)]
    assert Counter(each.status >= 400 for each in here) == {False: 24, True: 11}
    for exchange in here:
        reading = read(exchange)
        assert reading.reply.choices or reading.failure, exchange.id
        if exchange.body_kind == "eventstream":
            cut_short = read(severed(exchange))
            assert cut_short.failure, exchange.id
            assert cut_short.reply.choices, exchange.id
    for exchange in exchanges:
        named = exchange.model.removeprefix("us.").startswith(tuple(OTHER_MODELS))
        assert judged(exchange) or named, (exchange.id, exchange.model)
