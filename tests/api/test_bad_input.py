"""Wrong arguments are refused by a typed error that names them, before a byte is sent, and change nothing."""

from __future__ import annotations

import copy
import datetime
import socket
from types import SimpleNamespace
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, text

from .ways import USER, Way


class Opaque:
    """An object that no JSON writer knows."""


def cyclic() -> list[Any]:
    part: dict[str, Any] = {"type": "text", "text": "x"}
    part["self"] = part
    return [part]


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def says(content: Any) -> dict[str, Any]:
    return {"messages": [*USER, {"role": "user", "content": content}]}


SCHEMA = {"type": "json_schema", "json_schema": {"name": "A", "schema": {"type": "object"}}}


def schema(**fields: Any) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "A", "schema": fields}}}


# Arguments that replace the good ones, and what the message must name.
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "model None": ({"model": None}, "model"),
    "model number": ({"model": 4}, "model"),
    "model bytes": ({"model": b"openai/gpt-4o"}, "model"),
    "model empty": ({"model": ""}, "model"),
    "model blank": ({"model": "  "}, "model"),
    "model only a provider": ({"model": "openai/"}, "model"),
    "messages None": ({"messages": None}, "messages"),
    "messages text": ({"messages": "hello"}, "messages"),
    "messages bytes": ({"messages": b"hello"}, "messages"),
    "messages dict": ({"messages": USER[0]}, "messages"),
    "messages number": ({"messages": 7}, "messages"),
    "messages empty": ({"messages": []}, "messages"),
    "a message that is text": ({"messages": [*USER, "hello"]}, "messages[1]"),
    "a message that is None": ({"messages": [None]}, "messages[0]"),
    "a message that is a list": ({"messages": [[]]}, "messages[0]"),
    "content that is an object": (says(Opaque()), "messages[1]['content']"),
    "content that is a function": (says(print), "messages[1]['content']"),
    "content that is a class": (says(Opaque), "messages[1]['content']"),
    "content that holds an object": (says([{"type": "text", "text": Opaque()}]), "messages[1]['content'][0]['text']"),
    "content that is not UTF-8": (says(b"\xff\xfe"), "messages[1]['content']"),
    "content that refers to itself": (says(cyclic()), "messages[1]['content'][0]['self']"),
    "content that is NaN": (says(float("nan")), "messages[1]['content']"),
    "content that is infinite": (says([float("inf")]), "messages[1]['content'][0]"),
    "lone surrogate": (says("caf\ud83d"), "messages[1]['content']"),
    "lone surrogate in a key": ({"messages": [{"role": "user", "content": "x", "a\udc00": 1}]}, "messages[0]"),
    "lone surrogate in the model": ({"model": "openai/m\ud800"}, "model"),
    "temperature NaN": ({"temperature": float("nan")}, "temperature"),
    "temperature -inf": ({"temperature": float("-inf")}, "temperature"),
    "NaN deep in extra_body": ({"extra_body": {"a": [{"b": float("nan")}]}}, "a[0]['b']"),
    "NaN beside the word NaN": ({**says("NaN Infinity"), "top_p": float("nan")}, "top_p"),
    "unserialisable argument": ({"seed": Opaque()}, "seed"),
    "unserialisable unknown argument": ({"foo_bar": {1, Opaque}}, "foo_bar"),
    "unserialisable tool": ({"tools": [{"type": "function", "function": print}]}, "tools[0]['function']"),
    "nested too deeply": (says(deep(5_000)), "messages"),
    "timeout negative": ({"timeout": -1}, "timeout"),
    "timeout zero": ({"timeout": 0}, "timeout"),
    "timeout NaN": ({"timeout": float("nan")}, "timeout"),
    "timeout text": ({"timeout": "soon"}, "timeout"),
    "timeout bool": ({"timeout": True}, "timeout"),
    "timeout list": ({"timeout": [1]}, "timeout"),
    "timeout timedelta": ({"timeout": datetime.timedelta(seconds=1)}, "timeout"),
    "timeout of an unknown name": ({"timeout": {"read": 1}}, "timeout"),
    "one limit negative": ({"timeout": {"idle": -1}}, "timeout['idle']"),
    "one limit NaN": ({"timeout": eq.Timeouts(connect=float("nan"))}, "timeout['connect']"),
    "one limit text": ({"timeout": SimpleNamespace(connect="x", read=1)}, "timeout['connect']"),
    "retries negative": ({"num_retries": -1}, "num_retries"),
    "retries float": ({"num_retries": 1.5}, "num_retries"),
    "retries text": ({"num_retries": "3"}, "num_retries"),
    "retries bool": ({"num_retries": True}, "num_retries"),
    "retries endless": ({"num_retries": 10**9}, "num_retries"),
    "api_key number": ({"api_key": 7}, "api_key"),
    "api_key line break": ({"api_key": "sk-secret\r\nX-Evil: 1"}, "api_key"),
    "api_base number": ({"api_base": 7}, "api_base"),
    "api_base no URL": ({"api_base": "not a url"}, "api_base"),
    "api_base without scheme": ({"api_base": "localhost:8000/v1"}, "api_base"),
    "api_base of a file": ({"api_base": "file:///etc/passwd"}, "api_base"),
    "api_base without host": ({"api_base": "http://"}, "api_base"),
    "api_base with a bad port": ({"api_base": "http://localhost:99999/v1"}, "api_base"),
    "api_base with a bad host": ({"api_base": "http://exa mple.org/v1"}, "api_base"),
    "header that is no dict": ({"extra_headers": [("a", "b")]}, "extra_headers"),
    "header value list": ({"extra_headers": {"x-a": ["b"]}}, "extra_headers['x-a']"),
    "header value None": ({"extra_headers": {"x-a": None}}, "extra_headers['x-a']"),
    "header name number": ({"extra_headers": {1: "b"}}, "extra_headers"),
    "header name with space": ({"extra_headers": {"x a": "b"}}, "extra_headers"),
    "header value with line break": ({"extra_headers": {"x-a": "b\r\nc: d"}}, "extra_headers"),
    "header value with surrogate": ({"extra_headers": {"x-a": "\ud800"}}, "extra_headers"),
    "api_key with surrogate": ({"api_key": "sk-\ud800"}, "api_key"),
    "api_base with surrogate": ({"api_base": "http://localhost/\ud800"}, "api_base"),
    "extra_body text": ({"extra_body": "x"}, "extra_body"),
    "extra_body list": ({"extra_body": [("a", 1)]}, "extra_body"),
    "ssl_verify number": ({"ssl_verify": 7}, "ssl_verify"),
    "ssl_verify missing file": (
        {"api_base": "https://127.0.0.1:9/v1", "ssl_verify": "/nonexistent/ca.pem"},
        "/nonexistent/ca.pem",
    ),
    "response_format text": ({"response_format": "json"}, "response_format"),
    "response_format class": ({"response_format": dict}, "response_format"),
    "response_format without type": ({"response_format": {"json_schema": {}}}, "response_format['type']"),
    "schema missing": ({"response_format": {"type": "json_schema"}}, "response_format['json_schema']"),
    "schema text": (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "A", "schema": "{}"}}},
        "response_format['json_schema']['schema']",
    ),
    "schema of unknown type": (schema(type="strnig"), "['schema']['type']"),
    "schema of unhashable type": (schema(type={}), "['schema']['type']"),
    "schema with wrong properties": (schema(type="object", properties=["a"]), "['schema']['properties']"),
    "schema with wrong required": (schema(type="object", required="a"), "['schema']['required']"),
    "schema wrong inside": (
        schema(type="object", properties={"a": {"type": "array", "items": {"type": 7}}}),
        "['properties']['a']['items']['type']",
    ),
    "additional_drop_params text": ({"additional_drop_params": "user"}, "additional_drop_params"),
    "custom_llm_provider number": ({"custom_llm_provider": 7}, "custom_llm_provider"),
}


