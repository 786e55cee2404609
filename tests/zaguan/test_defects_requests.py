"""What leaves for CoreX: what zaguan-sdk 0.2.0 sends unasked, refuses without need, misdirects or cuts short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pydantic
import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, raw, slow_head, sse

from .forms import parts
from .ways import ClientWay, watch
from .wire import CHAT, MESSAGES, chunk, completion

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
IMAGES = {"created": 1, "data": [{"url": "https://images.example/1.png"}]}


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/", "/gate", "/gate/v1"])
def test_d11_the_base_may_name_the_host_or_the_version(client_way: ClientWay, fake: FakeProvider, suffix: str) -> None:
    fake.script(raw(200, (), completion()), raw(200, (), {"status": "ok"}))
    with client_way.open(fake.host_url + suffix, fake.api_key) as client:
        client.chat(**CHAT)
        client.health_check()
        root = suffix.rstrip("/").removesuffix("/v1")
        assert client.base_url == fake.host_url + root
    assert [request.target for request in fake.requests] == [f"{root}/v1/chat/completions", f"{root}/health"]


IDS = {
    "../../admin?x=1": "..%2F..%2Fadmin%3Fx%3D1",
    "openai/gpt-4o": "openai%2Fgpt-4o",
    "a b#c": "a%20b%23c",
    "ft:gpt-4o:ä": "ft%3Agpt-4o%3A%C3%A4",
    "100%": "100%25",
    "x\r\nHost: evil": "x%0D%0AHost%3A%20evil",
}
BY_ID: dict[str, Callable[[Any, str], Any]] = {
    "GET /v1/messages/batches/{}": lambda client, given: client.get_messages_batch(given),
    "POST /v1/messages/batches/{}/cancel": lambda client, given: client.cancel_messages_batch(given),
    "GET /v1/messages/batches/{}/results": lambda client, given: list(client.get_messages_batch_results(given)),
    "GET /v1/models/{}": lambda client, given: client.get_model(given),
    "DELETE /v1/models/{}": lambda client, given: client.delete_model(given),
    "GET /v1/batches/{}": lambda client, given: client.get_batch(given),
    "GET /v1/files/{}/content": lambda client, given: client.get_file_content(given),
    "GET /v1/threads/t/runs/{}": lambda client, given: client.get_run("t", given),
}


@pytest.mark.parametrize("route", BY_ID)
def test_d11_an_id_stays_one_segment_of_the_path(client_way: ClientWay, fake: FakeProvider, route: str) -> None:
    fake.on_request(lambda _: raw(200, (), {}))
    with client_way.open(fake) as client:
        for given in IDS:
            BY_ID[route](client, given)
        asked = [f"{request.method} {request.target}" for request in fake.requests]
        assert asked == [route.format(encoded) for encoded in IDS.values()]
        for refused in ("", ".", ".."):
            with pytest.raises(ValueError):
                BY_ID[route](client, refused)
    assert len(fake.requests) == len(IDS)


def test_d18_a_call_may_wait_longer_than_its_client(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda _: slow_head(0.6, raw(200, (), completion())))
    with client_way.open(fake, timeout=0.1) as client:
        for patient in (30.0, None, zaguan.Timeouts(total=30.0)):
            assert client.chat(**CHAT, timeout=patient).choices
        with pytest.raises(zaguan.APITimeoutError):
            client.chat(**CHAT)


def test_d18_a_call_may_wait_shorter_than_its_client(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda _: slow_head(60, raw(200, (), completion())))
    with client_way.open(fake) as client:
        assert client.timeout == 30.0
        with pytest.raises(zaguan.APITimeoutError):
            client.chat(**CHAT, timeout=0.1)
        assert isinstance(watch(lambda: client.chat_stream(**CHAT, timeout=0.1)).error, zaguan.APITimeoutError)


def test_d18_none_is_no_limit(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(slow_head(0.3, raw(200, (), completion())))
    with client_way.open(fake, timeout=None) as client:
        assert client.timeout is None
        assert client.chat(**CHAT).choices


def test_d18_a_stream_may_last_as_long_as_it_keeps_coming(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(sse([chunk("a")] * 8 + ["[DONE]"], gap=0.25))
    with client_way.open(fake, timeout=1.0) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert (outcome.text, outcome.error) == ("a" * 8, None)


def test_d18_a_call_may_have_headers_of_its_own(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda _: raw(200, (), completion()))
    with client_way.open(fake, headers={"X-Team": "search", "X-Trace": "client"}) as client:
        client.chat(**CHAT, headers={"X-Trace": "call"})
        client.chat(**CHAT)
    sent = [(request.headers["x-team"], request.headers["x-trace"]) for request in fake.requests]
    assert sent == [("search", "call"), ("search", "client")]


@pytest.mark.parametrize("client", [zaguan.ZaguanClient, zaguan.AsyncZaguanClient])
def test_d18_an_http_client_is_refused_and_not_ignored(client: type) -> None:
    with pytest.raises(TypeError, match="http_client"):
        client("https://api.example.com", "key", 30.0, object())


ACCEPTED: dict[str, dict[str, Any]] = {
    "effort none": {"reasoning_effort": "none"},
    "effort of tomorrow": {"reasoning_effort": "extreme"},
    "thinking as an object": {"thinking": {"type": "enabled", "budget_tokens": 32_000}},
    "metadata of any kind": {"metadata": {"n": 1, "deep": {"a": [True]}}},
    "stream options": {"stream_options": {"include_usage": True}},
    "max_completion_tokens": {"max_completion_tokens": 5},
    "a field of tomorrow": {"shiny": {"new": None, "list": [1, 2]}},
    "stop as a list": {"stop": ["a", "b"]},
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_d19_what_corex_takes_is_sent(client_way: ClientWay, fake: FakeProvider, case: str) -> None:
    fake.script(raw(200, (), completion()))
    with client_way.open(fake) as client:
        client.chat(zaguan.ChatRequest(**CHAT, **ACCEPTED[case]))
    assert fake.requests[0].json == {**CHAT, **ACCEPTED[case]}


@pytest.mark.parametrize("thinking", [{"type": "enabled", "budget_tokens": 64_000}, {"type": "adaptive"}])
def test_d19_thinking_of_any_kind_is_sent(client_way: ClientWay, fake: FakeProvider, thinking: dict[str, Any]) -> None:
    fake.script(raw(200, (), {"id": "msg_1", "type": "message", "content": []}))
    with client_way.open(fake) as client:
        client.messages(zaguan.AnthropicMessagesRequest(**MESSAGES, thinking=thinking))
    assert fake.requests[0].json == {**MESSAGES, "thinking": thinking}


def test_d19_voices_sizes_and_qualities_are_the_servers(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(raw(200, (), IMAGES), raw(200, (), b"RIFF"))
    image = {"model": "openai/gpt-image-1", "prompt": "x", "size": "auto", "quality": "high", "background": "opaque"}
    speech = {"model": "openai/gpt-4o-mini-tts", "input": "x", "voice": "verse", "instructions": "calmly"}
    with client_way.open(fake) as client:
        client.create_image(zaguan.ImageGenerationRequest(**image))
        client.create_speech(zaguan.AudioSpeechRequest(**speech))
    assert [request.json for request in fake.requests] == [image, speech]


REFUSED: dict[str, dict[str, Any]] = {
    "empty model": {"model": ""},
    "no messages": {"messages": []},
    "temperature": {"temperature": 9},
    "top_p": {"top_p": -1},
    "penalty": {"presence_penalty": 3},
}


@pytest.mark.parametrize("case", REFUSED)
def test_d19_what_cannot_be_meant_is_refused_here(client_way: ClientWay, fake: FakeProvider, case: str) -> None:
    with client_way.open(fake) as client, pytest.raises(pydantic.ValidationError):
        client.chat(**{**CHAT, **REFUSED[case]})
    assert fake.requests == []


def test_d20_only_what_was_set_is_sent(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda record: raw(200, (), IMAGES if "image" in record.path else completion()))
    with client_way.open(fake) as client:
        client.chat(zaguan.ChatRequest(**CHAT))
        client.chat(zaguan.ChatRequest(**CHAT, extra_body={}))
        client.create_image(zaguan.ImageGenerationRequest(prompt="x", model="openai/gpt-image-1"))
        client.edit_image(("a.png", PNG), "x")
        client.create_image_variation(("a.png", PNG))
        client.create_embeddings(zaguan.EmbeddingRequest(model="m", input="x"))
    chat, emptied, image, edit, variation, embedding = fake.requests
    assert chat.json == emptied.json == CHAT
    assert image.json == {"prompt": "x", "model": "openai/gpt-image-1"}
    assert sorted(part.name for part in parts(edit)) == ["image", "model", "prompt"]
    assert sorted(part.name for part in parts(variation)) == ["image", "model"]
    assert embedding.json == {"model": "m", "input": "x"}


def test_d20_extra_body_is_folded_however_the_request_is_written(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda _: raw(200, (), completion()))
    request = zaguan.ChatRequest(**CHAT, provider_specific_params={"a": 1, "b": 1}, extra_body={"b": 2})
    wire = {**CHAT, "provider_specific_params": {"a": 1, "b": 2}}
    with client_way.open(fake) as client:
        client.chat(request)
        client.chat(**CHAT, provider_specific_params={"a": 1, "b": 1}, extra_body={"b": 2})
        watch(lambda: client.chat_stream(request))
    assert [sent.json for sent in fake.requests] == [wire, wire, {**wire, "stream": True}]
    assert type(request).model_validate_json(request.model_dump_json(exclude_none=True)).model_dump(
        exclude_none=True
    ) == request.model_dump(exclude_none=True)
    assert "extra_body" not in request.model_dump_json()
    assert request.extra_body == {"b": 2}
