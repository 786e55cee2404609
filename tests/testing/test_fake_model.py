"""What the small model answers, as OpenAI-shaped JSON."""

from __future__ import annotations

import base64
import http.client
import json
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from edgequake_async.testing import FakeProvider

Chat = Callable[..., Any]
Post = Callable[..., tuple[http.client.HTTPResponse, bytes]]

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}},
            "required": ["city", "days"],
        },
    },
}
CLOCK = {"type": "function", "function": {"name": "get_time"}}


def calls_of(answer: Any) -> list[tuple[str, Any]]:
    calls = answer["choices"][0]["message"].get("tool_calls", [])
    return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls]


def events_of(body: bytes) -> list[Any]:
    *events, end = body.decode().split("\n\n")[:-1]
    assert end == "data: [DONE]"
    return [json.loads(event.removeprefix("data: ")) for event in events]


def test_the_shape_of_an_answer(chat: Chat) -> None:
    answer = chat("hello")
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "m"
    assert answer["id"].startswith("chatcmpl-")
    assert answer["created"] > 1_700_000_000
    assert answer["system_fingerprint"]
    (choice,) = answer["choices"]
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"] == "You said: hello"
    assert choice["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert chat("hello")["id"] != answer["id"]


def test_the_last_user_message_counts_with_all_its_parts(chat: Chat) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    parts = [{"type": "text", "text": "look"}, image, image, {"type": "text", "text": "é\u2028"}]
    messages = [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "said"},
        {"role": "user", "content": parts},
        {"role": "assistant", "content": None},
    ]
    content = chat(messages)["choices"][0]["message"]["content"]
    assert content == "You said: look\né\u2028 [with 2 image_url]"


def test_limits_and_stops(chat: Chat) -> None:
    cut = chat("one two three", max_tokens=3)["choices"][0]
    assert (cut["message"]["content"], cut["finish_reason"]) == ("You said: one", "length")
    assert chat("one two", max_completion_tokens=0)["choices"][0]["message"]["content"] == ""
    stopped = chat("one two three", stop=[" three", " two"])["choices"][0]
    assert (stopped["message"]["content"], stopped["finish_reason"]) == ("You said: one", "stop")


def test_several_choices_differ(chat: Chat) -> None:
    choices = chat("hi", n=3)["choices"]
    assert [choice["index"] for choice in choices] == [0, 1, 2]
    assert len({choice["message"]["content"] for choice in choices}) == 3


def test_streams_add_up_to_the_answer(chat: Chat, post: Post) -> None:
    messages = [{"role": "user", "content": "use get_weather é 漢字 🙂"}]
    for fields in ({}, {"tools": [WEATHER]}, {"n": 2}, {"reasoning_effort": "low"}, {"max_tokens": 2}):
        whole = chat(messages, **fields)
        request = {"model": "m", "messages": messages, "stream": True, **fields}
        request["stream_options"] = {"include_usage": True}
        response, body = post("/v1/chat/completions", request)
        assert response.headers["content-type"].startswith("text/event-stream")
        *chunks, last = events_of(body)
        assert last["choices"] == []
        assert last["usage"] == whole["usage"]
        assert all(chunk["usage"] is None for chunk in chunks)
        for index, choice in enumerate(whole["choices"]):
            mine = [chunk["choices"][0] for chunk in chunks if chunk["choices"][0]["index"] == index]
            deltas = [part["delta"] for part in mine]
            assert deltas[0]["role"] == "assistant"
            assert deltas[-1] == {}
            assert mine[-1]["finish_reason"] == choice["finish_reason"]
            assert "".join(d.get("content") or "" for d in deltas) == (choice["message"]["content"] or "")
            thought = "".join(d.get("reasoning_content", "") for d in deltas)
            assert thought == choice["message"].get("reasoning_content", "")
            arguments = "".join(d["tool_calls"][0]["function"]["arguments"] for d in deltas if "tool_calls" in d)
            called = choice["message"].get("tool_calls", [])
            assert arguments == "".join(call["function"]["arguments"] for call in called)


