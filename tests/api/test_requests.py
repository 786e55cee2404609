"""What arrives at the provider is what was asked for, in OpenAI's own types: no field added, changed or left out."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_type_hints

import pytest
from pydantic import BaseModel, TypeAdapter

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, raw, text

from .ways import USER, Way

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
CALL = {"id": "t1", "type": "function", "function": {"name": "look", "arguments": '{"city": "Zürich"}'}}
TOOL = {
    "type": "function",
    "function": {
        "name": "look",
        "description": "Sieh nach.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "default": None}}},
        "strict": False,
    },
}
SCHEMA = {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]}


def said(content: Any, role: str = "user", **fields: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **fields}


# Messages in OpenAI's format: they must arrive as they are.
MESSAGES: dict[str, list[dict[str, Any]]] = {
    "text": USER,
    "every role": [said("a", "system"), said("b", "developer"), said("c"), said("d", "assistant"), said("e")],
    "name": [said("x", name="anna")],
    "parts": [said([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}])],
    "image by URL": [said([{"type": "image_url", "image_url": {"url": "https://example.org/ä.png", "detail": "low"}}])],
    "image as base64": [said([{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": PIXEL}}])],
    "audio": [said([{"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}])],
    "file": [
        said([{"type": "file", "file": {"filename": "ä.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}])
    ],
    "file by id": [said([{"type": "file", "file": {"file_id": "file-1"}}])],
    "tool call": [*USER, {"role": "assistant", "tool_calls": [CALL]}, said("sunny", "tool", tool_call_id="t1")],
    "tool call, null content": [
        *USER,
        said(None, "assistant", tool_calls=[CALL]),
        said("1", "tool", tool_call_id="t1"),
    ],
    "tool result in parts": [
        *USER,
        said(None, "assistant", tool_calls=[CALL]),
        said([{"type": "text", "text": "sunny"}], "tool", tool_call_id="t1"),
    ],
    "several tool results": [
        *USER,
        said("", "assistant", tool_calls=[CALL, {**CALL, "id": "t2"}]),
        said("1", "tool", tool_call_id="t2"),
        said("2", "tool", tool_call_id="t1"),
    ],
    "function call": [
        *USER,
        {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}},
        said("1", "function", name="look"),
    ],
    "refusal": [*USER, {"role": "assistant", "refusal": "No."}, said("Please.")],
    "assistant audio": [*USER, {"role": "assistant", "audio": {"id": "audio_1"}}, said("Go on.")],
    "empty content": [said("")],
    "odd characters": [said('\u0000\u001f"\\/\u2028\u2029\ufeff\ufffd\U0010ffff\r\n\t é e\u0301')],
}

# Fields that are not OpenAI's: they must arrive too, for those who know them.
FOREIGN: dict[str, list[dict[str, Any]]] = {
    "cache_control": [
        said([{"type": "text", "text": "long", "cache_control": {"type": "ephemeral", "ttl": "1h"}}], "system"),
        *USER,
    ],
    "cache_control on a message": [said("x", cache_control={"type": "ephemeral"})],
    "reasoning": [said("a", "assistant", reasoning_content="Hm."), *USER],
    "thinking blocks": [
        said("a", "assistant", thinking_blocks=[{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}]),
        *USER,
    ],
    "image as text": [said([{"type": "image_url", "image_url": PIXEL}])],
    "nulls": [said("x", name=None, extra={"deep": [None, {"a": None}]})],
    "unknown role": [said("x", "ipython")],
}

# Keyword arguments in OpenAI's format, and the fields that they must become.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "none": {},
    "temperature 0": {"temperature": 0},
    "temperature 1.0": {"temperature": 1.0},
    "max_tokens 0": {"max_tokens": 0},
    "max_completion_tokens": {"max_completion_tokens": 16},
    "both limits": {"max_tokens": 1, "max_completion_tokens": 2},
    "sampling": {"top_p": 0.5, "frequency_penalty": -2.0, "presence_penalty": 2, "seed": 2**53, "n": 3},
    "negative seed": {"seed": -1},
    "stop text": {"stop": "\n"},
    "stop list": {"stop": ["a", "ä", "\U0001f680"]},
    "logprobs": {"logprobs": True, "top_logprobs": 0},
    "no logprobs": {"logprobs": False},
    "logit_bias": {"logit_bias": {"50256": -100, "1": 5}},
    "user": {"user": "jürgen"},
    "tools": {"tools": [TOOL], "tool_choice": "auto", "parallel_tool_calls": False},
    "tool_choice none": {"tools": [TOOL], "tool_choice": "none"},
    "tool_choice required": {"tools": [TOOL], "tool_choice": "required", "parallel_tool_calls": True},
    "tool_choice named": {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "look"}}},
    "functions": {"functions": [TOOL["function"]], "function_call": {"name": "look"}},
    "json_object": {"response_format": {"type": "json_object"}},
    "json_schema": {
        "response_format": {"type": "json_schema", "json_schema": {"name": "A", "schema": SCHEMA, "strict": True}}
    },
    "response_format text": {"response_format": {"type": "text"}},
    "reasoning": {"reasoning_effort": "high", "verbosity": "low"},
    "no reasoning": {"reasoning_effort": "none"},
    "storage": {"store": False, "service_tier": "flex", "safety_identifier": "s", "prompt_cache_key": "k"},
    "audio": {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}},
    "prediction": {"prediction": {"type": "content", "content": "x = 1"}},
    "web search": {"web_search_options": {"search_context_size": "low"}},
}


def check(body: Mapping[str, Any]) -> None:
    """OpenAI's own TypedDict takes the body, and knows every field of it."""
    module = pytest.importorskip("openai.types.chat.completion_create_params")
    kind = module.CompletionCreateParamsStreaming if body.get("stream") else module.CompletionCreateParamsNonStreaming
    TypeAdapter(kind).validate_json(json.dumps(body))
    assert set(body) <= set(get_type_hints(kind))


