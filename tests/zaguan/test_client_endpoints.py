"""Each method on the wire: its method, address, query and body, the bearer key, a request id, and what it returns."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, timezone
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, raw

from .ways import ClientWay

HELLO = [{"role": "user", "content": "hi"}]
CHAT = {"model": "openai/gpt-4o", "messages": HELLO}
NOTE = {"model": "anthropic/claude", "messages": HELLO, "max_tokens": 9}
ITEM = {"custom_id": "one", "params": NOTE}
# A document that every answer can be, with a field that no model knows.
ANY = {"id": "x_1", "unknown": {"kept": [1, None]}}
LIST = {"object": "list", "data": [ANY], "has_more": False}
VISION = {"model_id": "openai/gpt-4o", "supports_vision": True, "supports_tools": False}
CAPABILITIES = [{"model_id": "other"}, VISION]
DAY = date(2026, 1, 2)
NOON = datetime(2026, 1, 3, 12, tzinfo=timezone.utc)


class Case(NamedTuple):
    """One call: its name and arguments, the request it makes, the answer to that and what the method makes of it."""

    call: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    request: str
    body: Any = None
    answer: Any = ANY
    result: Any = ...


CASES = [
    Case("chat", (CHAT,), {}, "POST /v1/chat/completions", CHAT),
    Case("chat", (), CHAT, "POST /v1/chat/completions", CHAT),
    Case("chat", (zaguan.ChatRequest(**CHAT),), {}, "POST /v1/chat/completions", CHAT),
    Case("chat_simple", ("hi", "m"), {}, "POST /v1/chat/completions", {"model": "m", "messages": HELLO}),
    Case(
        "chat_simple",
        ("hi",),
        {"temperature": 0.5},
        "POST /v1/chat/completions",
        {"model": "openai/gpt-4o-mini", "messages": HELLO, "temperature": 0.5},
    ),
    Case(
        "chat_with_system",
        ("be brief", "hi"),
        {},
        "POST /v1/chat/completions",
        {"model": "openai/gpt-4o-mini", "messages": [{"role": "system", "content": "be brief"}, *HELLO]},
    ),
    Case("create_response", (), {"model": "m", "input": "hi"}, "POST /v1/responses", {"model": "m", "input": "hi"}),
    Case("messages", (NOTE,), {}, "POST /v1/messages", NOTE),
    Case("count_tokens", (), CHAT, "POST /v1/messages/count_tokens", CHAT, {"input_tokens": 3}),
    Case("create_messages_batch", ([ITEM],), {}, "POST /v1/messages/batches", {"requests": [ITEM]}),
    Case("get_messages_batch", ("../../admin?x=1",), {}, "GET /v1/messages/batches/..%2F..%2Fadmin%3Fx%3D1"),
    Case("list_messages_batches", (), {}, "GET /v1/messages/batches", None, LIST, [ANY]),
    Case("list_messages_batches", (), {}, "GET /v1/messages/batches", None, [ANY], [ANY]),
    Case(
        "list_messages_batches",
        (),
        {"limit": 2, "after_id": "a"},
        "GET /v1/messages/batches?limit=2&after_id=a",
        None,
        LIST,
        [ANY],
    ),
    Case("cancel_messages_batch", ("b",), {}, "POST /v1/messages/batches/b/cancel"),
    Case(
        "create_embeddings",
        (),
        {"model": "m", "input": [[1, 2]]},
        "POST /v1/embeddings",
        {"model": "m", "input": [[1, 2]]},
    ),
    Case(
        "create_image", (), {"prompt": "p", "model": "i"}, "POST /v1/images/generations", {"prompt": "p", "model": "i"}
    ),
    Case("create_moderation", (), {"input": "t", "model": "m"}, "POST /v1/moderations", {"input": "t", "model": "m"}),
    Case(
        "rerank",
        (),
        {"model": "m", "query": "q", "documents": ["a"], "top_n": 1},
        "POST /v1/rerank",
        {"model": "m", "query": "q", "documents": ["a"], "top_n": 1},
    ),
    Case(
        "classify",
        (),
        {"model": "m", "inputs": ["a"], "examples": [{"text": "t", "label": "l"}]},
        "POST /v1/classify",
        {"model": "m", "inputs": ["a"], "examples": [{"text": "t", "label": "l"}]},
    ),
    Case("list_models", (), {}, "GET /v1/models", None, LIST, [ANY]),
    Case(
        "get_model",
        ("fireworks/accounts/x y/models/ü",),
        {},
        "GET /v1/models/fireworks%2Faccounts%2Fx%20y%2Fmodels%2F%C3%BC",
    ),
    Case("delete_model", ("ft/1",), {}, "DELETE /v1/models/ft%2F1", None, {"id": "ft/1", "deleted": True}),
    Case("get_capabilities", (), {}, "GET /v1/capabilities", None, CAPABILITIES),
    Case("get_capabilities", (), {}, "GET /v1/capabilities", None, {"models": CAPABILITIES}, CAPABILITIES),
    Case(
        "get_capabilities",
        (),
        {},
        "GET /v1/capabilities",
        None,
        {"capabilities": {"openai/gpt-4o": {"supports_vision": True, "supports_tools": False}}},
        [VISION],
    ),
    Case(
        "get_capabilities",
        (),
        {"provider": "openai", "supports_vision": True, "supports_tools": False},
        "GET /v1/capabilities?provider=openai&supports_vision=true&supports_tools=false",
        None,
        CAPABILITIES,
    ),
    Case("get_model_capabilities", ("openai/gpt-4o",), {}, "GET /v1/capabilities", None, CAPABILITIES, VISION),
    Case("get_model_capabilities", ("none",), {}, "GET /v1/capabilities", None, CAPABILITIES, None),
    Case("supports_vision", ("openai/gpt-4o",), {}, "GET /v1/capabilities", None, CAPABILITIES, True),
    Case("supports_tools", ("openai/gpt-4o",), {}, "GET /v1/capabilities", None, CAPABILITIES, False),
    Case("supports_reasoning", ("openai/gpt-4o",), {}, "GET /v1/capabilities", None, CAPABILITIES, False),
    Case("supports_vision", ("none",), {}, "GET /v1/capabilities", None, CAPABILITIES, False),
    Case("list_virtual_models", (), {}, "GET /v1/virtual-models", None, LIST, [ANY]),
    Case("list_virtual_models", (), {}, "GET /v1/virtual-models", None, [ANY], [ANY]),
    Case(
        "list_virtual_models", (), {}, "GET /v1/virtual-models", None, {"virtual_models": {"x_1": {}}}, [{"id": "x_1"}]
    ),
    Case("get_virtual_model", ("a/b",), {}, "GET /v1/virtual-models/a%2Fb"),
    Case("get_providers_status", (), {}, "GET /v1/providers/status"),
    Case("get_providers_status", (), {}, "GET /v1/providers/status", None, [ANY], {"data": [ANY]}),
    Case("get_circuit_breaker_status", (), {}, "GET /v1/circuit-breaker/status", None, [ANY], {"data": [ANY]}),
    Case("get_circuit_breaker_status", (), {}, "GET /v1/circuit-breaker/status"),
    Case("health_check", (), {}, "GET /health", None, {"status": "ok", "version": "1"}),
    Case("get_credits_balance", (), {}, "GET /v1/credits/balance", None, {"credits_remaining": 1.5, "bands": ["A"]}),
    Case("get_credits_history", (), {}, "GET /v1/credits/history", None, {"entries": [ANY], "total": 1}),
    Case(
        "get_credits_history",
        (5, "c&d"),
        {
            "page": 2,
            "page_size": 3,
            "start_date": DAY,
            "end_date": NOON,
            "model": "openai/gpt-4o",
            "provider": "openai",
            "band": "A",
            "status": "success",
        },
        "GET /v1/credits/history?limit=5&cursor=c%26d&page=2&page_size=3&start_date=2026-01-02"
        "&end_date=2026-01-03T12%3A00%3A00%2B00%3A00&model=openai%2Fgpt-4o&provider=openai&band=A&status=success",
        None,
        {"entries": [ANY]},
    ),
    Case(
        "get_credits_stats",
        ("month",),
        {"start_date": "2026-01-01", "end_date": DAY, "group_by": ["model", "band"], "model": "m", "band": "B"},
        "GET /v1/credits/stats?period=month&start_date=2026-01-01&end_date=2026-01-02&group_by=model%2Cband"
        "&model=m&band=B",
        None,
        {"period": "month"},
    ),
    Case("get_credits_stats", (), {"group_by": "day"}, "GET /v1/credits/stats?group_by=day", None, {"by_day": []}),
    Case("list_files", (), {"purpose": "batch", "limit": 1}, "GET /v1/files?purpose=batch&limit=1", None, LIST),
    Case("get_file", ("f/1",), {}, "GET /v1/files/f%2F1"),
    Case("delete_file", ("f",), {}, "DELETE /v1/files/f"),
    Case(
        "create_batch",
        (),
        {"input_file_id": "f", "endpoint": "/v1/embeddings", "completion_window": "24h"},
        "POST /v1/batches",
        {"input_file_id": "f", "endpoint": "/v1/embeddings", "completion_window": "24h"},
    ),
    Case("get_batch", ("b",), {}, "GET /v1/batches/b"),
    Case("list_batches", (2, "b"), {}, "GET /v1/batches?limit=2&after=b", None, LIST),
    Case("cancel_batch", ("b",), {}, "POST /v1/batches/b/cancel"),
    Case(
        "create_fine_tuning_job",
        (),
        {"model": "m", "training_file": "f"},
        "POST /v1/fine_tuning/jobs",
        {"model": "m", "training_file": "f"},
    ),
    Case("list_fine_tuning_jobs", (1,), {}, "GET /v1/fine_tuning/jobs?limit=1", None, LIST),
    Case("get_fine_tuning_job", ("j",), {}, "GET /v1/fine_tuning/jobs/j"),
    Case("cancel_fine_tuning_job", ("j",), {}, "POST /v1/fine_tuning/jobs/j/cancel"),
    Case("list_fine_tuning_events", ("j",), {"after": "e"}, "GET /v1/fine_tuning/jobs/j/events?after=e", None, LIST),
    Case("create_assistant", (), {"model": "m", "name": "n"}, "POST /v1/assistants", {"model": "m", "name": "n"}),
    Case("get_assistant", ("a",), {}, "GET /v1/assistants/a"),
    Case("update_assistant", ("a",), {"name": "n"}, "POST /v1/assistants/a", {"name": "n"}),
    Case("delete_assistant", ("a",), {}, "DELETE /v1/assistants/a"),
    Case("list_assistants", (), {"order": "asc"}, "GET /v1/assistants?order=asc", None, LIST),
    Case("create_thread", (), {}, "POST /v1/threads", {}),
    Case("create_thread", (), {"messages": HELLO}, "POST /v1/threads", {"messages": HELLO}),
    Case("get_thread", ("t",), {}, "GET /v1/threads/t"),
    Case("update_thread", ("t",), {"metadata": {"a": "b"}}, "POST /v1/threads/t", {"metadata": {"a": "b"}}),
    Case("delete_thread", ("t",), {}, "DELETE /v1/threads/t"),
    Case("create_run", ("t",), {"assistant_id": "a"}, "POST /v1/threads/t/runs", {"assistant_id": "a"}),
    Case("get_run", ("t/1", "r/2"), {}, "GET /v1/threads/t%2F1/runs/r%2F2"),
    Case("cancel_run", ("t", "r"), {}, "POST /v1/threads/t/runs/r/cancel"),
]


def plain(value: Any) -> Any:
    """A result as the JSON it came from."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.call} {case.request}")
