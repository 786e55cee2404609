"""Anthropic's Messages API on the fake CoreX: documents, the order of events, counting, batches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import pytest

from edgequake_async.testing import FakeCoreX, ToolCall, error, stream, text

HELLO: list[Any] = [{"role": "user", "content": "hello there"}]
CLAUDE = "anthropic/claude-sonnet-4-20250514"
TOOL = {"name": "add", "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}
Ask = Callable[..., Any]


def body(**fields: Any) -> dict[str, Any]:
    return {"model": CLAUDE, "max_tokens": 100, "messages": HELLO, **fields}


def test_a_message_is_a_document(ask: Ask) -> None:
    told = ask("POST", "/v1/messages", body(system="be brief"), x_request_id="mine")
    assert told.head.headers["x-request-id"] == "mine"
    assert told.json["content"] == [{"type": "text", "text": "You said: hello there"}]
    assert (told.json["type"], told.json["role"], told.json["stop_reason"]) == ("message", "assistant", "end_turn")
    assert set(told.json["usage"]) == {"input_tokens", "output_tokens"}


def test_a_stream_has_the_standard_order(ask: Ask) -> None:
    told = ask("POST", "/v1/messages", body(stream=True, thinking={"type": "enabled", "budget_tokens": 1024}))
    names = [line[7:] for line in told.body.decode().splitlines() if line.startswith("event: ")]
    events = told.events
    assert names == [event["type"] for event in events]
    kinds = [names[0]]
    for name in names[1:]:
        if name != kinds[-1]:
            kinds.append(name)
    block = ["content_block_start", "content_block_delta", "content_block_stop"]
    assert kinds == ["message_start", block[0], "ping", *block[1:], *block, "message_delta", "message_stop"]
    assert events[0]["message"]["content"] == []
    assert events[-2]["delta"] == {"stop_reason": "end_turn", "stop_sequence": None}
    assert set(events[-2]["usage"]) == {"output_tokens"}
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    assert "".join(d.get("thinking", "") for d in deltas) == "The user wants: hello there"
    assert "".join(d.get("text", "") for d in deltas) == "You said: hello there"
    assert sum(d["type"] == "signature_delta" for d in deltas) == 1


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "add"}])
def test_tools_are_called_where_forced(ask: Ask, choice: Any) -> None:
    asked = body(tools=[TOOL], tool_choice=choice)
    whole = ask("POST", "/v1/messages", asked).json
    assert whole["stop_reason"] == "tool_use"
    (block,) = whole["content"]
    assert (block["type"], block["name"], block["input"]) == ("tool_use", "add", {"a": 1})
    events = ask("POST", "/v1/messages", {**asked, "stream": True}).events
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    assert json.loads("".join(delta["partial_json"] for delta in deltas)) == {"a": 1}
    assert ask("POST", "/v1/messages", body(tools=[TOOL])).json["stop_reason"] == "end_turn"
    answered = {"type": "tool_result", "tool_use_id": block["id"], "content": "three"}
    followed = [*HELLO, {"role": "assistant", "content": [block]}, {"role": "user", "content": [answered]}]
    whole = ask("POST", "/v1/messages", body(tools=[TOOL], messages=followed)).json
    assert whole["content"][0]["text"] == "The tool answered: three"


def test_why_it_stopped_is_told(ask: Ask) -> None:
    whole = ask("POST", "/v1/messages", body(stop_sequences=["zebra", "there"])).json
    assert (whole["stop_reason"], whole["stop_sequence"]) == ("stop_sequence", "there")
    assert whole["content"][0]["text"] == "You said: hello "
    assert ask("POST", "/v1/messages", body(max_tokens=1)).json["stop_reason"] == "max_tokens"


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": None},
        {"max_tokens": 0},
        {"messages": []},
        {"messages": [{"role": "system", "content": "x"}]},
        {"temperature": 2},
        {"model": None},
        {"tool_choice": {"type": "any"}},
        {"tools": ["x"]},
    ],
)
def test_bad_requests_are_refused_in_anthropics_shape(ask: Ask, fields: Any) -> None:
    told = ask("POST", "/v1/messages", body(**fields))
    assert (told.status, told.json["type"]) == (400, "error")
    assert told.json["error"]["type"] == "invalid_request_error"
    assert next(iter(fields)) in told.json["error"]["message"]


def test_unknown_models_are_not_found(ask: Ask) -> None:
    told = ask("POST", "/v1/messages", body(model="anthropic/none"))
    assert (told.status, told.json["error"]["type"]) == (404, "not_found_error")


def test_scripted_replies_take_the_shape_of_the_path(corex: FakeCoreX, ask: Ask) -> None:
    call = ToolCall("add", {"a": 2}, id="t1")
    corex.script(
        text("said"), text("said"), text(None, tool_calls=[call]), stream(["a", 0.01, "b"]), error(429, "slow")
    )
    assert ask("POST", "/v1/messages", {}).json["content"] == [{"type": "text", "text": "said"}]
    assert ask("POST", "/v1/messages", {"stream": True}).events[-1]["type"] == "message_stop"
    block = {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 2}}
    assert ask("POST", "/v1/messages", {}).json["content"] == [block]
    events = ask("POST", "/v1/messages", {}).events
    assert [event["delta"]["text"] for event in events if event["type"] == "content_block_delta"] == ["a", "b"]
    told = ask("POST", "/v1/messages", {})
    assert (told.status, told.json["type"], told.json["error"]["type"]) == (429, "error", "rate_limit_error")


def test_tokens_are_counted_as_the_message_counts_them_and_cost_nothing(corex: FakeCoreX, ask: Ask) -> None:
    asked = {"model": CLAUDE, "messages": HELLO, "system": "be brief", "tools": [TOOL]}
    counted = ask("POST", "/v1/messages/count_tokens", asked).json
    assert corex.credits.used == 0
    whole = ask("POST", "/v1/messages", {**asked, "max_tokens": 9}).json
    assert counted == {"input_tokens": whole["usage"]["input_tokens"]}
    assert ask("POST", "/v1/messages/count_tokens", {"model": CLAUDE}).status == 400


def test_a_batch_ends_when_looked_at(corex: FakeCoreX, ask: Ask) -> None:
    good, bad = body(stream=True), body(model="anthropic/none")
    items = [{"custom_id": "one", "params": good}, {"custom_id": "two", "params": bad}]
    made = ask("POST", "/v1/messages/batches", {"requests": items}).json
    assert (made["type"], made["processing_status"], made["results_url"]) == ("message_batch", "in_progress", None)
    assert made["request_counts"]["processing"] == 2
    path = f"/v1/messages/batches/{made['id']}"
    assert ask("GET", f"{path}/results").status == 404
    ended = ask("GET", path).json
    assert ended["processing_status"] == "ended"
    assert ended["request_counts"] == {"processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 0}
    assert ended["results_url"] == f"{corex.host_url}{path}/results"
    told = ask("GET", f"{path}/results")
    one, two = map(json.loads, told.body.splitlines())
    assert (one["custom_id"], one["result"]["message"]["role"]) == ("one", "assistant")
    assert (two["result"]["type"], two["result"]["error"]["error"]["type"]) == ("errored", "not_found_error")
    assert corex.credits.used == 5


def test_a_batch_can_be_cancelled_and_listed(ask: Ask) -> None:
    made = [
        ask("POST", "/v1/messages/batches", {"requests": [{"custom_id": "x", "params": body()}]}).json for _ in "12"
    ]
    path = f"/v1/messages/batches/{made[0]['id']}"
    assert ask("POST", f"{path}/cancel").json["processing_status"] == "canceling"
    assert ask("GET", path).json["request_counts"]["canceled"] == 1
    listed = ask("GET", "/v1/messages/batches?limit=1").json
    assert ([item["id"] for item in listed["data"]], listed["has_more"]) == ([made[1]["id"]], True)
    listed = ask("GET", f"/v1/messages/batches?after_id={listed['last_id']}").json
    assert ([item["id"] for item in listed["data"]], listed["has_more"]) == ([made[0]["id"]], False)
    assert ask("GET", "/v1/messages/batches/msgbatch_none").status == 404
    assert ask("POST", "/v1/messages/batches", {"requests": []}).status == 400
    twice = [{"custom_id": "x", "params": {"a": 1}}] * 2
    assert ask("POST", "/v1/messages/batches", {"requests": twice}).status == 400


def test_the_typescript_dialect_lists_batches_without_an_envelope() -> None:
    with (
        FakeCoreX(dialect="typescript", require_key=False) as fake,
        urlopen(f"{fake.base_url}/messages/batches") as reply,
    ):
        assert json.load(reply) == []
