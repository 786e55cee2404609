"""The head of every request: the bearer key, the request id, where it goes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, raw, sse

from .ways import ClientWay
from .wire import ANTHROPIC_EVENTS, CHAT, MESSAGES, chunk, completion, event

KINDS: dict[str, tuple[Callable[[Any, Any], Any], Any]] = {
    "document": (lambda client, given: client.chat(**CHAT, request_id=given), raw(200, (), completion())),
    "form": (
        lambda client, given: client.create_transcription(("a.mp3", b"ID3"), request_id=given),
        raw(200, (), {"text": "hi"}),
    ),
    "stream": (lambda client, given: list(client.chat_stream(**CHAT, request_id=given)), sse([chunk("hi"), "[DONE]"])),
    "events": (
        lambda client, given: list(client.messages_stream(**MESSAGES, request_id=given)),
        sse([event(document) for document in ANTHROPIC_EVENTS]),
    ),
    "read": (lambda client, given: client.list_models(request_id=given), raw(200, (), {"data": []})),
    "root": (lambda client, given: client.health_check(request_id=given), raw(200, (), {"status": "ok"})),
    "file": (lambda client, given: client.create_speech(model="m", input="x", voice="v", request_id=given), raw()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_request_has_the_key_and_an_id(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    call, reply = KINDS[kind]
    fake.on_request(lambda _: reply)
    with client_way.open(fake) as client:
        for given in (None, None, "mine-1"):
            call(client, given)
    assert {request.headers["authorization"] for request in fake.requests} == {f"Bearer {fake.api_key}"}
    first, second, third = (request.headers["x-request-id"] for request in fake.requests)
    assert third == "mine-1"
    assert first != second
    assert {uuid.UUID(first).version, uuid.UUID(second).version} == {4}
    assert all("x-api-key" not in request.headers for request in fake.requests)
    versions = {request.headers.get("anthropic-version") for request in fake.requests}
    assert versions == ({"2023-06-01"} if kind == "events" else {None})


def test_an_error_names_the_id_that_was_sent(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda _: raw(500, (), {"error": {"message": "No."}}))
    with client_way.open(fake) as client:
        with pytest.raises(zaguan.APIError) as raised:
            client.chat(**CHAT, request_id="mine-1")
        assert raised.value.request_id == "mine-1"
        with pytest.raises(zaguan.APIError) as raised:
            client.chat(**CHAT)
    assert raised.value.request_id == fake.requests[1].headers["x-request-id"]


@pytest.mark.parametrize("suffix", ["", "/v1"])
def test_the_environment_names_host_and_key(
    client_way: ClientWay, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setenv("ZAGUAN_BASE_URL", fake.host_url + suffix)
    monkeypatch.setenv("ZAGUAN_API_KEY", "from-the-environment")
    fake.script(raw(200, (), completion()))
    with client_way.open(None) as client:
        client.chat(**CHAT)
    assert fake.requests[0].path == "/v1/chat/completions"
    assert fake.requests[0].headers["authorization"] == "Bearer from-the-environment"


@pytest.mark.parametrize("client", [zaguan.ZaguanClient, zaguan.AsyncZaguanClient])
def test_without_any_key_there_is_no_client(client: type) -> None:
    for key in (None, "", "  "):
        with pytest.raises(ValueError, match="api_key cannot be empty"):
            client("https://api.example.com", key)
    for url in ("", "  "):
        with pytest.raises(ValueError, match="base_url cannot be empty"):
            client(url, "key")
    assert client(api_key="key").base_url == "https://api.zaguanai.com"