def test_a_method_on_the_wire(client_way: ClientWay, fake: FakeProvider, case: Case) -> None:
    before = json.dumps([plain(argument) for argument in case.args]), json.dumps(case.kwargs, default=str)
    fake.script(*[raw(200, {"content-type": "application/json"}, json.dumps(case.answer))] * 2)
    with client_way.open(fake) as client:
        result = getattr(client, case.call)(*case.args, **case.kwargs)
        getattr(client, case.call)(*case.args, **case.kwargs, request_id="mine", headers={"X-Extra": "1"}, timeout=5)

    assert plain(result) == (case.answer if case.result is ... else case.result)
    first, second = fake.requests
    assert f"{first.method} {first.target}" == case.request
    assert (json.loads(first.body) if first.body else None) == case.body
    assert first.headers["authorization"] == f"Bearer {fake.api_key}"
    assert uuid.UUID(first.headers["x-request-id"]).version == 4
    assert first.headers.get("content-type") == (None if case.body is None else "application/json")
    native = first.path.startswith("/v1/messages")
    assert first.headers.get("anthropic-version") == ("2023-06-01" if native else None)
    assert (second.headers["x-request-id"], second.headers["x-extra"]) == ("mine", "1")
    assert (second.target, second.body) == (first.target, first.body)
    assert before == (json.dumps([plain(argument) for argument in case.args]), json.dumps(case.kwargs, default=str))


