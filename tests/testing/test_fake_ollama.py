"""The ollama SDK takes the fake provider for Ollama."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import ollama
import pytest

from edgequake_async.testing import FakeProvider, ToolCall, drop_after, error, stream, text

Post = Callable[..., Any]

ADD: Any = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds.",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    },
}
PLAN: Any = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "steps": {"type": "array", "items": {"type": "number"}}},
    "required": ["name", "steps"],
}


@pytest.fixture
def client(fake: FakeProvider) -> Iterator[ollama.Client]:
    with ollama.Client(fake.host_url) as opened:
        yield opened


def ask(client: ollama.Client, said: Any = "hello there", **fields: Any) -> Any:
    messages = [{"role": "user", "content": said}] if isinstance(said, str) else said
    return client.chat(model="llama", messages=messages, **fields)


def test_an_answer_and_its_stream(fake: FakeProvider, client: ollama.Client) -> None:
    whole = ask(client)
    *chunks, last = ask(client, stream=True)
    assert whole.message.content == "You said: hello there" == "".join(chunk.message.content for chunk in chunks)
    assert (whole.model, whole.done, whole.done_reason, last.done_reason) == ("llama", True, "stop", "stop")
    assert not any(chunk.done for chunk in chunks)
    assert (whole.prompt_eval_count, whole.eval_count) == (last.prompt_eval_count, last.eval_count)
    assert min(last.prompt_eval_count, last.eval_count, last.total_duration, last.eval_duration) > 0
    assert [record.path for record in fake.requests] == ["/api/chat"] * 2


def test_it_streams_lines_unless_told_not_to(post: Post) -> None:
    body = {"model": "llama", "messages": [{"role": "user", "content": "<b>"}]}
    head, told = post("/some/prefix/api/chat", body)
    assert head.getheader("content-type") == "application/x-ndjson"
    lines = told.split(b"\n")
    assert lines.pop() == b""
    said = "".join(json.loads(line)["message"]["content"] for line in lines)
    assert (said, rb"\u003cb\u003e" in told, b"<" in told) == ("You said: <b>", True, False)
    head, _ = post("/some/prefix/api/chat", {**body, "stream": False})
    assert head.getheader("content-type") == "application/json; charset=utf-8"


def test_thoughts_and_calls(client: ollama.Client) -> None:
    asked = {"tools": [ADD], "think": True}
    question = 'call add {"a": 7} and add please'
    whole = ask(client, question, **asked)
    chunks = list(ask(client, question, stream=True, **asked))
    streamed = [call for chunk in chunks for call in chunk.message.tool_calls or ()]
    for calls in (whole.message.tool_calls, streamed):
        assert [(call.function.name, call.function.arguments) for call in calls] == [
            ("add", {"a": 7}),
            ("add", {"a": 1}),
        ]
    assert whole.message.thinking == f"The user wants: {question}"
    assert "".join(chunk.message.thinking or "" for chunk in chunks) == whole.message.thinking
    assert (whole.done_reason, chunks[-1].done_reason, whole.message.content) == ("stop", "stop", "")
    assert chunks[-1].eval_count == whole.eval_count
    turns = [{"role": "user", "content": question}, whole.message, {"role": "tool", "content": "8", "tool_name": "add"}]
    assert ask(client, turns, tools=[ADD]).message.content == "The tool answered: 8"


def test_structured_output_satisfies_the_schema(client: ollama.Client) -> None:
    plan = json.loads(ask(client, format=PLAN).message.content)
    assert {name: type(value) for name, value in plan.items()} == {"name": str, "steps": list}
    assert ask(client, format="json").message.content == '{"answer": "answer"}'


def test_pictures_and_why_it_stopped(client: ollama.Client) -> None:
    picture = base64.b64encode(b"x").decode()
    looked = ask(client, [{"role": "user", "content": "look", "images": [picture]}])
    assert looked.message.content == "You said: look [with 1 image]"
    assert ask(client, options={"stop": ["there"]}).message.content == "You said: hello "
    assert ask(client, options={"num_predict": 1}).done_reason == "length"
    assert ask(client, []).done_reason == "load"


def test_embeddings_and_models(client: ollama.Client) -> None:
    both = client.embed(model="e", input=["a cat", "the cat"], dimensions=8)
    assert [len(vector) for vector in both.embeddings] == [8, 8]
    one = client.embed(model="e", input="a cat", dimensions=8)
    assert (one.embeddings, one.prompt_eval_count) == (both.embeddings[:1], 2)
    names = [card.model for card in client.list().models]
    assert names[:1] == ["fake-embedding:latest"]
    assert client.show("fake-embedding").capabilities == ["embedding"]
    shown = client.show("llama")
    assert "tools" in (shown.capabilities or ())
    assert shown.modelinfo


def test_scripted_replies_have_ollamas_shape(fake: FakeProvider, client: ollama.Client) -> None:
    fake.script(
        text("said", reasoning="thought", usage={"eval_count": 99}, model="other"),
        text(None, tool_calls=[ToolCall("add", {"a": 2}, id="t1"), ToolCall("add", '{"a": 3}')]),
        text(None, tool_calls=[ToolCall("add", '{"a": ')]),
        stream(["a", 0.01, "b", {"thinking": "c"}], finish_reason="length"),
        text("two words", reasoning="deep thought"),
    )
    message = ask(client)
    assert (message.message.content, message.message.thinking) == ("said", "thought")
    assert (message.model, message.eval_count) == ("other", 99)
    calls = ask(client).message.tool_calls
    assert [call.function.arguments for call in calls] == [{"a": 2}, {"a": 3}]
    with pytest.raises(ollama.ResponseError, match="error parsing tool call") as caught:
        ask(client)
    assert caught.value.status_code == 500
    *chunks, last = ask(client, stream=True)
    assert [(chunk.message.content, chunk.message.thinking) for chunk in chunks] == [
        ("a", None),
        ("b", None),
        ("", "c"),
    ]
    assert last.done_reason == "length"
    kinds = [bool(chunk.message.thinking) for chunk in ask(client, stream=True)]
    assert kinds == [True, True, False, False, False]


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_errors_are_their_message(fake: FakeProvider, client: ollama.Client, status: int, streams: bool) -> None:
    fake.script(error(status, "told to"))
    with pytest.raises(ollama.ResponseError) as caught:
        list(ask(client, stream=streams))
    assert (caught.value.status_code, caught.value.error) == (status, "told to")


def test_errors_inside_a_stream_and_faults(fake: FakeProvider, client: ollama.Client) -> None:
    fake.script(stream(["a", error(500, "out of memory"), "never"]), drop_after())
    chunks = ask(client, stream=True)
    assert next(chunks).message.content == "a"
    with pytest.raises(ollama.ResponseError, match="out of memory"):
        next(chunks)
    with pytest.raises((httpx.TransportError, ConnectionError)):
        ask(client)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": ""},
        {"messages": "x"},
        {"messages": [{"role": "developer", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        {"messages": [{"role": "user", "content": "x", "images": ["data:image/png;base64,eA=="]}]},
        {"messages": [{"role": "user", "content": "x", "images": ["eA=="]}, {"role": "user", "images": ["(eA==)"]}]},
        {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "add", "arguments": "{}"}}]}]},
        {"format": "xml"},
        {"format": {"$ref": "#/nowhere"}},
        {"think": "much"},
        {"tools": [{"type": "function"}]},
    ],
)
def test_bad_requests_are_refused(post: Post, changed: Any) -> None:
    messages = [{"role": "user", "content": "x"}]
    head, body = post("/api/chat", {"model": "llama", "messages": messages, **changed})
    assert (head.status, list(json.loads(body))) == (400, ["error"])


def test_keys_are_checked_where_asked_and_other_paths_are_openais(post: Post) -> None:
    with FakeProvider(require_key=True) as fake:
        with ollama.Client(fake.host_url, headers={"authorization": f"Bearer {fake.api_key}"}) as right:
            assert ask(right).message.content
        with ollama.Client(fake.host_url) as wrong, pytest.raises(ollama.ResponseError) as caught:
            ask(wrong)
        assert (caught.value.status_code, caught.value.error) == (401, "unauthorized")
    head, body = post("/api/chat/completions", {"model": "m", "messages": [{"role": "user", "content": "x"}]})
    assert (head.status, json.loads(body)["object"]) == (200, "chat.completion")
