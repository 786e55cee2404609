"""Scripts, handlers, keys and the public names."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import trio

import edgequake_async.testing
from edgequake_async.testing import FakeProvider, Received, Reply, ToolCall, error, raw, sse, stream, text

Chat = Callable[..., Any]
Post = Callable[..., tuple[http.client.HTTPResponse, bytes]]
BODY = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


def test_public_names_are_sorted_and_present() -> None:
    names = edgequake_async.testing.__all__
    assert names == sorted(names)
    assert all(hasattr(edgequake_async.testing, name) for name in names)


def test_scripts_answer_in_order_then_the_model(fake: FakeProvider, chat: Chat) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    fake.script(text("first", usage=usage, model="other", finish_reason="odd"), text(None, refusal="no"))
    first = chat("hi")
    assert (first["choices"][0]["message"]["content"], first["model"]) == ("first", "other")
    assert (first["usage"], first["choices"][0]["finish_reason"]) == (usage, "odd")
    assert chat("hi")["choices"][0]["message"]["refusal"] == "no"
    assert chat("hi")["choices"][0]["message"]["content"] == "You said: hi"


def test_scripted_tool_calls(fake: FakeProvider, chat: Chat) -> None:
    fake.script(text(tool_calls=[ToolCall("f", {"é": 1}), ToolCall("g", '{"broken', id="mine")]))
    choice = chat("hi")["choices"][0]
    first, second = choice["message"]["tool_calls"]
    assert json.loads(first["function"]["arguments"]) == {"é": 1}
    assert first["id"]
    assert (second["function"]["arguments"], second["id"]) == ('{"broken', "mine")
    assert (choice["finish_reason"], choice["message"]["content"]) == ("tool_calls", None)


def test_texts_are_streamed_where_asked(fake: FakeProvider, post: Post) -> None:
    fake.script(text("a b"))
    _, body = post("/v1/chat/completions", {**BODY, "stream": True})
    assert body.count(b'"content":') == 3
    assert body.endswith(b"data: [DONE]\n\n")


def test_streams_say_what_they_are_told(fake: FakeProvider, post: Post) -> None:
    delta = {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}
    fake.script(stream(["a", delta, "b"], usage={"total_tokens": 9}), stream(["a"], finish_reason=None, done=False))
    _, body = post("/v1/chat/completions", BODY)
    events = [json.loads(line[6:]) for line in body.decode().split("\n\n")[:-2]]
    assert [event["choices"][0]["delta"] for event in events[:-1]] == [
        {"role": "assistant", "content": "a"},
        delta,
        {"content": "b"},
        {},
    ]
    assert events[-1]["usage"] == {"total_tokens": 9}
    _, body = post("/v1/chat/completions", BODY)
    assert body.count(b"data: ") == 1
    assert b"DONE" not in body
    assert b'"finish_reason":null' in body


def test_errors(fake: FakeProvider, post: Post) -> None:
    fake.script(
        error(429, "slow down", code="rate_limit_exceeded", headers={"Retry-After": "1"}),
        error(503),
        error(400, "odd", code=7, type="odd_error", param="p"),
    )
    response, body = post("/v1/chat/completions", BODY)
    assert (response.status, response.headers["retry-after"]) == (429, "1")
    shown = {"message": "slow down", "type": "rate_limit_error", "param": None, "code": "rate_limit_exceeded"}
    assert json.loads(body) == {"error": shown}
    response, body = post("/v1/chat/completions", BODY)
    assert (response.status, json.loads(body)["error"]["type"]) == (503, "server_error")
    _, body = post("/v1/chat/completions", BODY)
    assert json.loads(body)["error"] == {"message": "odd", "type": "odd_error", "param": "p", "code": 7}


def test_replies_may_be_sent_again(fake: FakeProvider, post: Post) -> None:
    for reply in (raw(200, {"x-mine": "1"}, {"é": 1}), sse([{"a": 1}, "b"], gap=0.001), stream(["a"], gap=0.001)):
        fake.script(reply, reply)
        first, second = post("/v1/chat/completions", BODY)[1], post("/v1/chat/completions", BODY)[1]
        assert first
        assert len(first) == len(second)


def test_handlers_see_the_request_and_may_decline(fake: FakeProvider, chat: Chat) -> None:
    @fake.on_request
    def answer(record: Received) -> Reply | None:
        assert threading.current_thread().name == "fake-provider"
        return text(f"seen {record.number}") if "mine" in record.body.decode() else None

    assert chat("mine")["choices"][0]["message"]["content"] == "seen 1"
    assert chat("yours")["choices"][0]["message"]["content"] == "You said: yours"
    fake.script(text("script first"))
    assert chat("mine")["choices"][0]["message"]["content"] == "script first"
    fake.clear()
    assert fake.requests == []
    assert fake.connections.opened == 0
    assert chat("mine")["choices"][0]["message"]["content"] == "You said: mine"
    assert fake.requests[0].number == 4


def test_handlers_may_be_async_and_may_fail(fake: FakeProvider, chat: Chat, post: Post) -> None:
    @fake.on_request
    async def answer(record: Received) -> Reply:
        await asyncio.sleep(0.01)
        return text("later")

    assert chat("hi")["choices"][0]["message"]["content"] == "later"

    @fake.on_request
    def fail(record: Received) -> Reply:
        raise KeyError("lost")

    response, body = post("/v1/chat/completions", BODY)
    assert response.status == 500
    assert json.loads(body)["error"]["code"] == "fake_provider_failed"
    assert b"lost" in body


def test_large_requests_are_answered_too(chat: Chat) -> None:
    words = "word " * 50_000
    assert chat(words)["choices"][0]["message"]["content"] == f"You said: {words}"


def test_keys_are_required_where_asked() -> None:
    with FakeProvider(require_key=True, api_key="sk-right-and-long-enough") as fake:
        connection = http.client.HTTPConnection(fake.host_url.removeprefix("http://"), timeout=10)

        def status(headers: dict[str, str]) -> tuple[int, bytes]:
            connection.request("POST", "/v1/chat/completions", json.dumps(BODY), headers)
            response = connection.getresponse()
            return response.status, response.read()

        assert status({})[0] == 401
        code, body = status({"Authorization": "Bearer sk-wrong-and-long-enough"})
        assert (code, json.loads(body)["error"]["code"]) == (401, "invalid_api_key")
        assert b"wrong-and" not in body
        assert status({"Authorization": f"Bearer {fake.api_key}"})[0] == 200
        assert status({"api-key": fake.api_key})[0] == 200
        connection.close()


@pytest.mark.parametrize("run", [asyncio.run, trio.run])
def test_it_serves_as_an_async_context_manager(run: Callable[..., Any]) -> None:
    async def use() -> str:
        async with FakeProvider() as fake:
            return fake.base_url if run is asyncio.run else fake.host_url

    assert run(use if run is trio.run else use()).startswith("http://127.0.0.1:")


def test_waiting_times_out() -> None:
    with FakeProvider() as fake:
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="request 1"):
            fake.wait_for_request(timeout=0.05)
        with pytest.raises(TimeoutError):
            fake.wait_for(lambda: False, timeout=0.05)
        assert time.monotonic() - began >= 0.09


def test_leaving_it_running_does_not_hold_the_process() -> None:
    code = "from edgequake_async.testing import FakeProvider; print(FakeProvider().start().base_url)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("http://")
