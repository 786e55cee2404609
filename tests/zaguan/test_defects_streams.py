"""Streams: what zaguan-sdk 0.2.0 loses, hides or leaves open on them, each by the bytes that show it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, raw, sse

from .ways import STREAMS, ClientWay, watch
from .wire import ANTHROPIC_EVENTS, CHAT, MESSAGES, chunk, event


def _refusal(status: int, **fields: Any) -> Any:
    told = {"message": f"Refused with {status}.", "type": "some_type", "code": "some_code", "param": "model", **fields}
    return raw(status, {"x-request-id": f"srv-{status}"}, {"error": told}, chunked=True)


REFUSALS: dict[int, tuple[type[Exception], dict[str, Any]]] = {
    400: (zaguan.ValidationError, {}),
    401: (zaguan.AuthenticationError, {}),
    402: (zaguan.InsufficientCreditsError, {"credits_required": 12, "credits_remaining": 3}),
    403: (zaguan.BandAccessDeniedError, {"type": "band_access_denied", "band": "D", "required_tier": "pro"}),
    404: (zaguan.NotFoundError, {}),
    429: (zaguan.RateLimitError, {}),
    500: (zaguan.ServerError, {}),
    503: (zaguan.ServerError, {}),
}


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("kind", STREAMS)
def test_d1_a_refused_stream_raises_what_the_server_said(
    client_way: ClientWay, fake: FakeProvider, kind: str, status: int
) -> None:
    expected, fields = REFUSALS[status]
    fake.script(_refusal(status, **fields))
    with client_way.open(fake) as client:
        items, error = watch(lambda: STREAMS[kind](client))
    assert (items, type(error)) == ([], expected)
    assert isinstance(error, zaguan.APIError)
    assert str(error) == error.message == f"Refused with {status}."
    assert (error.status_code, error.request_id) == (status, f"srv-{status}")
    assert (error.type, error.code, error.param) == (fields.get("type", "some_type"), "some_code", "model")
    assert error.partial is None
    extras = {name: value for name, value in fields.items() if name != "type"}
    assert {name: getattr(error, name) for name in extras} == extras
    assert len(fake.requests) == 1


@pytest.mark.parametrize("kind", STREAMS)
def test_d1_a_refusal_that_comes_slowly_and_compressed_is_read_whole(
    client_way: ClientWay, fake: FakeProvider, kind: str
) -> None:
    body = json.dumps({"error": {"message": "é" * 3000, "type": "rate_limit_exceeded", "retry_after": 7}}).encode()
    pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    fake.script(raw(429, {"content-type": "application/json"}, pieces, gap=0.01, chunked=True, encoding="gzip"))
    with client_way.open(fake) as client:
        error = watch(lambda: STREAMS[kind](client)).error
    assert isinstance(error, zaguan.RateLimitError)
    assert (error.message, error.retry_after) == ("é" * 3000, 7)


@pytest.mark.anyio
async def test_d1_awaiting_a_stream_raises_its_refusal(fake: FakeProvider) -> None:
    fake.script(_refusal(401))
    async with zaguan.AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        with pytest.raises(zaguan.AuthenticationError, match=r"Refused with 401\."):
            await client.chat_stream(**CHAT)


def test_d3_anthropics_events_are_all_given(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(sse([event(document) for document in ANTHROPIC_EVENTS]))
    with client_way.open(fake) as client:
        items, error = watch(lambda: client.messages_stream(**MESSAGES))
    assert error is None
    assert [item.type for item in items if item.type != "ping"] == [
        document["type"] for document in ANTHROPIC_EVENTS if document["type"] != "ping"
    ]
    ending = items[-2]
    assert (ending.delta.stop_reason, ending.usage.output_tokens) == ("tool_use", 15)
    whole = zaguan.accumulate_messages_events(items)
    assert [block.type for block in whole.content] == ["thinking", "text", "tool_use"]
    assert (whole.content[0].thinking, whole.content[0].signature) == ("Hm.", "sig==")
    assert whole.content[1].text == "Hello"
    assert whole.content[2].input == {"city": "Oulu"}
    assert whole.stop_reason == "tool_use"
    assert (whole.usage.input_tokens, whole.usage.output_tokens) == (25, 15)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085"])
@pytest.mark.parametrize("cut", [False, True], ids=["whole", "byte by byte"])
def test_d6_only_line_ends_end_a_line(client_way: ClientWay, fake: FakeProvider, separator: str, cut: bool) -> None:
    texts = ["a", f"b{separator}c", f"{separator}", "d", f"e{separator}"]
    events = [f"data: {_json(chunk(text))}\n\n".encode() for text in texts] + [b"data: [DONE]\n\n"]
    stream = b"".join(events)
    pieces = [stream[at : at + 1] for at in range(len(stream))] if cut else events
    fake.script(raw(200, {"content-type": "text/event-stream"}, pieces, chunked=True))
    with client_way.open(fake) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert outcome.error is None
    assert [item.choices[0].delta.content for item in outcome.items] == texts


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085"])
def test_d6_only_line_ends_end_a_result(client_way: ClientWay, fake: FakeProvider, separator: str) -> None:
    lines = [_json({"custom_id": f"{n}", "result": {"type": "succeeded", "text": f"a{separator}b"}}) for n in range(3)]
    fake.script(raw(200, {"content-type": "application/x-jsonl"}, "".join(f"{line}\n" for line in lines)))
    with client_way.open(fake) as client:
        assert watch(lambda: client.get_messages_batch_results("msgbatch_1")) == (lines, None)


FRAMINGS = {
    "several data lines": "data: {head},\ndata: {rest}\n\n",
    "CRLF": "data: {head},\r\ndata: {rest}\r\n\r\n",
    "CR": "data: {head},\rdata: {rest}\r\r",
    "no space": "data:{head},{rest}\n\n",
    "comments and other fields": ": keep-alive\n\nid: 7\nevent: chunk\nretry: 100\ndata: {head},{rest}\n\n",
    "a byte order mark": "\ufeffdata: {head},{rest}\n\n",
}


@pytest.mark.parametrize("framing", FRAMINGS)
def test_d6_an_event_may_be_framed_in_any_legal_way(client_way: ClientWay, fake: FakeProvider, framing: str) -> None:
    head, rest = _json(chunk("hi")).split(",", 1)
    events = [FRAMINGS[framing].format(head=head, rest=rest).encode(), b"data: [DONE]\n\n"]
    fake.script(sse(events))
    with client_way.open(fake) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert (outcome.text, outcome.error) == ("hi", None)


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


IN_BAND = {"message": "The provider fell over.", "type": "overloaded_error", "code": "e42", "param": "messages"}


def test_d9_an_error_in_a_chat_stream_is_raised_with_its_object(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(sse([chunk("Hel"), chunk("lo"), {"error": IN_BAND}], headers={"x-request-id": "srv-1"}))
    with client_way.open(fake) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert outcome.text == "Hello"
    error = outcome.error
    assert isinstance(error, zaguan.APIError)
    assert {name: getattr(error, name) for name in IN_BAND} == IN_BAND
    assert error.request_id == "srv-1"
    assert error.partial.choices[0].message.content == "Hello"


def test_d9_an_error_with_a_status_is_of_its_class(client_way: ClientWay, fake: FakeProvider) -> None:
    told = {"message": "No credits left.", "type": "insufficient_credits", "code": 402, "credits_remaining": 0}
    fake.script(sse([chunk("Hel"), {"error": told}]))
    with client_way.open(fake) as client:
        error = watch(lambda: client.chat_stream(**CHAT)).error
    assert isinstance(error, zaguan.InsufficientCreditsError)
    assert (error.status_code, error.credits_remaining) == (402, 0)


def test_d9_an_anthropic_error_event_is_raised(client_way: ClientWay, fake: FakeProvider) -> None:
    failure = {"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down."}, "request_id": "req_9"}
    fake.script(sse([event(document) for document in [*ANTHROPIC_EVENTS[:8], failure]]))
    with client_way.open(fake) as client:
        items, error = watch(lambda: client.messages_stream(**MESSAGES))
    assert "error" not in [item.type for item in items]
    assert items[-1].delta.text == "Hel"
    assert isinstance(error, zaguan.RateLimitError)
    assert (error.message, error.type) == ("Slow down.", "rate_limit_error")
    assert error.partial.content[1].text == "Hel"


@pytest.mark.parametrize("kind", ["chat", "messages"])
def test_d9_an_error_document_in_place_of_a_stream_is_raised(
    client_way: ClientWay, fake: FakeProvider, kind: str
) -> None:
    fake.script(raw(200, {"x-request-id": "srv-2"}, {"error": IN_BAND}))
    with client_way.open(fake) as client:
        items, error = watch(lambda: STREAMS[kind](client))
    assert items == []
    assert isinstance(error, zaguan.APIError)
    assert {name: getattr(error, name) for name in IN_BAND} == IN_BAND
    assert error.request_id == "srv-2"


@pytest.mark.parametrize("kind", ["chat", "messages"])
@pytest.mark.parametrize("body", [b"<html>hello</html>", b"", b"42", b'"words"'])
def test_d9_a_page_in_place_of_a_stream_is_no_success(
    client_way: ClientWay, fake: FakeProvider, kind: str, body: bytes
) -> None:
    fake.script(raw(200, {"content-type": "text/html"}, body))
    with client_way.open(fake) as client:
        items, error = watch(lambda: STREAMS[kind](client))
    assert items == []
    assert isinstance(error, zaguan.ZaguanError)
