"""A provider that answers 202 and an id: the reply is fetched when it is ready, within the limits of the call."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, raw

from .ways import USER, WAYS, Way

(WAY,) = [way for way in WAYS if way.name == "asyncio"]
PENDING = raw(202, [("NVCF-REQID", "0a1b-2c"), ("NVCF-STATUS", "pending-evaluation")], b"")
CHAT = {
    "id": "c",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}],
}
CHUNK = '{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}'


@pytest.fixture
def call(fake: FakeProvider) -> dict[str, Any]:
    """A call to the fake provider under a name whose row says that it polls."""
    target = {"model": "nvidia_nim/m", "api_base": fake.host_url + "/nim/v1", "api_key": "k-123456"}
    return {**target, "messages": USER, "num_retries": 0}


def paths(fake: FakeProvider) -> list[tuple[str, str]]:
    return [(request.method, request.path) for request in fake.requests]


def test_the_reply_is_asked_for_until_it_is_there(way: Way, fake: FakeProvider, call: dict[str, Any]) -> None:
    fake.script(PENDING, PENDING, raw(200, (), CHAT))
    response = way.completion(**call, extra_headers={"X-Mine": "1"})
    assert response.choices[0].message.content == "ok"
    asked = ("GET", "/nim/v1/status/0a1b-2c")
    assert paths(fake) == [("POST", "/nim/v1/chat/completions"), asked, asked]
    for request in fake.requests:
        assert (request.headers["authorization"], request.headers["x-mine"]) == ("Bearer k-123456", "1")
    assert fake.requests[1].body == b""
    assert "content-type" not in fake.requests[1].headers


def test_a_stream_may_come_later(fake: FakeProvider, call: dict[str, Any]) -> None:
    events = [("Content-Type", "text/event-stream")]
    fake.script(PENDING, raw(200, events, f"data: {CHUNK}\n\ndata: [DONE]\n\n"))
    chunks = WAY.stream(**call)
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["ok"]
    assert fake.requests[1].headers["accept"] == "text/event-stream"


@pytest.mark.parametrize(("status", "error"), [(422, eq.UnprocessableEntityError), (500, eq.InternalServerError)])
def test_a_call_that_failed_meanwhile_is_an_error(
    fake: FakeProvider, call: dict[str, Any], status: int, error: type[Exception]
) -> None:
    fake.script(PENDING, raw(status, (), {"detail": "The invocation ended with an error."}))
    with pytest.raises(error, match="ended with an error"):
        WAY.completion(**call)


def test_a_limit_ends_the_asking(fake: FakeProvider, call: dict[str, Any]) -> None:
    fake.on_request(lambda _: PENDING)
    with pytest.raises(eq.Timeout):
        WAY.completion(**call, timeout=0.3)


def test_without_an_id_there_is_nothing_to_ask_for(fake: FakeProvider, call: dict[str, Any]) -> None:
    fake.script(raw(202, [("NVCF-REQID", "../../evil")], b""))
    with pytest.raises(eq.APIResponseValidationError):
        WAY.completion(**call)
    assert len(fake.requests) == 1


def test_others_do_not_poll(fake: FakeProvider, call: dict[str, Any]) -> None:
    fake.script(PENDING)
    with pytest.raises(eq.APIResponseValidationError):
        WAY.completion(**{**call, "model": "openai/m"})
    assert len(fake.requests) == 1
