"""How often a request is sent: never more than asked, never once an answer began, and not before the wait asked for."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, raw, refuse, reset, sse

from .ways import Way

AT_ONCE = {"retry-after-ms": "1"}
RETRIED = (408, 429, 500, 502, 503, 504, 529)
NOT_RETRIED = (400, 401, 402, 403, 404, 409, 413, 422)


@pytest.mark.parametrize("retries", [0, 1, 3])
@pytest.mark.parametrize("status", [*RETRIED, *NOT_RETRIED])
def test_a_constant_failure_is_sent_as_often_as_asked(
    way: Way, fake: FakeProvider, ask: dict[str, Any], status: int, retries: int
) -> None:
    fake.on_request(lambda _: error(status, headers=AT_ONCE))
    raised = way.watch(**{**ask, "num_retries": retries}).error
    sent = 1 + retries if status in RETRIED else 1
    assert raised.status_code == status
    assert raised.attempts == len(fake.requests) == sent
    assert len({request.body for request in fake.requests}) == 1


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_a_retry_that_succeeds_is_a_success(way: Way, fake: FakeProvider, ask: dict[str, Any], stream: bool) -> None:
    fake.script(error(503, headers=AT_ONCE), error(429, headers=AT_ONCE))
    outcome = way.watch(**{**ask, "num_retries": 2}, stream=stream)
    assert outcome.error is None
    assert len(fake.requests) == 3


# Here the wait is real and is the engine's own, so one way in is enough, as for the waits below.
NO_HEAD = {"closed": drop_after(), "reset": reset(), "refused": refuse()}


@pytest.mark.parametrize("case", NO_HEAD)
def test_no_answer_is_retried(fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(NO_HEAD[case])
    eq.completion(**{**ask, "num_retries": 1})


BEGUN = {
    "unary body broke off": (False, drop_after(3, reply=raw(200, (), {"choices": []}))),
    "stream broke off": (True, drop_after(pieces=1, reply=sse([{"choices": []}] * 3))),
    "stream without a chunk": (True, sse([])),
    "error under 200": (False, raw(200, (), {"error": {"message": "x", "code": 503}})),
    "error in the first event": (True, sse([{"error": {"message": "x", "code": 503}}])),
}


@pytest.mark.parametrize("case", BEGUN)
def test_an_answer_that_began_is_not_asked_for_again(
    way: Way, fake: FakeProvider, ask: dict[str, Any], case: str
) -> None:
    stream, reply = BEGUN[case]
    fake.script(reply)
    assert isinstance(way.watch(**{**ask, "num_retries": 5}, stream=stream).error, eq.EQError)
    assert len(fake.requests) == 1


def test_max_retries_is_the_same(way: Way, fake: FakeProvider, target: dict[str, Any], ask: dict[str, Any]) -> None:
    fake.on_request(lambda _: error(503, headers=AT_ONCE))
    del ask["num_retries"]
    way.watch(**ask, max_retries=1)
    assert len(fake.requests) == 2
    with pytest.raises(eq.ServiceUnavailableError):
        way.embedding(**{**target, "num_retries": 1}, input="x")
    assert len(fake.requests) == 4


def test_the_default_is_three(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.on_request(lambda _: error(503, headers=AT_ONCE))
    del ask["num_retries"]
    way.watch(**ask)
    assert len(fake.requests) == 4


def in_two_seconds() -> str:
    # HTTP dates have whole seconds: this one is 1 to 2 s ahead.
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=2), usegmt=True)


# Header, the least wait in seconds, and what the error says.
WAITS: dict[str, tuple[Any, float, float | None]] = {
    "seconds": (lambda: {"retry-after": "1"}, 1.0, 1.0),
    "fraction": (lambda: {"retry-after": "0.4"}, 0.4, 0.4),
    "date": (lambda: {"retry-after": in_two_seconds()}, 0.9, None),
    "milliseconds": (lambda: {"retry-after-ms": "400"}, 0.4, 0.4),
    "milliseconds win": (lambda: {"retry-after-ms": "400", "retry-after": "60"}, 0.4, 0.4),
    "our own": (dict, 0.375, None),
}


@pytest.mark.parametrize("case", WAITS)
def test_the_wait_asked_for_is_kept(fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    headers, least, _ = WAITS[case]
    fake.script(error(429, headers=headers()))
    eq.completion(**{**ask, "num_retries": 1})
    first, second = fake.requests
    assert first.finished_at is not None
    assert least - 0.02 <= second.at - first.finished_at < least + 2


@pytest.mark.parametrize("case", [name for name, (_, _, said) in WAITS.items() if said])
def test_the_error_says_how_long_to_wait(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    headers, _, said = WAITS[case]
    fake.script(error(429, headers=headers()))
    raised = way.watch(**ask).error
    assert raised.retry_after == pytest.approx(said)
    assert raised.headers == headers() | dict(raised.headers)


@pytest.mark.parametrize("value", ["", "soon", "-5", "NaN", "inf", "1e400"])
def test_a_wait_that_is_none_is_our_own(fake: FakeProvider, ask: dict[str, Any], value: str) -> None:
    fake.script(error(429, headers={"retry-after": value}))
    started = time.monotonic()
    eq.completion(**{**ask, "num_retries": 1})
    assert time.monotonic() - started < 5


def test_waiting_does_not_block_others(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """While one call waits for its retry, the loop and the connection pool serve another."""
    import anyio

    fake.script(error(429, headers={"retry-after": "1"}))
    finished: list[str] = []

    async def call(name: str, **options: Any) -> None:
        await eq.acompletion(**{**ask, **options})
        finished.append(name)

    async def both() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: call("waits", num_retries=1))
            await anyio.to_thread.run_sync(fake.wait_for_request)
            tasks.start_soon(lambda: call("goes on"))

    anyio.run(both)
    assert finished == ["goes on", "waits"]
