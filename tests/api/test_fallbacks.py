"""Other models where one fails: in order, each once, with keys of their own."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, stream, text

from .ways import USER, Way


@pytest.fixture
def asked(target: dict[str, Any]) -> dict[str, Any]:
    return {**target, "messages": USER, "num_retries": 0}


def models(fake: FakeProvider) -> list[str]:
    return [request.json["model"] for request in fake.requests]


def test_the_first_that_answers(way: Way, asked: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(500, "One."), error(429, "Two."), text("Three."))
    response = way.completion(**asked, fallbacks=["openai/second", {"model": "openai/third", "temperature": 0.5}])
    assert response.content == "Three."
    assert models(fake) == ["fake", "second", "third"]
    assert [request.json.get("temperature") for request in fake.requests] == [None, None, 0.5]
    assert all("fallbacks" not in request.json for request in fake.requests)


def test_no_fallback_is_asked_where_the_first_answers(way: Way, asked: dict[str, Any], fake: FakeProvider) -> None:
    for none in ([], None, ["openai/second"]):
        assert way.completion(**asked, fallbacks=none).content
    assert models(fake) == ["fake"] * 3
    assert all("fallbacks" not in request.json for request in fake.requests)


def test_the_last_failure_is_raised_with_those_before(way: Way, asked: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(500, "One."), error(429, "Two."))
    failed = way.watch(**asked, fallbacks="openai/second").error
    assert isinstance(failed, eq.RateLimitError)
    assert isinstance(failed.__context__, eq.InternalServerError)


def test_streams_fall_back_until_they_have_begun(way: Way, asked: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(503, "No."), stream(["Hel", "lo"]))
    chunks = way.stream(**asked, fallbacks=["openai/second"])
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello"
    fake.clear()
    fake.script(stream(["Hel", "lo"], finish_reason=None, done=False))
    outcome = way.watch(**asked, stream=True, fallbacks=["openai/second"])
    assert isinstance(outcome.error, eq.APIConnectionError)
    assert models(fake) == ["fake"]


def test_a_key_is_not_shown_to_another_provider(
    way: Way, asked: dict[str, Any], fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "key-of-groq")
    monkeypatch.setenv("GROQ_API_BASE", f"{fake.host_url}/groq/v1")
    fake.script(error(500, "One."), text("Two."), error(500, "One."), text("Two."))
    way.completion(**asked, fallbacks=["groq/llama"])
    assert fake.requests[1].path == "/groq/v1/chat/completions"
    assert fake.requests[1].headers["authorization"] == "Bearer key-of-groq"
    own = {"model": "groq/llama", "api_key": "own", "api_base": f"{fake.host_url}/own/v1"}
    way.completion(**asked, fallbacks=[own])
    assert (fake.requests[3].path, fake.requests[3].headers["authorization"]) == (
        "/own/v1/chat/completions",
        "Bearer own",
    )


@pytest.mark.parametrize(
    ("code", "argument"),
    [
        ("context_length_exceeded", {"context_window_fallbacks": [{"openai/fake": ["openai/long"]}]}),
        ("context_length_exceeded", {"context_window_fallback_dict": {"openai/fake": "openai/long"}}),
        ("content_filter", {"content_policy_fallbacks": [{"openai/fake": ["openai/long"]}]}),
    ],
)
def test_by_what_went_wrong(
    way: Way, asked: dict[str, Any], fake: FakeProvider, code: str, argument: dict[str, Any]
) -> None:
    fake.script(error(400, "No.", code=code), text("Yes."))
    assert way.completion(**asked, **argument).content == "Yes."
    assert models(fake) == ["fake", "long"]
    fake.clear()
    fake.script(error(500, "No."))
    assert isinstance(way.watch(**asked, **argument).error, eq.InternalServerError)
    assert models(fake) == ["fake"]


@pytest.mark.parametrize("argument", [{"fallbacks": [3]}, {"context_window_fallbacks": ["openai/x"]}])
def test_what_is_no_fallback_is_refused(way: Way, asked: dict[str, Any], argument: dict[str, Any]) -> None:
    with pytest.raises(eq.BadRequestError, match=next(iter(argument))):
        way.completion(**asked, **argument)


def test_the_callers_arguments_are_untouched(way: Way, asked: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(500, "One."))
    fallback = {"model": "openai/second"}
    listed = [fallback]
    way.completion(**asked, fallbacks=listed)
    assert listed == [{"model": "openai/second"}]