def test_usage_is_streamed_only_where_asked(post: Post) -> None:
    messages = [{"role": "user", "content": "hi"}]
    _, body = post("/v1/chat/completions", {"model": "m", "messages": messages, "stream": True})
    assert all("usage" not in chunk for chunk in events_of(body))


def test_a_tool_is_called_when_named(chat: Chat) -> None:
    answer = chat("please use get_weather", tools=[CLOCK, WEATHER])
    assert calls_of(answer) == [("get_weather", {"city": "city", "days": 3})]
    assert answer["choices"][0]["finish_reason"] == "tool_calls"
    assert answer["choices"][0]["message"]["content"] is None
    assert calls_of(chat("what is the weather?", tools=[CLOCK, WEATHER])) == []
    assert calls_of(chat("my_get_weather2", tools=[WEATHER])) == []


def test_parallel_calls_take_arguments_from_the_message(chat: Chat) -> None:
    asked = 'get_weather {"city": "Paris", "days": 1} and get_weather({"city": "Rome"}), then get_time'
    answer = chat(asked, tools=[CLOCK, WEATHER])
    expected = [("get_weather", {"city": "Paris", "days": 1}), ("get_weather", {"city": "Rome"}), ("get_time", {})]
    assert calls_of(answer) == expected
    ids = [call["id"] for call in answer["choices"][0]["message"]["tool_calls"]]
    assert len(set(ids)) == 3
    assert calls_of(chat(asked, tools=[CLOCK, WEATHER], parallel_tool_calls=False)) == expected[:1]


def test_tool_choice(chat: Chat) -> None:
    tools = [CLOCK, WEATHER]
    assert calls_of(chat("use get_weather", tools=tools, tool_choice="none")) == []
    assert calls_of(chat("hello", tools=tools, tool_choice="required")) == [("get_time", {})]
    named = {"type": "function", "function": {"name": "get_weather"}}
    forced = chat("hello", tools=tools, tool_choice=named)
    assert calls_of(forced) == [("get_weather", {"city": "city", "days": 3})]
    assert forced["choices"][0]["finish_reason"] == "stop"


def test_tool_results_are_quoted(chat: Chat) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "use get_weather"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "windy"}]},
    ]
    answer = chat(messages, tools=[WEATHER])
    assert answer["choices"][0]["message"]["content"] == "The tool answered: sunny; windy"


def test_structured_answers(chat: Chat) -> None:
    free = chat("hi", response_format={"type": "json_object"})
    assert json.loads(free["choices"][0]["message"]["content"]) == {"answer": "answer"}
    schema = {"type": "object", "properties": {"size": {"enum": ["small", "big"]}}, "required": ["size"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}}
    assert json.loads(chat("hi", response_format=wanted)["choices"][0]["message"]["content"]) == {"size": "small"}


def test_logprobs_cover_the_text(chat: Chat) -> None:
    choice = chat("hi é", logprobs=True, top_logprobs=2)["choices"][0]
    content = choice["logprobs"]["content"]
    assert "".join(entry["token"] for entry in content) == choice["message"]["content"]
    assert bytes(content[-1]["bytes"]).decode() == " é"
    assert all(len(entry["top_logprobs"]) == 2 and entry["logprob"] < 0 for entry in content)


