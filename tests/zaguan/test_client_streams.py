"""Streams of the clients: the request that each makes, what it yields, and how it may be opened and left."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, error, hang, raw, sse

from .ways import ClientWay

CHAT: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
NOTE: dict[str, Any] = {**CHAT, "max_tokens": 9}
CHUNKS = [
    {"id": "c", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "a"}}]},
    {"id": "c", "choices": [{"index": 0, "delta": {"content": "b"}, "finish_reason": "stop"}]},
    {"id": "c", "choices": [], "usage": {"total_tokens": 3}},
]
EVENTS = [
    {"type": "message_start", "message": {"id": "m", "content": [], "usage": {"input_tokens": 2}}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
]
TYPED = [
    {"type": "response.output_text.delta", "delta": "a"},
    {"type": "response.completed", "response": {"id": "r", "status": "completed"}},
]
LINES = [{"custom_id": "1", "result": {"type": "succeeded", "message": {"id": "m"}}}, {"custom_id": "2", "more": []}]


def events(documents: list[dict[str, Any]]) -> Any:
    """Typed events, as Anthropic and the Responses API send them."""
    return sse([f"event: {document['type']}\ndata: {json.dumps(document)}\n\n".encode() for document in documents])


def test_chat(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(
        sse(
            [*CHUNKS, "[DONE]"],
            headers={"content-type": "text/event-stream", "X-Request-Id": "mine", "X-Served-By": "a"},
        )
    )
    request = zaguan.ChatRequest(**CHAT, extra_body={"top_k": 1})
    before = request.model_dump()
    with client_way.open(fake) as client:
        stream = client.chat_stream(request, "mine")
        chunks = list(stream)
    assert all(isinstance(chunk, zaguan.ChatChunk) for chunk in chunks)
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["a", "b", None]
    assert chunks[-1].usage.total_tokens == 3
    (received,) = fake.requests
    assert f"{received.method} {received.target}" == "POST /v1/chat/completions"
    assert received.json == {**CHAT, "stream": True, "provider_specific_params": {"top_k": 1}}
    assert received.headers["x-request-id"] == "mine"
    assert received.headers["authorization"] == f"Bearer {fake.api_key}"
    assert (stream.request_id, stream.headers["x-served-by"], stream.status_code) == ("mine", "a", 200)
    assert request.model_dump() == before


@pytest.mark.parametrize("stream", [None, False, True])
def test_chat_of_keywords(client_way: ClientWay, fake: FakeProvider, stream: bool | None) -> None:
    fake.script(sse([*CHUNKS, "[DONE]"]))
    with client_way.open(fake) as client:
        chunks = list(client.chat_stream(**CHAT, stream=stream, timeout=5, headers={"X-Extra": "1"}))
    assert len(chunks) == 3
    assert fake.requests[0].json == {**CHAT, "stream": True}
    assert fake.requests[0].headers["x-extra"] == "1"


def test_messages(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(events(EVENTS))
    with client_way.open(fake) as client:
        received = list(client.messages_stream(zaguan.AnthropicMessagesRequest(**NOTE)))
    assert all(isinstance(event, zaguan.AnthropicMessagesStreamEvent) for event in received)
    assert [event.model_dump(exclude_unset=True) for event in received] == EVENTS
    (request,) = fake.requests
    assert f"{request.method} {request.target}" == "POST /v1/messages"
    assert request.json == {**NOTE, "stream": True}
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.headers["authorization"] == f"Bearer {fake.api_key}"
    assert "x-api-key" not in request.headers


def test_responses(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(events(TYPED))
    with client_way.open(fake) as client:
        received = list(client.create_response_stream(model="m", input="hi"))
    assert [event.model_dump(exclude_unset=True) for event in received] == TYPED
    assert fake.requests[0].target == "/v1/responses"
    assert fake.requests[0].json == {"model": "m", "input": "hi", "stream": True}


def test_results_of_a_batch(client_way: ClientWay, fake: FakeProvider) -> None:
    body = "\n".join([json.dumps(LINES[0]), "", json.dumps(LINES[1])])
    fake.script(*[raw(200, {"content-type": "application/x-jsonl"}, body)] * 2)
    with client_way.open(fake) as client:
        assert [json.loads(line) for line in client.get_messages_batch_results("b/1")] == LINES
        results = list(client.iter_messages_batch_results("b/1"))
    assert all(isinstance(result, zaguan.AnthropicMessagesBatchResult) for result in results)
    assert [result.model_dump(exclude_unset=True) for result in results] == LINES
    assert results[0].result.message.id == "m"
    assert [f"{request.method} {request.target}" for request in fake.requests] == [
        "GET /v1/messages/batches/b%2F1/results"
    ] * 2
    assert fake.requests[0].headers["anthropic-version"] == "2023-06-01"


STREAMS = {
    "chat_stream": CHAT,
    "messages_stream": NOTE,
    "create_response_stream": {"model": "m", "input": "i"},
    "stream_speech": {"model": "m", "input": "i", "voice": "v"},
    "get_messages_batch_results": {"batch_id": "b"},
    "iter_messages_batch_results": {"batch_id": "b"},
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_refusal_is_raised_by_the_first_step(client_way: ClientWay, fake: FakeProvider, name: str) -> None:
    fake.script(error(429, "Slow down.", headers={"Retry-After": "7"}))
    with client_way.open(fake) as client:
        stream = getattr(client, name)(**STREAMS[name])
        with pytest.raises(zaguan.RateLimitError) as caught:
            next(stream)
    assert (caught.value.message, caught.value.retry_after, caught.value.status_code) == ("Slow down.", 7.0, 429)


def test_leaving_the_block_closes_the_connection(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(hang(pieces=1, reply=sse([*CHUNKS, "[DONE]"])))
    with client_way.open(fake) as client:
        with client.chat_stream(CHAT) as stream:
            assert next(stream).choices[0].delta.content == "a"
        fake.wait_for_abort()


@pytest.mark.anyio
async def test_awaiting_opens_it(fake: FakeProvider) -> None:
    fake.script(sse([*CHUNKS, "[DONE]"]), error(404, "No such model."))
    client = zaguan.AsyncZaguanClient(fake.host_url, fake.api_key)
    stream = client.chat_stream(CHAT)
    assert fake.requests == []
    assert await stream is stream
    assert len(fake.requests) == 1
    assert [chunk.id async for chunk in stream] == ["c"] * 3
    with pytest.raises(zaguan.NotFoundError, match="No such model"):
        await client.chat_stream(CHAT)
