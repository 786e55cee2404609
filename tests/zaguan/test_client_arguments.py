"""What may be given to a method, what is refused before anything is sent, and that no argument is changed."""

from __future__ import annotations

import copy
from types import MappingProxyType
from typing import Any

import pydantic
import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, raw

from .ways import ClientWay

CHAT: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
NOTE: dict[str, Any] = {**CHAT, "max_tokens": 9}
RESPONSE: dict[str, Any] = {"model": "m", "input": "i"}

# Method and a request of it, for every method that takes one.
REQUESTS: dict[str, tuple[type[pydantic.BaseModel], dict[str, Any]]] = {
    "chat": (zaguan.ChatRequest, CHAT),
    "messages": (zaguan.AnthropicMessagesRequest, NOTE),
    "count_tokens": (zaguan.AnthropicCountTokensRequest, CHAT),
    "create_response": (zaguan.ResponsesRequest, RESPONSE),
    "create_embeddings": (zaguan.EmbeddingRequest, {"model": "m", "input": "t"}),
    "create_image": (zaguan.ImageGenerationRequest, {"model": "m", "prompt": "p"}),
    "create_moderation": (zaguan.ModerationRequest, {"model": "m", "input": "t"}),
    "rerank": (zaguan.RerankRequest, {"model": "m", "query": "q", "documents": ["d"]}),
    "classify": (zaguan.ClassifyRequest, {"model": "m", "inputs": ["i"]}),
    "create_batch": (zaguan.BatchRequest, {"input_file_id": "f", "endpoint": "e", "completion_window": "24h"}),
    "create_fine_tuning_job": (zaguan.FineTuningJobRequest, {"model": "m", "training_file": "f"}),
    "create_assistant": (zaguan.AssistantRequest, {"model": "m"}),
    "create_thread": (zaguan.ThreadRequest, {"messages": [{"role": "user", "content": "hi"}]}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_in_each_form(client_way: ClientWay, fake: FakeProvider, name: str) -> None:
    """A model, a dict, another mapping and keywords go out alike, unknown fields included, and are not changed."""
    cls, known = REQUESTS[name]
    fields = {**known, "new_parameter": {"deep": [1, None, "ü"]}}
    kept = copy.deepcopy(fields)
    model = cls(**fields)
    dumped = model.model_dump()
    fake.on_request(lambda _: raw(200, (), {"id": "x"}))
    with client_way.open(fake) as client:
        call = getattr(client, name)
        for given in (model, fields, MappingProxyType(fields)):
            call(given, "mine")
            call(request=given, request_id="mine")
        call(**fields, request_id="mine")
    assert [request.json for request in fake.requests] == [fields] * 7
    assert {request.headers["x-request-id"] for request in fake.requests} == {"mine"}
    assert fields == kept
    assert model.model_dump() == dumped


@pytest.mark.parametrize("name", REQUESTS)
def test_fields_beside_a_request_are_named(client_way: ClientWay, fake: FakeProvider, name: str) -> None:
    cls, fields = REQUESTS[name]
    with client_way.open(fake) as client:
        for given in (fields, cls(**fields)):
            with pytest.raises(TypeError, match="temperture"):
                getattr(client, name)(given, temperture=1)
        with pytest.raises(TypeError, match="int"):
            getattr(client, name)(7)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("list_models", ()),
        ("health_check", ()),
        ("get_credits_balance", ()),
        ("get_credits_history", ()),
        ("get_batch", ("b",)),
        ("create_messages_batch", ([{"custom_id": "1", "params": NOTE}],)),
        ("create_transcription", (b"x",)),
        ("edit_image", (b"x", "p")),
        ("upload_file", (b"x", "batch")),
        ("supports_vision", ("m",)),
    ],
)
def test_an_option_that_is_none_is_named(client_way: ClientWay, fake: FakeProvider, name: str, args: Any) -> None:
    with client_way.open(fake) as client, pytest.raises(TypeError, match="tiemout"):
        getattr(client, name)(*args, tiemout=3)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("name", "fields", "instead"),
    [
        ("chat", CHAT, "chat_stream"),
        ("messages", NOTE, "messages_stream"),
        ("create_response", RESPONSE, "create_response_stream"),
    ],
)
def test_a_stream_is_not_one_answer(
    client_way: ClientWay, fake: FakeProvider, name: str, fields: dict[str, Any], instead: str
) -> None:
    cls, _ = REQUESTS[name]
    with client_way.open(fake) as client:
        for given in ({**fields, "stream": True}, cls(**fields, stream=True)):
            with pytest.raises(ValueError, match=instead):
                getattr(client, name)(given)
        with pytest.raises(ValueError, match=instead):
            getattr(client, name)(**fields, stream=True)
    assert fake.requests == []


