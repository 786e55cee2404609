"""Answers that the call brings with it: every form of mock_response, and that nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider

from .ways import USER, Way

CALL = {"function": {"name": "add", "arguments": '{"a": 1}'}}


@pytest.fixture
def asked(target: dict[str, Any], fake: FakeProvider) -> Any:
    yield {**target, "messages": USER}
    assert fake.requests == []


def test_a_text(way: Way, asked: dict[str, Any]) -> None:
    response = way.completion(mock_response="yo", n=2, **asked)
    assert isinstance(response, eq.ModelResponse)
    assert [choice.message.content for choice in response.choices] == ["yo", "yo"]
    assert response.choices[0].finish_reason == "stop"
    assert dict(response.usage)["total_tokens"] == 30
    assert response.model == "fake"


def test_a_mock_costs_what_its_tokens_would(way: Way, asked: dict[str, Any]) -> None:
    hidden = way.completion(**{**asked, "model": "openai/gpt-4o"}, mock_response="yo")._hidden_params
    assert (hidden["custom_llm_provider"], hidden["response_cost"]) == ("openai", pytest.approx(0.000225))


def test_a_stream(way: Way, asked: dict[str, Any]) -> None:
    chunks = way.stream(mock_response="Hello there", **asked)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello there"
    assert len(chunks) > 4
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert len({chunk.id for chunk in chunks}) == 1
    assert eq.stream_chunk_builder(chunks).content == "Hello there"


def test_calls(way: Way, asked: dict[str, Any]) -> None:
    response = way.completion(mock_tool_calls=[CALL], **asked)
    (call,) = response.choices[0].message.tool_calls
    assert (call.function.name, call.function.arguments) == ("add", '{"a": 1}')
    assert call.id
    assert response.choices[0].finish_reason == "tool_calls"
    built = eq.stream_chunk_builder(way.stream(mock_tool_calls=[CALL], **asked))
    assert built.choices[0].message.tool_calls[0].function.arguments == '{"a": 1}'


def test_a_response_is_handed_back(way: Way, asked: dict[str, Any]) -> None:
    given = eq.ModelResponse(id="mine", choices=[{"message": {"role": "assistant", "content": "Hi"}}])
    assert way.completion(mock_response=given, **asked) is given
    assert way.completion(mock_response=given.model_dump(), **asked).id == "mine"


@pytest.mark.parametrize("name", ["RateLimitError", "ContextWindowExceededError", "APIError", "InternalServerError"])
def test_a_class_by_its_name_is_raised(way: Way, asked: dict[str, Any], name: str) -> None:
    outcome = way.watch(mock_response=f"litellm.{name}", **asked)
    assert type(outcome.error) is getattr(eq, name)
    assert outcome.error.llm_provider == "openai"


def test_exceptions_are_raised(way: Way, asked: dict[str, Any]) -> None:
    given = eq.RateLimitError("mine", "openai", "m")
    assert way.watch(mock_response=given, **asked).error is given
    wrapped = way.watch(mock_response=KeyError("odd"), **asked).error
    assert isinstance(wrapped, eq.InternalServerError)
    assert isinstance(wrapped.__cause__, KeyError)


def test_a_timeout(way: Way, asked: dict[str, Any]) -> None:
    error = way.watch(mock_timeout=True, timeout=0.01, **asked).error
    assert isinstance(error, eq.Timeout)
    assert error.timeout_kind == "total"


def test_what_is_no_mock_is_refused(way: Way, asked: dict[str, Any]) -> None:
    with pytest.raises(eq.BadRequestError, match="mock_response: must be a text"):
        way.completion(mock_response=3.5, **asked)
