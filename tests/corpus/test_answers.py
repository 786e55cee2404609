"""Every recorded chat answer of every wire format, replayed over a socket, against an independent reading of it.

Content, tool calls, reasoning, usage, losslessness, streams joined by the caller and by ``stream_chunk_builder``,
errors by class, status, code and message, and streams that end too early. A failing batch names the exchanges by id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from edgequake_async.testing import FakeProvider

from .aws_events import exception
from .formats import FORMATS, UNREADABLE, Format, answers
from .reading_converse import STATUS
from .recordings import Exchange, batches, needed
from .replay import RECORDED, SEVERED, TORN, Replay, cuts, failing, severed
from .running import judge_all

pytestmark = needed


def _batches(wanted: Callable[[Format, Exchange], bool]) -> pytest.MarkDecorator:
    """A test per batch of each format: its row, its exchanges."""
    return pytest.mark.parametrize(
        ("form", "exchanges"),
        [
            pytest.param(form, group, id=f"{name}-{batch}")
            for name, form in FORMATS.items()
            for batch, group in batches(each for each in answers(name) if wanted(form, each))
        ],
    )


async def _judge(form: Format, replay: Replay, pairs: Iterable[tuple[Exchange, str]]) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await form.judge(exchange, form.read(exchange), replay.base_url(exchange, cut))

    await judge_all(pairs, judge)


@pytest.mark.asyncio
@_batches(lambda _, each: not each.stream)
async def test_whole_answers(form: Format, exchanges: list[Exchange], replay: Replay) -> None:
    await _judge(form, replay, [(exchange, RECORDED) for exchange in exchanges])


@pytest.mark.asyncio
@_batches(lambda _, each: each.stream)
async def test_streams_however_cut(form: Format, exchanges: list[Exchange], replay: Replay) -> None:
    await _judge(form, replay, [(exchange, cut) for exchange in exchanges for cut in cuts(exchange)])


@pytest.mark.asyncio
@_batches(lambda form, each: form.is_stream(each))
async def test_streams_that_end_too_early_raise_what_had_arrived(
    form: Format, exchanges: list[Exchange], replay: Replay
) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await form.judge(exchange, form.read(severed(exchange)), replay.base_url(exchange, cut))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in (SEVERED, TORN)], judge)


# None was recorded, so one is put where a recorded stream would have said why it stopped: as Ollama documents it
# (https://docs.ollama.com/api/errors), as Cohere's SDK describes the event.
_FAILURES = [
    *(pytest.param("bedrock-converse", exception(kind, "Not now."), id=kind) for kind in sorted(STATUS)),
    pytest.param("bedrock-invoke", exception("modelTimeoutException", "Too slow."), id="invoke"),
    pytest.param("ollama", b'{"error":"an error was encountered while running the model"}\n', id="ollama"),
    pytest.param(
        "cohere-v2",
        b'data: {"type":"message-end","delta":{"finish_reason":"ERROR","error":"generation failed"}}\n\n',
        id="cohere",
    ),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("name", "failure"), _FAILURES)
async def test_an_error_inside_a_stream_is_raised_after_what_had_arrived(name: str, failure: bytes) -> None:
    form = FORMATS[name]
    longest = max(filter(form.is_stream, answers(name)), key=lambda each: len(each.body))
    broken = failing(longest, failure)
    with FakeProvider() as fake:
        url = Replay(fake, [broken]).base_url(broken, RECORDED)
        assert await form.judge(broken, form.read(broken), url) == []


@pytest.mark.parametrize("name", FORMATS)
def test_no_recording_is_left_out(name: str) -> None:
    form = FORMATS[name]
    exchanges = form.exchanges()
    assert len(exchanges) >= form.at_least
    assert {exchange.status for exchange in exchanges} >= form.statuses
    assert len(UNREADABLE.keys() & {exchange.id for exchange in exchanges}) < len(exchanges) / 100
    for exchange in answers(name):
        told = form.read(exchange)
        assert told.reply.choices or told.failure or getattr(told, "documents", None), exchange.id
        if form.says_something_when_severed and form.is_stream(exchange):
            cut_short = form.read(severed(exchange))
            assert cut_short.failure, exchange.id
            assert cut_short.reply.choices, exchange.id


def test_unreadable_recordings_exist() -> None:
    assert UNREADABLE.keys() <= {exchange.id for form in FORMATS.values() for exchange in form.exchanges()}
