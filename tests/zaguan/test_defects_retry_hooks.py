"""Retries that happen and hooks that fire, where zaguan-sdk 0.2.0 does neither."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, drop_after, raw, refuse, reset, sse
from edgequake_async.testing.replies import Reply

from .ways import ClientWay, watch
from .wire import ANTHROPIC_EVENTS, CHAT, MESSAGES, MODEL, USAGE, chunk, completion, event

SOON = zaguan.RetryConfig(max_retries=3, initial_delay=0.01, jitter=False)
BUSY = raw(503, {"x-request-id": "srv-1"}, {"error": {"message": "Busy.", "type": "overloaded_error"}})

# Each ends well once it is answered.
CALLS: dict[str, tuple[Callable[..., Any], Reply]] = {
    "document": (lambda client, **terms: client.chat(**CHAT, **terms), raw(200, (), completion())),
    "form": (
        lambda client, **terms: client.create_transcription(("a.mp3", b"ID3"), **terms),
        raw(200, (), {"text": "hi"}),
    ),
    "stream": (
        lambda client, **terms: list(client.chat_stream(**CHAT, **terms)),
        sse([chunk("hi"), chunk(finish="stop"), {**chunk(), "choices": [], "usage": USAGE}, "[DONE]"]),
    ),
    "events": (
        lambda client, **terms: list(client.messages_stream(**MESSAGES, **terms)),
        sse([event(document) for document in ANTHROPIC_EVENTS]),
    ),
    "read": (lambda client, **terms: client.get_credits_balance(**terms), raw(200, (), {"credits_remaining": 1})),
}
PASSING: dict[str, Reply] = {
    "429": raw(429, (), {"error": {"message": "Slow.", "type": "rate_limit_exceeded"}}),
    "500": raw(500, (), b"oops"),
    "503": BUSY,
    "closed": drop_after(),
    "reset": reset(),
    "refused": refuse(),
}


@pytest.mark.parametrize("failure", PASSING)
@pytest.mark.parametrize("kind", CALLS)
def test_d4_a_failure_that_passes_is_tried_again_under_the_same_id(
    client_way: ClientWay, fake: FakeProvider, kind: str, failure: str
) -> None:
    call, reply = CALLS[kind]
    fake.script(PASSING[failure], PASSING[failure], reply)
    with client_way.open(fake, retry=SOON) as client:
        call(client)
    sent = fake.requests
    # A connection that is refused carries no request.
    assert len(sent) == (1 if failure == "refused" else 3)
    assert len({(request.headers["x-request-id"], request.target) for request in sent}) == 1
    assert {request.headers["authorization"] for request in sent} == {f"Bearer {fake.api_key}"}
    if kind != "form":
        assert len({request.body for request in sent}) == 1
    assert all(b"ID3" in request.body for request in sent) or kind != "form"


@pytest.mark.parametrize("kind", CALLS)
def test_d4_nothing_is_tried_again_unasked(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    fake.on_request(lambda _: BUSY)
    with client_way.open(fake) as client, pytest.raises(zaguan.ServerError) as raised:
        CALLS[kind][0](client)
    assert len(fake.requests) == raised.value.attempts == 1


@pytest.mark.parametrize("kind", CALLS)
def test_d4_the_last_failure_is_raised_when_the_tries_are_used_up(
    client_way: ClientWay, fake: FakeProvider, kind: str
) -> None:
    fake.on_request(lambda _: BUSY)
    with client_way.open(fake, retry=SOON) as client, pytest.raises(zaguan.ServerError) as raised:
        CALLS[kind][0](client)
    assert len(fake.requests) == raised.value.attempts == 4
    assert (raised.value.message, raised.value.status_code) == ("Busy.", 503)


@pytest.mark.parametrize(("retries", "sent"), [(None, 1), (1, 2)])
@pytest.mark.parametrize("kind", ["document", "stream"])
def test_d4_a_call_has_its_own_terms(
    client_way: ClientWay, fake: FakeProvider, kind: str, retries: int | None, sent: int
) -> None:
    fake.on_request(lambda _: BUSY)
    retry = None if retries is None else zaguan.RetryConfig(max_retries=retries, initial_delay=0.01)
    with client_way.open(fake, retry=SOON) as client, pytest.raises(zaguan.ServerError):
        CALLS[kind][0](client, retry=retry)
    assert len(fake.requests) == sent


FINAL: dict[str, Reply] = {
    "400": raw(400, (), {"error": {"message": "No."}}),
    "401": raw(401, (), {"error": {"message": "No."}}),
    "402": raw(402, (), {"error": {"message": "No.", "type": "insufficient_credits"}}),
    "403": raw(403, (), {"error": {"message": "No.", "type": "band_access_denied"}}),
    "404": raw(404, (), {"error": {"message": "No."}}),
    "error in a success": raw(200, (), {"error": {"message": "No.", "code": 503}}),
    "body cut": drop_after(20, reply=raw(200, (), completion())),
    "page": raw(200, (), b"<html></html>"),
}


@pytest.mark.parametrize("failure", FINAL)
def test_d4_what_cannot_pass_or_may_have_been_charged_is_final(
    client_way: ClientWay, fake: FakeProvider, failure: str
) -> None:
    fake.on_request(lambda _: FINAL[failure])
    with client_way.open(fake, retry=SOON) as client, pytest.raises(zaguan.ZaguanError):
        client.chat(**CHAT)
    assert len(fake.requests) == 1


def test_d4_a_stream_that_began_is_not_begun_again(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda _: drop_after(pieces=1, reply=sse([chunk("hi"), chunk("hi")])))
    with client_way.open(fake, retry=SOON) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert isinstance(outcome.error, zaguan.APIConnectionError)
    assert (outcome.text, len(fake.requests)) == ("hi", 1)


ASKED_TO_WAIT: dict[str, Reply] = {
    "header": raw(429, {"retry-after": "0.3"}, {"error": {"message": "Slow."}}),
    "header before body": raw(429, {"retry-after": "0.3"}, {"error": {"message": "Slow.", "retry_after": 60}}),
    "body": raw(429, (), {"error": {"message": "Slow.", "retry_after": 0.3}}),
    "details": raw(429, (), {"error": {"message": "Slow.", "details": {"retry_after": 0.3}}}),
}


@pytest.mark.parametrize("place", ASKED_TO_WAIT)
@pytest.mark.parametrize("kind", ["document", "stream"])
def test_d4_the_wait_is_the_one_the_server_asks_for(
    client_way: ClientWay, fake: FakeProvider, kind: str, place: str
) -> None:
    call, reply = CALLS[kind]
    fake.script(ASKED_TO_WAIT[place], reply)
    with client_way.open(fake, retry=SOON) as client:
        call(client)
    first, second = fake.requests
    assert 0.25 <= second.at - first.at < 30


def test_d4_with_retry_tries_again(fake: FakeProvider) -> None:
    fake.script(BUSY, drop_after(), raw(200, (), completion()))
    with zaguan.ZaguanClient(fake.host_url, fake.api_key) as client:
        response = zaguan.with_retry(SOON)(client.chat)(**CHAT)
    assert response.choices[0].message.content == "hi"
    assert len(fake.requests) == 3


@pytest.mark.anyio
async def test_d4_async_with_retry_tries_again(fake: FakeProvider) -> None:
    fake.script(BUSY, drop_after(), raw(200, (), completion()), BUSY, drop_after(), raw(200, (), completion()))
    async with zaguan.AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        await zaguan.async_with_retry(client.chat, SOON, CHAT)
        await zaguan.with_retry(SOON)(client.chat)(**CHAT)
    assert len(fake.requests) == 6


class Noting:
    """A hook that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def on_request_start(self, told: Any) -> None:
        self.events.append(("start", told))

    def on_request_end(self, told: Any) -> None:
        self.events.append(("end", told))

    def on_request_error(self, told: Any) -> None:
        self.events.append(("error", told))

    def on_request_retry(self, told: Any) -> None:
        self.events.append(("retry", told))