def sent(fake: FakeProvider) -> dict[str, Any]:
    (request,) = fake.requests
    assert (request.method, request.path, request.query) == ("POST", "/v1/chat/completions", {})
    assert request.headers["content-type"] == "application/json"
    assert "transfer-encoding" not in request.headers
    body: dict[str, Any] = request.json
    return body


@pytest.mark.parametrize("case", [*MESSAGES, *FOREIGN])
def test_messages_arrive_as_they_are(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    fake.script(text("ok"))
    messages = (MESSAGES | FOREIGN)[case]
    before = copy.deepcopy(messages)
    way.completion(**target, messages=messages)
    body = sent(fake)
    assert body == {"model": "fake", "messages": before}
    assert messages == before
    if case in MESSAGES:
        check(body)


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments_arrive_as_they_are(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(text("ok"))
    arguments = ARGUMENTS[case]
    before = copy.deepcopy(arguments)
    way.completion(**ask, **arguments)
    body = sent(fake)
    assert body == {"model": "fake", "messages": USER, **before}
    assert arguments == before
    assert [type(body[name]) for name in before] == [type(value) for value in before.values()]
    check(body)


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": True}}], ids=["plain", "usage"])
def test_a_stream_asks_for_a_stream_and_no_more(
    way: Way, fake: FakeProvider, ask: dict[str, Any], options: dict[str, Any]
) -> None:
    way.stream(**ask, **options)
    body = sent(fake)
    assert body == {"model": "fake", "messages": USER, "stream": True, **options}
    check(body)


def test_none_means_not_given(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    given = dict.fromkeys(
        ("temperature", "tools", "tool_choice", "stop", "stream", "response_format", "top_k", "extra_body")
    )
    way.completion(**ask, **given)
    assert sent(fake) == {"model": "fake", "messages": USER}


def test_what_the_caller_said_of_streaming_is_sent(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    way.completion(**ask, stream=False)
    assert sent(fake) == {"model": "fake", "messages": USER, "stream": False}


def test_unknown_arguments_reach_the_provider(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    way.completion(**ask, top_k=3, foo_bar={"a": None}, extra_body={"eb": [1], "temperature": 0.5}, temperature=1)
    assert sent(fake) == {
        "model": "fake",
        "messages": USER,
        "top_k": 3,
        "foo_bar": {"a": None},
        "eb": [1],
        "temperature": 0.5,
    }


def test_litellms_bookkeeping_stays_here(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    bookkeeping = {
        "metadata": {"trace": 1},
        "litellm_call_id": "x",
        "retry_strategy": "constant_retry",
        "cache": {"no-cache": True},
        "caching": True,
        "logger_fn": print,
        "force_timeout": 600,
        "input_cost_per_token": 0.1,
        "tags": ["t"],
        "drop_params": True,
    }
    way.completion(**ask, **bookkeeping)
    assert sent(fake) == {"model": "fake", "messages": USER}


def test_additional_drop_params(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    way.completion(**ask, temperature=1, user="u", additional_drop_params=["user", "not_there"])
    assert sent(fake) == {"model": "fake", "messages": USER, "temperature": 1}


def test_the_callers_objects_are_read_only(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    """Mappings that refuse every change, tuples and generators are arguments like any other."""
    message = MappingProxyType({"role": "user", "content": ({"type": "text", "text": "x"},)})
    tools = (MappingProxyType(TOOL),)
    way.completion(
        **{**ask, "messages": (each for each in [message])},
        tools=tools,
        extra_body=MappingProxyType({"eb": 1}),
        extra_headers=MappingProxyType({"x-a": "b"}),
        logit_bias=MappingProxyType({1: 2}),
    )
    assert sent(fake) == {
        "model": "fake",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}],
        "tools": [TOOL],
        "eb": 1,
        "logit_bias": {"1": 2},
    }


def test_messages_of_earlier_answers_go_back(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    wire = {
        "role": "assistant",
        "content": "Yes.",
        "refusal": None,
        "reasoning_content": "Hm.",
        "annotations": [],
        "tool_calls": [CALL],
        "mood": {"calm": None},
    }
    fake.script(raw(200, (), {"choices": [{"index": 0, "message": wire, "finish_reason": "tool_calls"}]}))
    message = way.completion(**ask).choices[0].message
    before = message.model_dump()
    way.completion(**{**ask, "messages": [*USER, message]})
    assert message.model_dump() == before
    returned = fake.requests[1].json["messages"][1]
    kept = {name: value for name, value in wire.items() if value is not None}
    assert {name: returned[name] for name in kept if name != "mood"} == {n: v for n, v in kept.items() if n != "mood"}
    assert returned["mood"] in ({"calm": None}, {})
    assert set(returned) <= set(wire)


def test_an_answer_that_was_dumped_goes_back_without_null_calls(
    way: Way, fake: FakeProvider, ask: dict[str, Any]
) -> None:
    dumped = way.completion(**ask).choices[0].message.model_dump()
    assert dumped["tool_calls"] is dumped["function_call"] is None
    before = dict(dumped)
    way.completion(**{**ask, "messages": [*USER, dumped]})
    assert dumped == before
    returned = fake.requests[1].json["messages"][1]
    assert returned == {name: value for name, value in dumped.items() if name not in ("tool_calls", "function_call")}


def test_messages_made_by_hand(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    class Note(BaseModel):
        role: str = "user"
        content: str = "ä"
        name: str | None = None

    way.completion(**{**ask, "messages": [eq.Message(role="user", content="x"), Note()]})
    assert sent(fake)["messages"] == [{"role": "user", "content": "x"}, {"role": "user", "content": "ä"}]


def test_a_large_request_arrives_whole(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(text("ok"))
    messages = [said("ä" * 100_000 + str(number)) for number in range(20)]
    way.completion(**{**ask, "messages": messages})
    assert sent(fake)["messages"] == messages
