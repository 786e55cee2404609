"""Four limits, each fires alone and says so; a call within its limits is left alone, and no chunk is held back."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, raw, slow_head, sse, stream

from .ways import USER, Way

CHUNK = {"choices": [{"index": 0, "delta": {"content": "x"}}]}
REPLY = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"late"},"finish_reason":"stop"}]}'

# A limit that fires, one that must not, and a delay that passes the first.
SHORT, LONG, DELAY = 0.15, 20.0, 5.0


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that accepts connections and never says a word: a TLS handshake with it does not end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def assert_fired(outcome: Any, kind: str, started: float, limit: float = SHORT) -> eq.Timeout:
    waited = time.monotonic() - started
    assert isinstance(outcome.error, eq.Timeout), outcome
    assert outcome.error.timeout_kind == kind
    assert outcome.error.status_code == 408
    assert str(limit) in str(outcome.error)
    assert limit <= waited < DELAY
    return outcome.error


@pytest.mark.parametrize("stream_it", [False, True], ids=["unary", "stream"])
def test_connect(way: Way, silent: str, ask: dict[str, Any], stream_it: bool) -> None:
    call = {**ask, "api_base": f"https://{silent}/v1", "ssl_verify": False, "stream": stream_it}
    started = time.monotonic()
    outcome = way.watch(**call, timeout=eq.Timeouts(connect=SHORT, total=LONG))
    assert_fired(outcome, "connect", started)


def test_connect_limit_is_not_for_the_answer(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(slow_head(0.3))
    assert (
        way.completion(**ask, timeout={"connect": 0.1}).choices[0].message.content == f"You said: {USER[0]['content']}"
    )


FIRST_TOKEN = {
    "unary": (False, slow_head(DELAY)),
    "head of a stream": (True, slow_head(DELAY)),
    "first chunk": (True, stream(["late"], first_delay=DELAY)),
    "comments are no token": (True, sse([b": waiting\n\n", *[0.05, b": waiting\n\n"] * 100, CHUNK])),
}


@pytest.mark.parametrize("case", FIRST_TOKEN)
def test_first_token(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    streams, reply = FIRST_TOKEN[case]
    fake.script(reply)
    started = time.monotonic()
    outcome = way.watch(**ask, stream=streams, timeout=eq.Timeouts(first_token=SHORT, idle=LONG))
    assert_fired(outcome, "first_token", started)
    assert fake.wait_for_abort()


def test_first_token_limit_is_not_for_later_chunks(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(stream(["a", 0.4, "b"]))
    assert len(way.stream(**ask, timeout={"first_token": 0.2})) == 3


def test_idle_between_chunks(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(stream(["a", "b", DELAY, "c"]))
    started = time.monotonic()
    outcome = way.watch(**ask, stream=True, timeout=eq.Timeouts(idle=SHORT, first_token=LONG))
    raised = assert_fired(outcome, "idle", started)
    assert outcome.text == raised.generated_content == "ab"
    assert raised.partial is not None
    assert raised.partial.choices[0].message.content == "ab"
    assert len(fake.requests) == 1


def test_idle_inside_a_unary_body(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(raw(200, {"content-type": "application/json"}, [REPLY[:30], DELAY, REPLY[30:]], chunked=True))
    started = time.monotonic()
    outcome = way.watch(**ask, timeout=eq.Timeouts(idle=SHORT))
    assert_fired(outcome, "idle", started)


def test_idle_counts_from_the_last_piece(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(stream(list("abcdefgh"), gap=0.08))
    outcome = way.watch(**ask, stream=True, timeout={"idle": 0.4, "first_token": 0.4})
    assert (outcome.error, outcome.text) == (None, "abcdefgh")


TOTAL = {
    "unary": (False, slow_head(DELAY)),
    "a body that trickles": (False, raw(200, (), [b" ", *[0.05, b" "] * 100, REPLY], chunked=True)),
    "a stream that trickles": (True, stream(["x"] * 100, gap=0.05)),
}


@pytest.mark.parametrize("case", TOTAL)
def test_total(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    streams, reply = TOTAL[case]
    fake.script(reply)
    started = time.monotonic()
    outcome = way.watch(**ask, stream=streams, timeout=eq.Timeouts(total=SHORT, idle=LONG, first_token=LONG))
    assert_fired(outcome, "total", started)


def test_total_bounds_the_retries_together(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    """A wait that would end after the deadline is not begun: the provider's own error comes at once."""
    fake.on_request(lambda _: error(503, headers={"retry-after": "30"}))
    started = time.monotonic()
    outcome = way.watch(**{**ask, "num_retries": 5}, timeout=eq.Timeouts(total=10))
    assert isinstance(outcome.error, eq.ServiceUnavailableError)
    assert len(fake.requests) == outcome.error.attempts == 1
    assert time.monotonic() - started < DELAY