def test_no_answer_asked_for_as_a_stream_is_one(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(raw(200, (), {"id": "x"}))
    with client_way.open(fake) as client:
        client.chat(**CHAT, stream=False)
    assert fake.requests[0].json in (CHAT, {**CHAT, "stream": False})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("chat", {}),
        ("chat", {"model": "m"}),
        ("chat", {**CHAT, "messages": []}),
        ("chat", {**CHAT, "temperature": 9}),
        ("messages", CHAT),
        ("chat_stream", {"model": "", "messages": CHAT["messages"]}),
        ("create_embeddings", {"model": "m"}),
        ("create_speech", {"model": "m", "input": "i"}),
    ],
)
def test_a_request_that_is_none_is_not_sent(
    client_way: ClientWay, fake: FakeProvider, name: str, fields: dict[str, Any]
) -> None:
    with client_way.open(fake) as client, pytest.raises(pydantic.ValidationError):
        getattr(client, name)(**fields)
    assert fake.requests == []


def test_what_came_back_can_be_sent_on(client_way: ClientWay, fake: FakeProvider) -> None:
    call = {"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call], "reasoning_content": "hm", "own": 1}
    fake.on_request(lambda _: raw(200, (), {"choices": [{"index": 0, "message": message}]}))
    with client_way.open(fake) as client:
        said = client.chat(CHAT).choices[0].message
        client.chat(model="m", messages=[*CHAT["messages"], said])
    sent = fake.requests[1].json["messages"][1]
    assert sent == {name: value for name, value in message.items() if value is not None}


def test_arguments_of_the_client(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.on_request(lambda _: raw(200, (), {"status": "ok"}))
    with client_way.open(
        f"{fake.host_url}/v1/", fake.api_key, timeout=7.5, headers={"X-App": "a", "X-B": "b"}
    ) as client:
        assert (client.base_url, client.api_key, client.timeout) == (fake.host_url, fake.api_key, 7.5)
        assert fake.api_key not in repr(client)
        client.health_check(headers={"x-app": "call"})
    (request,) = fake.requests
    assert request.target == "/health"
    assert (request.headers["x-app"], request.headers["x-b"]) == ("call", "b")


@pytest.mark.parametrize("cls", [zaguan.AsyncZaguanClient, zaguan.ZaguanClient])
@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_arguments_are_refused(cls: Any, blank: str) -> None:
    assert cls("http://h", "k").timeout == 30.0
    with pytest.raises(ValueError, match="base_url cannot be empty"):
        cls(blank, "k")
    with pytest.raises(ValueError, match="api_key cannot be empty"):
        cls("http://h", blank)


@pytest.mark.parametrize("headers", ["abc", [("a", "b")], {"X-App": 1}, {1: "a"}])
@pytest.mark.parametrize("call", ["list_models", "list_messages_batches"])
def test_headers_are_texts(client_way: ClientWay, fake: FakeProvider, call: str, headers: Any) -> None:
    with client_way.open(fake) as client, pytest.raises(TypeError, match="headers: "):
        getattr(client, call)(headers=headers)
    with pytest.raises(TypeError, match="headers: "):
        zaguan.AsyncZaguanClient("http://h", "k", headers={"X-App": 1})  # type: ignore[dict-item]
    assert fake.requests == []