def test_the_caller_may_name_another_anthropic_version(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(raw(200, (), ANY))
    with client_way.open(fake) as client:
        client.messages(NOTE, headers={"Anthropic-Version": "2099-01-01", "anthropic-beta": "b"})
    lines = [line for line in fake.requests[0].headers.raw if line[0].lower().startswith("anthropic")]
    assert sorted((name.lower(), value) for name, value in lines) == [
        ("anthropic-beta", "b"),
        ("anthropic-version", "2099-01-01"),
    ]


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_an_id_that_is_no_id_goes_nowhere(client_way: ClientWay, fake: FakeProvider, name: str) -> None:
    with client_way.open(fake) as client:
        for method in ("get_model", "get_batch", "get_file", "cancel_messages_batch"):
            with pytest.raises(ValueError):
                getattr(client, method)(name)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("get_capabilities", '{"object": "list"}'),
        ("get_capabilities", '"text"'),
        ("list_virtual_models", "7"),
        ("get_providers_status", "null"),
        ("list_models", "[]"),
        ("health_check", "OK"),
        ("list_messages_batches", "{}"),
        ("list_virtual_models", "[" * 100_000),
    ],
)
def test_an_answer_of_no_known_shape(client_way: ClientWay, fake: FakeProvider, name: str, body: str) -> None:
    fake.script(raw(200, {"content-type": "application/json"}, body))
    with client_way.open(fake) as client, pytest.raises(zaguan.InvalidResponseError) as caught:
        getattr(client, name)(request_id="mine")
    assert (caught.value.status_code, caught.value.request_id) == (200, "mine")


def test_a_closed_client_sends_nothing(client_way: ClientWay, fake: FakeProvider) -> None:
    with client_way.open(fake) as client:
        client.close()
        client.close()
        with pytest.raises(RuntimeError, match="closed"):
            client.list_models()
        with pytest.raises(RuntimeError, match="closed"):
            next(client.chat_stream(CHAT))
    assert fake.requests == []