def test_total_ends_an_attempt_after_a_retry(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(error(503, headers={"retry-after-ms": "1"}), slow_head(DELAY))
    started = time.monotonic()
    outcome = way.watch(**{**ask, "num_retries": 5}, timeout=eq.Timeouts(total=0.5))
    raised = assert_fired(outcome, "total", started, 0.5)
    assert raised.attempts == len(fake.requests) == 2


NUMBERS = {
    "float": 0.15,
    "text": "0.15",
    "like httpx.Timeout": SimpleNamespace(connect=1.0, read=0.15, write=1.0, pool=1.0),
}


@pytest.mark.parametrize(
    ("name", "spelling"),
    [*(("timeout", spelling) for spelling in NUMBERS), ("request_timeout", "float"), ("stream_timeout", "float")],
)
def test_a_number_bounds_each_wait_of_a_stream(
    way: Way, fake: FakeProvider, ask: dict[str, Any], spelling: str, name: str
) -> None:
    fake.script(stream(["a", DELAY, "b"]))
    started = time.monotonic()
    outcome = way.watch(**ask, stream=True, **{name: NUMBERS[spelling]})
    assert_fired(outcome, "idle", started)
    assert outcome.text == "a"


def test_a_number_does_not_cut_a_stream_that_keeps_talking(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(stream(["x"] * 12, gap=0.05))
    outcome = way.watch(**ask, stream=True, timeout=0.4)
    assert (outcome.error, outcome.text) == (None, "x" * 12)


@pytest.mark.parametrize("name", ["timeout", "request_timeout"])
def test_a_number_bounds_a_whole_unary_call(way: Way, fake: FakeProvider, ask: dict[str, Any], name: str) -> None:
    fake.script(slow_head(DELAY))
    started = time.monotonic()
    assert_fired(way.watch(**ask, **{name: SHORT}), "total", started)


def test_a_unary_call_does_not_take_the_stream_timeout(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(slow_head(0.3))
    assert way.watch(**ask, stream_timeout=0.1).error is None


def test_an_embedding_has_limits_too(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(slow_head(DELAY))
    with pytest.raises(eq.Timeout) as caught:
        way.embedding(**target, input="x", timeout=SHORT)
    assert caught.value.timeout_kind == "total"


def test_limits_of_one_call_do_not_reach_the_next(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(slow_head(DELAY), slow_head(2 * SHORT))
    assert isinstance(way.watch(**ask, timeout=SHORT).error, eq.Timeout)
    assert way.watch(**ask).error is None


@pytest.mark.parametrize("endless", [None, float("inf"), "inf"])
def test_no_limit_can_be_asked_for(way: Way, fake: FakeProvider, ask: dict[str, Any], endless: Any) -> None:
    limits = {"total": endless} if endless is None else endless
    assert way.watch(**ask, timeout=limits).error is None


@pytest.mark.anyio
async def test_chunks_arrive_when_they_are_sent(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """Held back by nothing: each chunk comes while the server still waits to send the one after the next."""
    fake.script(stream(["a", "b", "c", "d"], gap=0.3))
    arrivals = []
    async for chunk in await eq.acompletion(**ask, stream=True):
        if chunk.choices[0].delta.content:
            arrivals.append(time.monotonic() - fake.requests[0].at)
    late = [arrival - 0.3 * index for index, arrival in enumerate(arrivals)]
    assert len(late) == 4
    assert all(-0.05 < seconds < 0.25 for seconds in late), late


def test_sync_chunks_arrive_when_they_are_sent(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(stream(["a", "b", "c", "d"], gap=0.3))
    late = []
    for index, chunk in enumerate(eq.completion(**ask, stream=True)):
        if chunk.choices[0].delta.content:
            late.append(time.monotonic() - fake.requests[0].at - 0.3 * index)
    assert len(late) == 4
    assert all(-0.05 < seconds < 0.25 for seconds in late), late
