"""``add_function_to_prompt``: a model without tools is told of functions in words, every other is sent them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider

from .ways import USER, Way

WEATHER = {"name": "weather", "description": "Of a city.", "parameters": {"type": "object"}}
TOOLS = [{"type": "function", "function": WEATHER}]


@pytest.fixture(autouse=True)
def _setting() -> Iterator[None]:
    eq.add_function_to_prompt = True
    yield
    del eq.add_function_to_prompt


@pytest.fixture
def bare(ask: dict[str, Any]) -> dict[str, Any]:
    """A call of a model that is known to have no tools."""
    return {**ask, "model": "openai/gemma-3-27b-it"}


def test_a_model_without_tools_is_told(way: Way, bare: dict[str, Any], fake: FakeProvider) -> None:
    way.completion(**bare, tools=TOOLS, tool_choice="auto", parallel_tool_calls=True)
    way.completion(**bare, functions=[WEATHER])
    for request in fake.requests:
        assert request.json.keys() == {"model", "messages"}
        system, user = request.json["messages"]
        assert (system["role"], user) == ("system", USER[0])
        assert '{"name":"weather","description":"Of a city.","parameters":{"type":"object"}}' in system["content"]
        assert "Call" not in system["content"]


def test_what_the_system_said_stays(bare: dict[str, Any], fake: FakeProvider) -> None:
    messages = [{"role": "system", "content": "Be brief."}, *USER]
    eq.completion(**{**bare, "messages": messages}, tools=TOOLS)
    (system, _) = fake.requests[0].json["messages"]
    assert system["content"].startswith("Be brief.\n\n")
    assert messages[0]["content"] == "Be brief."


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("required", "Call one of them now."),
        ({"type": "function", "function": {"name": "weather"}}, "Call weather now."),
        ("none", None),
    ],
)
def test_choices_are_words_too(bare: dict[str, Any], fake: FakeProvider, choice: Any, words: str | None) -> None:
    eq.completion(**bare, tools=TOOLS, tool_choice=choice)
    sent = fake.requests[0].json
    assert sent.keys() == {"model", "messages"}
    assert sent["messages"] == USER if words is None else words in sent["messages"][0]["content"]


def test_every_other_model_is_sent_tools(way: Way, ask: dict[str, Any], fake: FakeProvider) -> None:
    for model in ("openai/gpt-4o", "openai/nobody-knows"):
        way.completion(**{**ask, "model": model}, tools=TOOLS)
    assert [request.json["tools"] for request in fake.requests] == [TOOLS, TOOLS]


def test_what_a_program_says_of_a_model_counts(ask: dict[str, Any], fake: FakeProvider) -> None:
    model = "openai/a-model-of-mine"
    for has in (False, True):
        eq.register_model({model: {"supports_function_calling": has}})
        eq.completion(**{**ask, "model": model}, tools=TOOLS)
    assert ["tools" in request.json for request in fake.requests] == [False, True]


def test_a_tool_that_is_no_function_is_refused(bare: dict[str, Any], fake: FakeProvider) -> None:
    with pytest.raises(eq.BadRequestError, match="is no function"):
        eq.completion(**bare, tools=[{"type": "web_search"}])
    assert fake.requests == []


def test_without_the_setting_tools_are_sent(bare: dict[str, Any], fake: FakeProvider) -> None:
    eq.add_function_to_prompt = False
    eq.completion(**bare, tools=TOOLS)
    assert fake.requests[0].json["tools"] == TOOLS
