"""Whole replies that zaguan-sdk 0.2.0 cannot read though servers send them: nothing is lost, no shape is an error."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, raw, sse
from edgequake_async.testing.replies import Reply

from .ways import ClientWay, watch
from .wire import CHAT, USAGE, completion

VECTOR = [0.25, -0.5, 1.0]
BASE64 = base64.b64encode(struct.pack("<3f", *VECTOR)).decode()


@pytest.mark.parametrize("sent", [VECTOR, BASE64], ids=["numbers", "base64"])
@pytest.mark.parametrize("given", ["text", ["a", "b"], [1, 2, 3], [[1, 2], [3]]], ids=str)
def test_d2_embeddings_have_no_completion_tokens(
    client_way: ClientWay, fake: FakeProvider, given: Any, sent: Any
) -> None:
    row = {"object": "embedding", "index": 0, "embedding": sent}
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    fake.script(raw(200, (), {"object": "list", "data": [row], "model": "m", "usage": usage}))
    asked = {"model": "openai/text-embedding-3-small", "input": given, "encoding_format": "base64"}
    with client_way.open(fake) as client:
        response = client.create_embeddings(zaguan.EmbeddingRequest(**asked))
    assert fake.requests[0].json == asked
    assert response.data[0].embedding == sent
    assert response.data[0].vector() == VECTOR
    assert (response.usage.prompt_tokens, response.usage.total_tokens) == (8, 8)


def _document(value: Any) -> Reply:
    return raw(200, {"content-type": "application/json"}, json.dumps(value))


def _choice(**message: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}


CHATS: dict[str, tuple[dict[str, Any], Callable[[Any], Any], Any]] = {
    "no usage": ({**completion(), "usage": None}, lambda r: r.choices[0].message.content, "hi"),
    "usage without completion_tokens": (completion(usage={"prompt_tokens": 2}), lambda r: r.usage.prompt_tokens, 2),
    "usage in floats": (completion(usage={**USAGE, "total_tokens": 7.5}), lambda r: r.usage.total_tokens, 7.5),
    "no id, object or created": (_choice(role="assistant", content="hi"), lambda r: r.choices[0].message.content, "hi"),
    "empty role": (_choice(role="", content="hi"), lambda r: r.choices[0].message.role, ""),
    "unknown role": (_choice(role="critic", content="hi"), lambda r: r.choices[0].message.role, "critic"),
    "created as text": (completion(created="yesterday"), lambda r: r.created, "yesterday"),
    "choices null": (completion(choices=None), lambda r: r.usage.total_tokens, 7),
    "content in parts": (
        _choice(role="assistant", content=[{"type": "text", "text": "hi"}]),
        lambda r: r.choices[0].message.content[0]["text"],
        "hi",
    ),
    "tool_calls null": (_choice(role="assistant", content="hi", tool_calls=None), lambda r: len(r.choices), 1),
    "promptshield": (
        completion(promptshield={"credits_used": 1.5, "credits_remaining": 9, "warning": "low"}),
        lambda r: (r.promptshield.credits_used, r.promptshield.credits_remaining, r.promptshield.warning),
        (1.5, 9, "low"),
    ),
    "citations": (
        _choice(role="assistant", content="hi", citations=[{"url": "https://a.example", "title": "A"}]),
        lambda r: r.choices[0].message.model_dump()["citations"],
        [{"url": "https://a.example", "title": "A"}],
    ),
    "fields of tomorrow": (completion(shiny={"new": 1}), lambda r: r.model_dump()["shiny"], {"new": 1}),
}


@pytest.mark.parametrize("case", CHATS)
def test_d7_no_shape_of_a_completion_is_an_error(client_way: ClientWay, fake: FakeProvider, case: str) -> None:
    document, read, expected = CHATS[case]
    fake.script(raw(200, (), document))
    with client_way.open(fake) as client:
        assert read(client.chat(**CHAT)) == expected


@pytest.mark.parametrize(
    "odd",
    [
        {"choices": [{"index": 0, "delta": {"content": "hi"}}]},
        {"id": None, "object": "", "created": 1.5, "choices": [{"index": 0, "delta": {"role": "", "content": "hi"}}]},
        {"choices": [{"index": 0, "delta": {"role": "critic", "content": "hi"}}], "usage": None},
        {"choices": [{"index": "0", "delta": {"content": "hi", "tool_calls": None}, "finish_reason": 7}]},
    ],
)
def test_d7_no_shape_of_a_chunk_is_an_error(client_way: ClientWay, fake: FakeProvider, odd: dict[str, Any]) -> None:
    fake.script(sse([odd, "[DONE]"]))
    with client_way.open(fake) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert (outcome.text, outcome.error) == ("hi", None)


VISION = {"supports_vision": True, "supports_tools": None, "max_context_tokens": 128_000}
NAMED = {"model_id": "openai/gpt-4o", **VISION}
CAPABILITIES = {
    "zaguan-sdk (Python)": [NAMED],
    "the Go SDK, by id": {"capabilities": {"openai/gpt-4o": VISION}},
    "the Go SDK, as models": {"models": [NAMED]},
}


@pytest.mark.parametrize("shape", CAPABILITIES)
def test_d7_capabilities_of_every_shape_are_read(client_way: ClientWay, fake: FakeProvider, shape: str) -> None:
    fake.script(_document(CAPABILITIES[shape]))
    with client_way.open(fake) as client:
        (model,) = client.get_capabilities()
    assert (model.model_id, model.supports_vision, model.max_context_tokens) == ("openai/gpt-4o", True, 128_000)


ENTRY = {"id": "1", "credits_debited": 0.5, "latency_ms": 12.25, "reasoning_tokens": 3, "status": "rate_limited"}
CREDITS: dict[str, tuple[str, Any, Callable[[Any], Any], Any]] = {
    "balance, bands null": (
        "get_credits_balance",
        {"credits_remaining": 12.5, "tier": "pro", "bands": None},
        lambda r: (r.credits_remaining, r.bands),
        (12.5, []),
    ),
    "balance, Go": (
        "get_credits_balance",
        {"credits_remaining": 5, "credits_total": 10, "credits_used": 5, "credits_percent": 50.0, "warning": "half"},
        lambda r: (r.credits_total, r.credits_used, r.credits_percent, r.warning),
        (10, 5, 50.0, "half"),
    ),
    "history, Go": (
        "get_credits_history",
        {"entries": [ENTRY], "total": 9, "has_more": True, "next_cursor": "c"},
        lambda r: (r.entries[0].credits_debited, r.entries[0].latency_ms, r.total, r.total_entries, r.has_more),
        (0.5, 12.25, 9, 9, True),
    ),
    "history, TypeScript": (
        "get_credits_history",
        {"entries": [ENTRY], "total": 9, "page": 2, "page_size": 1},
        lambda r: (r.entries[0].status, r.page, r.page_size),
        ("rate_limited", 2, 1),
    ),
    "history, entries null": ("get_credits_history", {"entries": None}, lambda r: r.entries, []),
    "stats, Go": (
        "get_credits_stats",
        {"period": "day", "total_credits_used": 1.5, "by_provider": {"openai": {"cost": 1}}, "by_day": [{"date": "d"}]},
        lambda r: (r.total_credits_used, r.model_dump()["by_provider"]["openai"], r.model_dump()["by_day"]),
        (1.5, {"cost": 1}, [{"date": "d"}]),
    ),
    "stats, TypeScript": (
        "get_credits_stats",
        {"stats": [{"period": "2026-01", "total_requests": 3}], "summary": {"total_requests": 3}},
        lambda r: (r.stats[0].total_requests, r.model_dump()["summary"]),
        (3, {"total_requests": 3}),
    ),
    "models without object": (
        "list_models",
        {"data": [{"id": "openai/gpt-4o"}, {"id": "b", "created": "soon"}]},
        lambda r: [model.id for model in r],
        ["openai/gpt-4o", "b"],
    ),
}


@pytest.mark.parametrize("case", CREDITS)
def test_d7_every_sdks_shapes_are_read(client_way: ClientWay, fake: FakeProvider, case: str) -> None:
    method, document, read, expected = CREDITS[case]
    fake.script(_document(document))
    with client_way.open(fake) as client:
        assert read(getattr(client, method)()) == expected


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_replies_are_read(client_way: ClientWay, fake: FakeProvider, encoding: Any) -> None:
    fake.script(raw(200, (), completion("é" * 5000), encoding=encoding))
    with client_way.open(fake) as client:
        assert client.chat(**CHAT).choices[0].message.content == "é" * 5000
    assert encoding in fake.requests[0].headers["accept-encoding"]


NO_JSON = {"a page": b"<html>hello</html>", "nothing": b"", "half": b'{"id": "1", "cho', "a number": b"42"}


@pytest.mark.parametrize("case", NO_JSON)
def test_d14_a_success_that_is_no_document_is_an_error_of_ours(
    client_way: ClientWay, fake: FakeProvider, case: str
) -> None:
    fake.script(raw(200, {"x-request-id": "srv-1", "content-type": "text/html"}, NO_JSON[case]))
    with client_way.open(fake) as client, pytest.raises(zaguan.InvalidResponseError) as raised:
        client.chat(**CHAT)
    assert (raised.value.status_code, raised.value.request_id) == (200, "srv-1")
    if case == "a page":
        assert raised.value.body == "<html>hello</html>"


def test_d14_a_stream_is_asked_for_by_another_method(client_way: ClientWay, fake: FakeProvider) -> None:
    with client_way.open(fake) as client, pytest.raises(ValueError, match="chat_stream"):
        client.chat(**CHAT, stream=True)
    assert fake.requests == []