def test_reasoning_is_billed(chat: Chat) -> None:
    answer = chat("hi", reasoning_effort="high")
    assert answer["choices"][0]["message"]["reasoning_content"]
    assert answer["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert "reasoning_content" not in chat("hi", reasoning_effort="none")["choices"][0]["message"]


def test_embeddings(post: Post) -> None:
    def rows(**fields: Any) -> list[Any]:
        response, body = post("/v1/embeddings", {"model": "e", **fields})
        assert response.status == 200, body
        return [row["embedding"] for row in json.loads(body)["data"]]

    def likeness(left: list[float], right: list[float]) -> float:
        return sum(a * b for a, b in zip(left, right, strict=True))

    cat, mat, tax = rows(input=["the cat sat", "the cat slept", "income declaration form"])
    assert len(cat) == 1536
    assert likeness(cat, cat) == pytest.approx(1, abs=1e-5)
    assert likeness(cat, mat) > 0.4 > abs(likeness(cat, tax))
    assert rows(input="the cat sat") == [cat]
    assert len(rows(input="x", dimensions=8)[0]) == 8
    packed = array("f", base64.b64decode(rows(input="the cat sat", encoding_format="base64")[0]))
    assert packed.tolist() == cat
    assert rows(input=[1, 2, 3]) == rows(input=[[1, 2, 3]]) == rows(input="1 2 3")


def test_models(fake: FakeProvider) -> None:
    connection = http.client.HTTPConnection(fake.host_url.removeprefix("http://"), timeout=10)

    def get(path: str) -> tuple[int, Any]:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    status, listed = get("/v1/models")
    assert status == 200
    assert listed["object"] == "list"
    name = listed["data"][0]["id"]
    assert get(f"/v1/models/{name}") == (200, listed["data"][0])
    assert get("/v1/models/absent")[1]["error"]["code"] == "model_not_found"
    assert get("/v1/chat/completions")[0] == 405
    connection.close()


USER = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        ("/v1/nothing", {}, 404, None),
        ("/v1/chat/completions", b"{", 400, None),
        ("/v1/chat/completions", b"\xff", 400, None),
        ("/v1/chat/completions", [], 400, None),
        ("/v1/chat/completions", {"messages": USER}, 400, None),
        ("/v1/chat/completions", {"model": "m"}, 400, "messages"),
        ("/v1/chat/completions", {"model": "m", "messages": []}, 400, "messages"),
        ("/v1/chat/completions", {"model": "m", "messages": "hi"}, 400, "messages"),
        ("/v1/chat/completions", {"model": "m", "messages": ["hi"]}, 400, "messages[0]"),
        ("/v1/chat/completions", {"model": "m", "messages": [{"role": "x"}]}, 400, "messages[0].role"),
        ("/v1/chat/completions", {"model": "m", "messages": USER, "temperature": 99}, 400, "temperature"),
        ("/v1/chat/completions", {"model": "m", "messages": USER, "n": 0}, 400, "n"),
        ("/v1/chat/completions", {"model": "m", "messages": USER, "max_tokens": -1}, 400, "max_tokens"),
        ("/v1/chat/completions", {"model": "m", "messages": USER, "tools": []}, 400, "tools"),
        ("/v1/chat/completions", {"model": "m", "messages": USER, "tool_choice": "auto"}, 400, "tool_choice"),
        ("/v1/chat/completions", {"model": "m", "messages": USER, "top_logprobs": 2}, 400, "top_logprobs"),
        ("/v1/chat/completions", {"model": "m", "messages": USER, "response_format": 1}, 400, "response_format"),
        ("/v1/embeddings", {"model": "m"}, 400, "input"),
        ("/v1/embeddings", {"model": "m", "input": []}, 400, "input"),
        ("/v1/embeddings", {"model": "m", "input": "x", "dimensions": 0}, 400, "dimensions"),
    ],
)
def test_refusals(post: Post, path: str, body: Any, status: int, param: str | None) -> None:
    response, answer = post(path, body)
    error = json.loads(answer)["error"]
    assert (response.status, error["param"]) == (status, param)
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert error["type"] == "invalid_request_error"


def test_lone_surrogates_survive(post: Post) -> None:
    request = b'{"model": "m", "messages": [{"role": "user", "content": "\\ud83d"}]}'
    _, body = post("/v1/chat/completions", request)
    assert json.loads(body)["choices"][0]["message"]["content"] == "You said: \ud83d"
