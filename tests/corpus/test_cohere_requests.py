"""What Cohere is sent: recorded requests said in OpenAI's words, and others written by hand, against Cohere's types."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

import edgequake_async
from edgequake_async.exceptions import BadRequestError, EQError, UnsupportedParamsError
from edgequake_async.testing import FakeProvider, text

from .cohere_types import refusals
from .judging import difference
from .recordings import Exchange, native, needed

Json = dict[str, Any]

_OPENAIS = {"p": "top_p", "k": "top_k", "stop_sequences": "stop"}
HELLO: list[Json] = [{"role": "user", "content": "Hello"}]
SCHEMA: Json = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION: Json = {"name": "weather", "description": "Tells the weather.", "parameters": SCHEMA}
TOOL: Json = {"type": "function", "function": FUNCTION}
OTHER: Json = {"type": "function", "function": {**FUNCTION, "name": "time"}}
CALL: Json = {"id": "weather_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Ulm"}'}}
DOCUMENT: Json = {"type": "document", "document": {"id": "d", "data": {"text": "Rain."}}}


class City(BaseModel):
    """A place."""

    city: str


def image(**more: str) -> Json:
    return {"type": "image_url", "image_url": {"url": "https://example.com/a.png", **more}}


# name: (what acompletion is given, what Cohere gets besides the model). Messages not given are HELLO.
REQUESTS: dict[str, tuple[Json, Json]] = {
    "the least": ({}, {}),
    "sampling": (
        {"temperature": 0.5, "top_p": 0.9, "top_k": 3, "seed": 1, "frequency_penalty": 0.1, "presence_penalty": 0.2},
        {"temperature": 0.5, "p": 0.9, "k": 3, "seed": 1, "frequency_penalty": 0.1, "presence_penalty": 0.2},
    ),
    "a limit": ({"max_completion_tokens": 7}, {"max_tokens": 7}),
    "a stop": ({"stop": "END"}, {"stop_sequences": ["END"]}),
    "a stream": ({"stream": True, "stream_options": {"include_usage": True}}, {"stream": True}),
    "probabilities": ({"logprobs": True}, {"logprobs": True}),
    "Cohere's own": (
        {"safety_mode": "OFF", "citation_options": {"mode": "FAST"}, "documents": ["Rain."], "priority": 1},
        {"safety_mode": "OFF", "citation_options": {"mode": "FAST"}, "documents": ["Rain."], "priority": 1},
    ),
    "a developer": (
        {"messages": [{"role": "developer", "content": "Be brief."}, *HELLO]},
        {"messages": [{"role": "system", "content": "Be brief."}, *HELLO]},
    ),
    "images": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "See?"}, image(detail="low")]}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "See?"}, image(detail="low")]}]},
    ),
    "a cached part": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"type": "x"}}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]},
    ),
    "an effort": ({"reasoning_effort": "high"}, {"thinking": {"type": "enabled", "token_budget": 4096}}),
    "no effort": ({"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}),
    "thinking as litellm has it": (
        {"thinking": {"type": "enabled", "budget_tokens": 9}},
        {"thinking": {"type": "enabled", "token_budget": 9}},
    ),
    "a choice": ({"tools": [TOOL], "tool_choice": "required"}, {"tools": [TOOL], "tool_choice": "REQUIRED"}),
    "a named choice": (
        {"tools": [TOOL, OTHER], "tool_choice": {"type": "function", "function": {"name": "time"}}},
        {"tools": [OTHER], "tool_choice": "REQUIRED"},
    ),
    "strict tools": (
        {"tools": [{"type": "function", "function": {**FUNCTION, "strict": True}}]},
        {"tools": [TOOL], "strict_tools": True},
    ),
    "a schema": (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "c", "schema": SCHEMA, "strict": True}}},
        {"response_format": {"type": "json_object", "json_schema": SCHEMA}},
    ),
    "a pydantic class": (
        {"response_format": City},
        {
            "response_format": {
                "type": "json_object",
                "json_schema": {**City.model_json_schema(), "additionalProperties": False},
            }
        },
    ),
    "calls and results": (
        {
            "messages": [
                *HELLO,
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{**CALL, "index": 0}],
                    "provider_specific_fields": {"tool_plan": "I will look."},
                },
                {"role": "tool", "tool_call_id": "weather_1", "name": "weather", "content": "Rain."},
                {"role": "tool", "tool_call_id": "weather_1", "content": [DOCUMENT]},
            ]
        },
        {
            "messages": [
                *HELLO,
                {"role": "assistant", "tool_plan": "I will look.", "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "weather_1", "content": "Rain."},
                {"role": "tool", "tool_call_id": "weather_1", "content": [DOCUMENT]},
            ]
        },
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REQUESTS)
async def test_requests(fake: FakeProvider, name: str) -> None:
    given, expected = REQUESTS[name]
    body = await _sent(fake, "command-a-03-2025", {"messages": HELLO, **given})
    assert body == {"model": "command-a-03-2025", "messages": HELLO, **expected}
    assert refusals(body) == []


def _recorded() -> list[Exchange]:
    return [each for each in native("cohere-v2") if each.asked]


@needed
@pytest.mark.asyncio
@pytest.mark.parametrize("exchange", [pytest.param(each, id=each.id) for each in _recorded()])
async def test_recorded_requests_come_out_as_they_were(fake: FakeProvider, exchange: Exchange) -> None:
    asked = {key: value for key, value in (exchange.asked or {}).items() if value is not None}
    given = {_OPENAIS.get(key, key): value for key, value in asked.items() if key not in ("model", "stream")}
    if "tool_choice" in given:
        given["tool_choice"] = given["tool_choice"].lower()
    body = await _sent(fake, exchange.model, given)
    assert list(difference(_plain(asked), _plain(body))) == []
    assert refusals(body) == []


def _plain(body: Json) -> Json:
    """Without the stream that was not asked for, and texts of no words, which say nothing beside calls.

    ``schema`` is the older word for ``json_schema``.
    """
    empty = (None, "", [], [{"type": "text", "text": ""}])
    turns = [{key: item for key, item in turn.items() if item not in empty} for turn in body["messages"]]
    plain = {**{key: value for key, value in body.items() if key != "stream"}, "messages": turns}
    if "schema" in plain.get("response_format", ()):
        plain["response_format"] = {"type": "json_object", "json_schema": plain["response_format"]["schema"]}
    return plain


async def _sent(fake: FakeProvider, model: str, given: Json) -> Json:
    fake.script(text("ok"))
    target = {"api_base": fake.host_url, "api_key": fake.api_key, "num_retries": 0}
    answer: Any = await edgequake_async.acompletion(model=f"cohere_chat/{model}", **given, **target)
    if given.get("stream"):
        assert [chunk async for chunk in answer]
    [request] = fake.requests
    assert (request.path, request.headers["authorization"]) == ("/v2/chat", f"Bearer {fake.api_key}")
    body: Json = request.json
    return body


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"n": 2}, UnsupportedParamsError, "['n']"),
        ({"logit_bias": {"1": 1}, "user": "u"}, UnsupportedParamsError, "['logit_bias', 'user']"),
        ({"tools": [TOOL], "parallel_tool_calls": False}, UnsupportedParamsError, "parallel_tool_calls"),
        ({"tools": [{"type": "web_search"}]}, BadRequestError, "tools[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, BadRequestError, "['content'][0]"),
    ],
)
def test_what_cohere_cannot_say_is_refused_unsent(
    fake: FakeProvider, given: Json, kind: type[EQError], said: str
) -> None:
    target = {"model": "cohere/command-a", "api_base": fake.host_url, "api_key": fake.api_key}
    with pytest.raises(kind) as raised:
        edgequake_async.completion(**{"messages": HELLO, **target, **given})
    assert said in raised.value.message
    assert fake.requests == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("input", "given", "expected"),
    [
        ("a", {}, {"texts": ["a"], "input_type": "search_document"}),
        (["a", "b"], {"input_type": "search_query"}, {"texts": ["a", "b"], "input_type": "search_query"}),
        (
            ["a"],
            {"dimensions": 256, "encoding_format": "base64"},
            {"texts": ["a"], "input_type": "search_document", "output_dimension": 256, "embedding_types": ["base64"]},
        ),
        (["data:image/png;base64,eA=="], {}, {"images": ["data:image/png;base64,eA=="], "input_type": "image"}),
        (
            [[{"type": "text", "text": "a"}, image()]],
            {"truncate": "END"},
            {
                "inputs": [{"content": [{"type": "text", "text": "a"}, image()]}],
                "input_type": "search_document",
                "truncate": "END",
            },
        ),
    ],
)
async def test_embeddings(fake: FakeProvider, input: Any, given: Json, expected: Json) -> None:
    target = {"model": "cohere/embed-v4.0", "api_base": fake.host_url, "api_key": fake.api_key}
    response = await edgequake_async.aembedding(input=input, **target, **given)
    [request] = fake.requests
    assert request.json == {"model": "embed-v4.0", **expected}
    assert refusals(request.json, "embed") == []
    assert len(response.data) == 1 if isinstance(input, str) else len(input)
    assert {len(row.embedding) for row in response.data} == {given.get("dimensions", 1536)}
    assert response.usage.prompt_tokens > 0


@pytest.mark.asyncio
async def test_embeddings_of_several_types_stand_beside_each_other(fake: FakeProvider) -> None:
    target = {"model": "cohere/embed-v4.0", "api_base": fake.host_url, "api_key": fake.api_key}
    whole = await edgequake_async.aembedding(input="a", embedding_types=["int8", "float"], **target)
    packed = await edgequake_async.aembedding(input="a", encoding_format="base64", **target)
    small = await edgequake_async.aembedding(input="a", embedding_types=["int8"], **target)
    [row] = whole.data
    assert row.embedding == packed.data[0].embedding
    assert row["int8"] == small.data[0].embedding == [round(value * 127) for value in row.embedding]
