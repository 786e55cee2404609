"""Structured output in the way that each model has, and answers that are checked where the program asks for it."""

from __future__ import annotations

import copy
import json
import sys
from typing import Any

import pytest
from pydantic import BaseModel, Field

import edgequake_async as eq
from edgequake_async.testing import FakeProvider
from edgequake_async.testing import text as answer

from .ways import USER, Way


class Person(BaseModel):
    name: str
    age: int = Field(ge=0)


SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMAT = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
MODELS = {
    "openai/gpt-4o": "json_schema",
    "groq/openai/gpt-oss-20b": "json_schema",
    "groq/llama-3.3-70b-versatile": "json_object",
    "deepseek/deepseek-chat": "json_object",
    "anthropic/claude-sonnet-4-5": "json_schema",
    "anthropic/claude-3-5-haiku-latest": "tool",
    "gemini/gemini-2.5-flash": "json_schema",
}


def call(fake: FakeProvider, model: str) -> dict[str, Any]:
    base = f"{fake.host_url}/v1beta" if model.startswith("gemini") else fake.base_url
    return {"model": model, "api_base": base, "api_key": fake.api_key, "num_retries": 0, "messages": USER}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("asked", [Person, FORMAT], ids=["class", "schema"])
def test_every_model_answers_in_its_way(way: Way, fake: FakeProvider, model: str, asked: Any) -> None:
    given = copy.deepcopy(asked)
    if MODELS[model] == "json_object":
        fake.script(answer('{"name": "Ada", "age": 36}'))
    response = way.completion(**call(fake, model), response_format=given, enable_json_schema_validation=True)
    assert "name" in json.loads(response.choices[0].message.content)
    assert response._hidden_params["structured_output"] == MODELS[model]
    assert given == asked


@pytest.mark.parametrize("model", MODELS)
def test_streams_too(way: Way, fake: FakeProvider, model: str) -> None:
    if MODELS[model] == "json_object":
        fake.script(answer('{"name": "Ada", "age": 36}'))
    outcome = way.watch(**call(fake, model), stream=True, response_format=Person, enable_json_schema_validation=True)
    assert outcome.error is None
    assert Person.model_validate_json(outcome.text)


def test_where_a_schema_is_not_taken_it_is_told(way: Way, fake: FakeProvider) -> None:
    asked = call(fake, "deepseek/deepseek-chat")
    way.completion(**asked, response_format=FORMAT)
    sent = fake.requests[-1].json
    assert sent["response_format"] == {"type": "json_object"}
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert json.dumps(SCHEMA, separators=(",", ":")) in sent["messages"][0]["content"]
    messages = [{"role": "system", "content": "Be brief."}, *USER]
    before = copy.deepcopy(messages)
    way.completion(**{**asked, "messages": messages}, response_format=Person)
    told = fake.requests[-1].json["messages"]
    assert [message["role"] for message in told] == ["system", "user"]
    assert told[0]["content"].startswith("Be brief.\n\nAnswer in JSON")
    assert messages == before
    # The caller knows better.
    way.watch(**asked, response_format=FORMAT, allowed_openai_params=["response_format"])
    assert fake.requests[-1].json["response_format"] == FORMAT
    assert fake.requests[-1].json["messages"] == USER


def test_without_a_schema_nothing_is_told(way: Way, fake: FakeProvider) -> None:
    asked = call(fake, "deepseek/deepseek-chat")
    response = way.completion(**asked, response_format={"type": "json_object"})
    assert fake.requests[-1].json["messages"] == USER
    assert response._hidden_params["structured_output"] == "json_object"
    for unstructured in (None, {"type": "text"}):
        response = way.completion(**asked, response_format=unstructured)
        assert "structured_output" not in response._hidden_params


WRONG = {
    "no JSON": (Person, "Ada is 36."),
    "another shape": (Person, '{"name": "Ada"}'),
    "out of bounds": (Person, '{"name": "Ada", "age": -1}'),
    "schema, no JSON": (FORMAT, "Ada"),
    "schema, another shape": (FORMAT, '{"name": 3}'),
    "nothing": (Person, ""),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_does_not_fit(
    way: Way, fake: FakeProvider, ask: dict[str, Any], case: str, stream: bool
) -> None:
    asked, text = WRONG[case]
    fake.script(answer(text))
    outcome = way.watch(**ask, stream=stream, response_format=asked, enable_json_schema_validation=True)
    error = outcome.error
    assert isinstance(error, eq.JSONSchemaValidationError)
    assert error.raw_response == text == outcome.text or not stream
    assert json.loads(error.schema) == (SCHEMA if asked is FORMAT else Person.model_json_schema())
    assert (error.llm_provider, error.model) == ("openai", "fake")
    assert error.partial.choices[0].finish_reason == "stop"


def test_it_is_not_checked_unless_asked(
    way: Way, fake: FakeProvider, ask: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.script(*[answer("no JSON")] * 4)
    assert way.completion(**ask, response_format=Person).content == "no JSON"
    monkeypatch.setattr(eq, "enable_json_schema_validation", True)
    with pytest.raises(eq.JSONSchemaValidationError):
        way.completion(**ask, response_format=Person)
    way.completion(**ask, response_format=Person, enable_json_schema_validation=False)
    way.completion(**ask)


def test_a_call_of_a_tool_is_no_answer(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    arguments = {**ask, "tools": [tool], "tool_choice": "required", "response_format": Person}
    for stream in (False, True):
        outcome = way.watch(**arguments, stream=stream, enable_json_schema_validation=True)
        assert outcome.error is None


def test_a_stream_that_is_left_is_not_checked(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(answer("no JSON at all, in many words, so that there is more than one chunk"))
    stream = eq.completion(**ask, stream=True, response_format=Person, enable_json_schema_validation=True)
    next(stream)
    stream.close()
    assert isinstance(list(stream), list)


def test_the_end_is_checked_once(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(answer("no JSON"))
    stream = eq.completion(**ask, stream=True, response_format=Person, enable_json_schema_validation=True)
    with pytest.raises(eq.JSONSchemaValidationError):
        list(stream)
    assert list(stream) == []


def test_schemas_that_cannot_be_used_are_refused_before_anything_is_sent(
    way: Way, fake: FakeProvider, ask: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object", "minProperties": "x"}}}
    with pytest.raises(eq.BadRequestError, match=r"response_format\['json_schema'\]\['schema'\]"):
        way.completion(**ask, response_format=bad, enable_json_schema_validation=True)
    monkeypatch.setitem(sys.modules, "jsonschema.validators", None)
    with pytest.raises(eq.UnsupportedParamsError, match=r"pip install 'edgequake-async\[jsonschema\]'"):
        way.completion(**ask, response_format=FORMAT, enable_json_schema_validation=True)
    assert fake.requests == []
    fake.script(answer('{"name": "Ada", "age": 1}'))
    way.completion(**ask, response_format=Person, enable_json_schema_validation=True)


def test_no_reference_is_looked_up(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    schema = {"$ref": f"{fake.host_url}/schema.json"}
    fake.script(answer('{"name": "Ada"}'))
    with pytest.raises(eq.JSONSchemaValidationError):
        way.completion(
            **ask,
            response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
            enable_json_schema_validation=True,
        )
    assert [request.path for request in fake.requests] == ["/v1/chat/completions"]