@pytest.mark.parametrize("kind", CALLS)
def test_d5_hooks_are_told_of_every_step(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    call, reply = CALLS[kind]
    fake.script(BUSY, drop_after(), reply)
    hook = Noting()
    with client_way.open(fake, retry=SOON, hooks=[hook]) as client:
        call(client, request_id="mine-1")
    assert hook.names == ["start", "retry", "retry", "end"]
    start, first, second, end = (told for _, told in hook.events)
    assert {told.request_id for _, told in hook.events} == {"mine-1"}
    assert (start.method, start.url) == (fake.requests[0].method, fake.host_url + fake.requests[0].path)
    assert (first.attempt, first.max_retries, first.status_code, first.error_message) == (1, 3, 503, "Busy.")
    assert (second.attempt, second.status_code, second.error_type) == (2, None, "APIConnectionError")
    assert (first.delay_ms, second.delay_ms) == (pytest.approx(10), pytest.approx(20))
    assert (end.status_code, end.latency_ms > 0) == (200, True)
    times = [told.timestamp for _, told in hook.events]
    assert times == sorted(times)
    assert {time.utcoffset() for time in times} == {timedelta(0)}


TOLD = {
    "document": {"model": MODEL, "prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    "stream": {"model": MODEL, "prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    "events": {"model": MESSAGES["model"], "prompt_tokens": 25, "completion_tokens": 15},
}


@pytest.mark.parametrize("kind", TOLD)
def test_d5_the_end_tells_what_was_used(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    call, reply = CALLS[kind]
    fake.script(reply)
    hook = Noting()
    with client_way.open(fake, hooks=[hook]) as client:
        call(client)
    assert hook.names == ["start", "end"]
    end = hook.events[-1][1]
    assert {name: getattr(end, name) for name in TOLD[kind]} == TOLD[kind]


@pytest.mark.parametrize("kind", CALLS)
def test_d5_hooks_are_told_of_failures(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    fake.on_request(lambda _: BUSY)
    hook = Noting()
    once = zaguan.RetryConfig(max_retries=1, initial_delay=0.01)
    with client_way.open(fake, hooks=[hook], retry=once) as client, pytest.raises(zaguan.ServerError):
        CALLS[kind][0](client, request_id="mine-1")
    assert hook.names == ["start", "retry", "error"]
    failed = hook.events[-1][1]
    assert (failed.request_id, failed.status_code, failed.retry_attempt) == ("mine-1", 503, 1)
    assert (failed.error_type, failed.error_message) == ("ServerError", "Busy.")


def test_d5_a_stream_that_breaks_off_is_told_as_a_failure(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(drop_after(pieces=1, reply=sse([chunk("hi"), chunk("hi")])))
    hook = Noting()
    with client_way.open(fake, hooks=[hook]) as client:
        assert watch(lambda: client.chat_stream(**CHAT)).error is not None
    assert hook.names == ["start", "error"]
    assert hook.events[-1][1].error_type == "APIConnectionError"


class Raising:
    """A hook that always fails."""

    def on_request_start(self, told: Any) -> None:
        raise ZeroDivisionError("start")

    on_request_end = on_request_error = on_request_retry = on_request_start


def test_d5_a_hook_that_raises_breaks_no_call(
    client_way: ClientWay, fake: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    hook = Noting()
    for call, reply in CALLS.values():
        fake.script(BUSY, reply)
        with client_way.open(fake, retry=SOON, hooks=[Raising(), hook]) as client:
            call(client)
    assert hook.names == ["start", "retry", "end"] * len(CALLS)
    assert any("ZeroDivisionError" in (record.exc_text or "") for record in caplog.records)


def test_d5_the_hooks_that_come_along_work(
    client_way: ClientWay, fake: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    metrics = zaguan.MetricsCollector()
    both = zaguan.CompositeHook([metrics, zaguan.LoggingHook(verbose=True)])
    fake.script(BUSY, raw(200, (), completion()), CALLS["stream"][1], *[FINAL["404"]])
    with client_way.open(fake, retry=SOON, hooks=[both]) as client:
        client.chat(**CHAT, request_id="mine-1")
        list(client.chat_stream(**CHAT))
        with pytest.raises(zaguan.NotFoundError):
            client.chat(**CHAT)
    summary = metrics.get_summary()
    wanted = {"total_requests": 3, "successful_requests": 2, "failed_requests": 1, "total_retries": 1}
    assert {name: summary[name] for name in wanted} == wanted
    assert summary["total_tokens"] == 14
    assert summary["success_rate"] == pytest.approx(2 / 3)
    assert metrics.average_latency_ms > 0
    assert "mine-1" in caplog.text


REFLECTED: dict[str, Callable[[str], Reply]] = {
    "message": lambda key: raw(401, (), {"error": {"message": f"Wrong key: {key}", "param": key, "code": key}}),
    "text": lambda key: raw(500, {"x-echo": f"Bearer {key}"}, f"authorization: Bearer {key}"),
    "page": lambda key: raw(200, (), f"<html>{key}</html>"),
    "in a stream": lambda key: sse([chunk("hi"), {"error": {"message": f"Wrong key: {key}"}}]),
    "unanswered": lambda key: drop_after(),
}


@pytest.mark.parametrize("case", REFLECTED)
@pytest.mark.parametrize("kind", ["document", "stream", "form", "read"])
def test_a_key_is_never_shown(
    client_way: ClientWay, fake: FakeProvider, caplog: pytest.LogCaptureFixture, kind: str, case: str
) -> None:
    caplog.set_level(logging.DEBUG)
    key = "zg-live-0123456789abcdef"
    fake.on_request(lambda _: REFLECTED[case](key))
    hook = Noting()
    retry = zaguan.RetryConfig(max_retries=1, initial_delay=0.01)
    hooks = [hook, zaguan.LoggingHook(verbose=True)]
    with client_way.open(fake.host_url, key, hooks=hooks, retry=retry) as client:
        with pytest.raises(zaguan.ZaguanError) as raised:
            CALLS[kind][0](client)
        error = raised.value
        shown = [repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
        shown += [repr(client), repr(hook.events), caplog.text]
        shown += [repr(vars(error).get("headers")), str(dict(vars(error).get("headers") or {}))]
    assert hook.names[-1] == "error"
    assert [text for text in shown if key in text] == []
