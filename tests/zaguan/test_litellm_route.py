"""CoreX through ``acompletion("zaguan/...")``: only the first segment leaves the model, extensions go out flat."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, raw, sse, text
from tests.api.ways import USER, WAYS, Way

SHIELD = {
    "credits_used": 12,
    "credits_remaining": 88.5,
    "credits_total": 100,
    "credits_percent": 88.5,
    "reset_date": "2026-02-01T00:00:00Z",
    "warning": None,
}
ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "openai/gpt-4o-mini",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    "promptshield": SHIELD,
}


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """How the test calls the library."""
    chosen: Way = request.param
    if chosen.options.get("use_uvloop"):
        pytest.importorskip("uvloop")
    return chosen


@pytest.fixture
def corex(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """A gateway that the environment names, and answers every request alike."""
    monkeypatch.setenv("ZAGUAN_API_KEY", fake.api_key)
    monkeypatch.setenv("ZAGUAN_BASE_URL", fake.host_url)
    fake.on_request(lambda _: raw(200, (), ANSWER))
    return fake


MODELS = {
    "zaguan/openai/gpt-4o-mini": "openai/gpt-4o-mini",
    "zaguan/fireworks/accounts/x/models/y": "fireworks/accounts/x/models/y",
    "zaguan/zaguanai/gpt-oss-120b": "zaguanai/gpt-oss-120b",
    "zaguan/zaguan/twice": "zaguan/twice",
    "zaguan/promptshield/coder": "promptshield/coder",
    "zaguan/gpt-4o": "gpt-4o",
}


@pytest.mark.parametrize("model", MODELS)
def test_only_the_first_segment_is_the_provider(way: Way, corex: FakeProvider, model: str) -> None:
    way.completion(model=model, messages=USER)
    (request,) = corex.requests
    assert request.path == "/v1/chat/completions"
    assert request.json == {"model": MODELS[model], "messages": USER}
    assert request.headers["authorization"] == f"Bearer {corex.api_key}"


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
@pytest.mark.parametrize("named", ["variable", "argument"])
def test_the_base_may_name_the_host_or_the_version(
    way: Way, corex: FakeProvider, monkeypatch: pytest.MonkeyPatch, suffix: str, named: str
) -> None:
    base = corex.host_url + suffix
    arguments: dict[str, Any] = {}
    if named == "variable":
        monkeypatch.setenv("ZAGUAN_BASE_URL", base)
    else:
        monkeypatch.setenv("ZAGUAN_BASE_URL", "http://127.0.0.1:9")
        arguments["api_base"] = base
    way.completion(model="zaguan/openai/gpt-4o-mini", messages=USER, **arguments)
    assert [request.target for request in corex.requests] == ["/v1/chat/completions"]


def test_extensions_are_sent_as_written(way: Way, corex: FakeProvider) -> None:
    nested = {"thinking": {"type": "enabled", "budget_tokens": 20_000}, "system": [{"type": "text", "text": "s"}]}
    flat = {"google": {"thinking_config": {"include_thoughts": True}}, "use_responses_api": True}
    way.completion(
        model="zaguan/google/gemini-2.0-flash",
        messages=USER,
        provider_specific_params=nested,
        virtual_model_id="my-app-prod",
        reasoning_effort="none",
        thinking=False,
        extra_body=flat,
    )
    assert corex.requests[0].json == {
        "model": "google/gemini-2.0-flash",
        "messages": USER,
        "provider_specific_params": nested,
        "virtual_model_id": "my-app-prod",
        "reasoning_effort": "none",
        "thinking": False,
        **flat,
    }


def test_promptshield_stays_on_the_response(way: Way, corex: FakeProvider) -> None:
    response = way.completion(model="zaguan/openai/gpt-4o-mini", messages=USER)
    assert response.promptshield == SHIELD
    assert response.model_dump()["promptshield"] == SHIELD


def test_promptshield_stays_on_a_chunk(way: Way, corex: FakeProvider) -> None:
    chunk = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "hi"}}]}
    last = {"object": "chat.completion.chunk", "choices": [], "promptshield": SHIELD}
    corex.script(sse([chunk, last, "[DONE]"]))
    chunks = way.stream(model="zaguan/openai/gpt-4o-mini", messages=USER)
    assert chunks[-1].promptshield == SHIELD


def test_exhausted_credits_are_a_payment_that_is_due(way: Way, corex: FakeProvider) -> None:
    told = {
        "message": "12 credits are needed and 3 are left.",
        "type": "insufficient_credits",
        "credits_required": 12,
        "credits_remaining": 3,
        "reset_date": "2026-02-01T00:00:00Z",
    }
    corex.on_request(lambda _: raw(402, {"x-request-id": "req-1"}, {"error": told}))
    error = way.watch(model="zaguan/openai/gpt-4o-mini", messages=USER).error
    assert isinstance(error, eq.PaymentRequiredError)
    assert (error.status_code, error.request_id, error.attempts) == (402, "req-1", 1)
    assert told["message"] in str(error)
    assert error.body == told


def test_every_attempt_of_a_call_has_its_id(fake: FakeProvider) -> None:
    target = {"model": "zaguan/openai/gpt-4o-mini", "api_base": fake.base_url, "api_key": fake.api_key}
    fake.script(error(503, headers={"retry-after": "0"}), text("hi"), text("hi"))
    for _ in range(2):
        eq.completion(**target, messages=[{"role": "user", "content": "Hi"}], num_retries=1)
    first, again, other = (uuid.UUID(request.headers["x-request-id"]) for request in fake.requests)
    assert first == again != other
    fake.script(text("hi"), text("hi"))
    for name in ("headers", "extra_headers"):
        given = {name: {"x-request-id": "mine"}}
        eq.completion(**target, messages=[{"role": "user", "content": "Hi"}], **given)
    assert [request.headers["x-request-id"] for request in fake.requests[3:]] == ["mine", "mine"]