@pytest.mark.parametrize("streams", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_named(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str, streams: bool) -> None:
    wrong, name = WRONG[case]
    raised = way.watch(**{**ask, **wrong}, stream=streams).error
    assert isinstance(raised, eq.BadRequestError), repr(raised)
    assert name in str(raised)
    assert len(str(raised)) < 1_000
    assert raised.status_code == 400
    assert fake.requests == []
    assert fake.connections.opened == 0


EMBEDDING_WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "input missing": ({"input": None}, "input"),
    "input number": ({"input": 7}, "input"),
    "input bytes": ({"input": b"x"}, "input"),
    "input dict": ({"input": {"a": 1}}, "input"),
    "input empty": ({"input": []}, "input"),
    "input empty text": ({"input": ""}, "input"),
    "input holds an object": ({"input": ["a", Opaque()]}, "input[1]"),
    "input holds a lone surrogate": ({"input": ["a", "\ud800"]}, "input[1]"),
    "input holds NaN": ({"input": [float("nan")]}, "input[0]"),
    "dimensions NaN": ({"dimensions": float("nan")}, "dimensions"),
    "timeout negative": ({"timeout": -0.5}, "timeout"),
    "model number": ({"model": 7}, "model"),
}


def test_an_array_is_no_text(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    numpy = pytest.importorskip("numpy")
    with pytest.raises(eq.BadRequestError, match="input"):
        way.embedding(**target, input=numpy.zeros(3))
    assert fake.connections.opened == 0


@pytest.mark.parametrize("case", EMBEDDING_WRONG)
def test_a_wrong_argument_of_an_embedding_is_named(
    way: Way, fake: FakeProvider, target: dict[str, Any], case: str
) -> None:
    wrong, name = EMBEDDING_WRONG[case]
    with pytest.raises(eq.BadRequestError) as caught:
        way.embedding(**{**target, "input": "x", **wrong})
    assert name in str(caught.value)
    assert fake.connections.opened == 0


@pytest.mark.parametrize("model", ["nobody/gpt-4", "no such/model", "http://x/y", "OPENAI2/gpt-4o"])
def test_an_unknown_provider_is_litellms_error(way: Way, fake: FakeProvider, ask: dict[str, Any], model: str) -> None:
    raised = way.watch(**{**ask, "model": model}).error
    assert isinstance(raised, eq.BadRequestError)
    assert "LLM Provider NOT provided" in str(raised)
    assert fake.connections.opened == 0


def test_a_provider_without_support_says_so(way: Way, ask: dict[str, Any]) -> None:
    raised = way.watch(**{**ask, "custom_llm_provider": "no-such-provider"}).error
    assert isinstance(raised, eq.BadRequestError)
    assert "no-such-provider" in str(raised)


def test_a_missing_key_names_where_it_may_be(way: Way) -> None:
    outcome = way.watch(model="openai/gpt-4o", messages=USER)
    assert isinstance(outcome.error, eq.AuthenticationError)
    assert "api_key" in str(outcome.error)
    assert "OPENAI_API_KEY" in str(outcome.error)
    assert outcome.error.llm_provider == "openai"


@pytest.mark.parametrize(
    "argument",
    [
        {"model_list": [{}]},
        {"client": object()},
        {"deployment_id": "x"},
    ],
    ids=lambda argument: next(iter(argument)),
)
def test_what_we_do_not_do_is_refused(
    way: Way, fake: FakeProvider, ask: dict[str, Any], argument: dict[str, Any]
) -> None:
    raised = way.watch(**ask, **argument).error
    assert isinstance(raised, eq.UnsupportedParamsError)
    assert "does not support parameters" in str(raised)
    assert next(iter(argument)) in str(raised)
    assert fake.connections.opened == 0


def test_an_unreachable_host_is_a_connection_error(way: Way, ask: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    raised = way.watch(**{**ask, "api_base": f"http://127.0.0.1:{port}/v1"}).error
    assert isinstance(raised, eq.APIConnectionError)
    assert f"127.0.0.1:{port}" in str(raised)
    assert raised.attempts == 1


def test_an_unknown_host_is_a_connection_error(way: Way, ask: dict[str, Any]) -> None:
    raised = way.watch(**{**ask, "api_base": "http://no-such-host.invalid/v1"}).error
    assert isinstance(raised, eq.APIConnectionError)
    assert "no-such-host.invalid" in str(raised)


def test_the_caller_keeps_what_it_gave_even_if_refused(way: Way, ask: dict[str, Any]) -> None:
    """Arguments are read, never written: not on the way to an answer, not on the way to an error."""
    shared = {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "x", "cache_control": None}]}],
        "tools": [
            {"type": "function", "function": {"name": "f", "parameters": {"properties": {"a": {"default": None}}}}}
        ],
        "extra_body": {"a": {"b": [None]}},
        "extra_headers": {"X-A": "b"},
        "stop": ["a"],
        "logit_bias": {1: 2.0},
        "response_format": copy.deepcopy(SCHEMA),
        "metadata": {"a": []},
    }
    before = copy.deepcopy(shared)
    assert way.watch(**{**ask, **shared}).error is None
    assert shared == before
    assert isinstance(way.watch(**{**ask, **shared, "top_p": float("nan")}).error, eq.BadRequestError)
    assert shared == before


def test_fifty_megabytes_of_messages(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(text("ok"))
    large = "x" * 25_000_000
    messages = [{"role": "user", "content": large}, {"role": "user", "content": large}]
    assert way.completion(**{**ask, "messages": messages}).choices[0].message.content == "ok"
    assert len(fake.requests[0].body) > 50_000_000


def test_fifty_megabytes_with_a_flaw_are_refused(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    raised = way.watch(**{**ask, **says("x" * 50_000_000 + "\ud800")}).error
    assert isinstance(raised, eq.BadRequestError)
    assert "messages[1]['content']" in str(raised)
    assert len(str(raised)) < 1_000
    assert fake.connections.opened == 0


def test_a_flaw_in_one_call_does_not_reach_the_next(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    for wrong, _ in list(WRONG.values())[::9]:
        assert way.watch(**{**ask, **wrong}).error is not None
        assert way.watch(**ask).error is None
