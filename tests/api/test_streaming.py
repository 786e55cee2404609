"""Streams as bytes on a socket: however they are cut, framed or broken, the text is whole or the failure is raised."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, raw, reset, sse, stream, text

from .ways import USER, Way

EVENTS = {"content-type": "text/event-stream"}


def chunk(content: str | None, finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **fields}


def event(content: str | None, finish_reason: str | None = None) -> bytes:
    return b"data: %b\n\n" % json.dumps(chunk(content, finish_reason), ensure_ascii=False).encode()


END = event(None, "stop")
DONE = b"data: [DONE]\n\n"
TEXT = "Grüße, 世界 \U0001f680!"
WHOLE = event(TEXT) + event(" Bye.") + END + DONE
SAID = f"{TEXT} Bye."
# WHOLE as the brotli program writes it.
BROTLI = base64.b64decode(
    "GwgCAK0K7IbzG1bbGzQRUPWj2toKnPDUIWWAw/JTk7cVWHT6ZJccPALbTFVGF61GiyUYDFrO+dvDEQPEchdqAPjXTm5RWNQCDih5hseEpKC2iQi1"
    "OTb3R+kUVBjXsl1LZiZwOHbVxXsh0/69N80wlVuRzOTB4jUbfQO1WEmFIkrUjaT18xmtYIWjnK1jgZuOpN4+Bt5fhfob+QhxDMljr6v/UbkD"
)


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def multi_line(content: str) -> bytes:
    lines = json.dumps(chunk(content), indent=1).splitlines()
    return b"".join(b"data: %b\n" % line.encode() for line in lines) + b"\n"


DOCUMENT = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": SAID}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}

# Every one says SAID. A list is one TCP write per item.
FRAMINGS: dict[str, Any] = {
    "one packet for all events": raw(200, EVENTS, WHOLE),
    "one byte per packet": raw(200, EVENTS, cut(WHOLE, 1), chunked=True),
    "seven bytes per packet": raw(200, EVENTS, cut(WHOLE, 7), gap=0.001, chunked=True),
    "one event over ten packets": raw(200, EVENTS, [*cut(event(SAID), 20), END + DONE], gap=0.002, chunked=True),
    "CRLF": raw(200, EVENTS, WHOLE.replace(b"\n", b"\r\n")),
    "CRLF cut in the middle": raw(200, EVENTS, cut(WHOLE.replace(b"\n", b"\r\n"), 1), chunked=True),
    "CR alone": raw(200, EVENTS, WHOLE.replace(b"\n", b"\r")),
    "byte order mark": raw(200, EVENTS, b"\xef\xbb\xbf" + WHOLE),
    "comments and keep-alives": raw(200, EVENTS, b": hello\n\n" + WHOLE.replace(b"\n\n", b"\n\n: ping\n\n:\n\n")),
    "several data lines": raw(200, EVENTS, multi_line(TEXT) + multi_line(" Bye.") + END + DONE),
    "event, id and retry fields": raw(
        200, EVENTS, WHOLE.replace(b"data: ", b"event: message\nid: 7\nretry: 10\ndata: ")
    ),
    "no space after the colon": raw(200, EVENTS, WHOLE.replace(b"data: ", b"data:")),
    "empty data": raw(200, EVENTS, b"data:\n\n" + WHOLE),
    "no DONE": raw(200, EVENTS, event(TEXT) + event(" Bye.") + END),
    "no DONE, framed by closing": raw(200, EVENTS, event(TEXT) + event(" Bye.") + END, chunked=None),
    "last event not closed": raw(200, EVENTS, event(TEXT) + event(" Bye.") + END.rstrip(b"\n")),
    "spaces around DONE": raw(200, EVENTS, event(SAID) + END + b"data:  [DONE] \n\n"),
    "words after DONE": raw(200, EVENTS, WHOLE + event("never")),
    "content type missing": raw(200, (), WHOLE),
    "content type of JSON": raw(200, {"content-type": "application/json"}, WHOLE),
    "gzip in pieces": raw(200, EVENTS, cut(WHOLE, 9), encoding="gzip", chunked=True),
    "gzip as one": raw(200, {**EVENTS, "content-encoding": "gzip"}, gzip.compress(WHOLE)),
    "deflate": raw(200, EVENTS, cut(WHOLE, 9), encoding="deflate", chunked=True),
    "brotli": raw(200, {**EVENTS, "content-encoding": "br"}, cut(BROTLI, 3), chunked=True),
    "a document in place of a stream": raw(200, (), DOCUMENT),
    "a document after white space": raw(200, (), [b"\n \n", json.dumps(DOCUMENT).encode()], gap=0.01),
    "null in place of an error": sse([chunk(SAID, error=None), chunk(None, "stop"), "[DONE]"]),
}


@pytest.mark.parametrize("framing", FRAMINGS)
def test_every_framing_gives_the_same_text(way: Way, fake: FakeProvider, ask: dict[str, Any], framing: str) -> None:
    fake.script(FRAMINGS[framing])
    chunks = way.stream(**ask)
    assert "".join(each.choices[0].delta.content or "" for each in chunks) == SAID
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\x1e", "\\n", "\\r"])
def test_only_cr_and_lf_end_a_line(way: Way, fake: FakeProvider, ask: dict[str, Any], separator: str) -> None:
    body = b'data: {"choices":[{"index":0,"delta":{"content":"a%bb"}}]}\n\n' % separator.encode() + END + DONE
    if ord(separator[0]) < 32:
        body = body.replace(separator.encode(), b"\\u%04x" % ord(separator))
    fake.script(raw(200, EVENTS, cut(body, 5), chunked=True))
    spoken = way.stream(**ask)[0].choices[0].delta.content
    assert spoken == json.loads(f'"a{separator}b"', strict=False)


OPENED = event("Hel") + event("lo")

# What each broken stream raises, and a word of the message.
BROKEN: dict[str, tuple[Any, type[Exception], str]] = {
    "connection closed": (
        drop_after(len(OPENED), reply=raw(200, EVENTS, OPENED + END * 9)),
        eq.APIConnectionError,
        "",
    ),
    "connection closed between HTTP chunks": (
        drop_after(pieces=2, reply=raw(200, EVENTS, [event("Hel"), event("lo"), END], chunked=True)),
        eq.APIConnectionError,
        "",
    ),
    "connection reset": (
        reset(pieces=2, reply=raw(200, EVENTS, [event("Hel"), event("lo"), 0.2, END], chunked=True)),
        eq.APIConnectionError,
        "",
    ),
    "orderly end without a finish reason": (raw(200, EVENTS, OPENED), eq.APIConnectionError, "finish reason"),
    "error object": (
        sse([chunk("Hel"), chunk("lo"), {"error": {"message": "The GPU melted.", "code": "server_error"}}]),
        eq.InternalServerError,
        "The GPU melted.",
    ),
    "error object, integer code": (
        sse([chunk("Hel"), chunk("lo"), {"error": {"message": "Slow down.", "code": 429}}]),
        eq.RateLimitError,
        "Slow down.",
    ),
    "error beside choices": (
        sse([chunk("Hel"), chunk("lo"), chunk("", "error", error={"message": "Upstream.", "code": 502})]),
        eq.BadGatewayError,
        "Upstream.",
    ),
    "error text": (sse([chunk("Hel"), chunk("lo"), {"error": "It broke."}]), eq.EQError, "It broke."),
    "error event": (
        raw(200, EVENTS, OPENED + b'event: error\ndata: {"error":{"message":"Failed.","type":"server_error"}}\n\n'),
        eq.InternalServerError,
        "Failed.",
    ),
    "error event without error member": (
        raw(200, EVENTS, OPENED + b'event: error\ndata: {"message":"Failed."}\n\n'),
        eq.EQError,
        "Failed.",
    ),
    "event that is no JSON": (raw(200, EVENTS, OPENED + b"data: {oops\n\n"), eq.APIResponseValidationError, "chunk"),
    "event that is no object": (raw(200, EVENTS, OPENED + b"data: [1]\n\n"), eq.APIResponseValidationError, "chunk"),
    "event that is not UTF-8": (
        raw(200, EVENTS, OPENED + b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n'),
        eq.APIResponseValidationError,
        "chunk",
    ),
    "damaged gzip": (
        raw(200, {**EVENTS, "content-encoding": "gzip"}, [_z[:-30] + b"\0" * 30 for _z in [gzip.compress(OPENED * 1)]]),
        eq.EQError,
        "",
    ),
}


@pytest.mark.parametrize("case", [name for name in BROKEN if name != "damaged gzip"])
def test_a_broken_stream_raises_after_what_arrived(
    way: Way, fake: FakeProvider, ask: dict[str, Any], case: str
) -> None:
    reply, kind, word = BROKEN[case]
    fake.script(reply)
    outcome = way.watch(**{**ask, "num_retries": 3}, stream=True)
    assert isinstance(outcome.error, kind), outcome.error
    assert word in str(outcome.error)
    assert outcome.text == "Hello"
    assert outcome.error.generated_content == "Hello"
    assert outcome.error.partial.choices[0].message.content == "Hello"
    assert len(fake.requests) == 1, "a request whose answer had begun was sent again"


def test_damaged_gzip_raises(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    reply, kind, _ = BROKEN["damaged gzip"]
    fake.script(reply)
    assert isinstance(way.watch(**ask, stream=True).error, kind)


NO_STREAM: dict[str, tuple[Any, type[Exception], str]] = {
    "empty body": (raw(200, EVENTS, b""), eq.APIConnectionError, "without a single chunk"),
    "only comments": (raw(200, EVENTS, b": ping\n\n" * 3), eq.APIConnectionError, "without a single chunk"),
    "error document with status 200": (
        raw(200, (), {"error": {"message": "No such model.", "code": "model_not_found"}}),
        eq.NotFoundError,
        "No such model.",
    ),
    "HTML with status 200": (raw(200, {"content-type": "text/html"}, "<html>Sign in</html>"), eq.EQError, ""),
    "truncated document": (raw(200, (), '{"choices":[{"mess'), eq.EQError, ""),
    "refused before the stream": (error(429, "Slow down."), eq.RateLimitError, "Slow down."),
    "refused in the first event": (
        sse([{"error": {"message": "Slow down.", "code": 429}}]),
        eq.RateLimitError,
        "Slow down.",
    ),
}


@pytest.mark.parametrize("case", NO_STREAM)
def test_no_stream_at_all_is_an_error(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    reply, kind, word = NO_STREAM[case]
    fake.script(reply)
    outcome = way.watch(**ask, stream=True)
    assert isinstance(outcome.error, kind), outcome
    assert word in str(outcome.error)
    assert outcome.chunks == []
    assert not outcome.error.generated_content


def test_an_error_ends_the_stream_for_good(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(sse([chunk("a"), {"error": {"message": "no"}}, chunk("b")]))
    if way.backend is None:
        stream_ = eq.completion(**ask, stream=True)
        assert next(stream_).choices[0].delta.content == "a"
        with pytest.raises(eq.EQError):
            next(stream_)
        with pytest.raises(StopIteration):
            next(stream_)
    else:
        way.run(_reads_to_the_error_and_on, ask=ask)


async def _reads_to_the_error_and_on(ask: dict[str, Any]) -> None:
    stream_ = await eq.acompletion(**ask, stream=True)
    assert (await stream_.__anext__()).choices[0].delta.content == "a"
    with pytest.raises(eq.EQError):
        await stream_.__anext__()
    with pytest.raises(StopAsyncIteration):
        await stream_.__anext__()


CHUNKS: dict[str, tuple[list[dict[str, Any]], list[Any]]] = {
    "finish reason in a content chunk": ([chunk("all", "stop")], [("all", "stop")]),
    "finish reason twice": ([chunk("a", "stop"), chunk("", "stop")], [("a", "stop"), ("", "stop")]),
    "unknown finish reason": ([chunk("a", "tired")], [("a", "tired")]),
    "no object, created, model, id": (
        [{"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}],
        [("a", "stop")],
    ),
    "null id": ([{**chunk("a", "stop"), "id": None, "created": None, "model": None}], [("a", "stop")]),
    "null delta": ([chunk("a"), {"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}], None),
    "no delta": ([chunk("a"), {"choices": [{"index": 0, "finish_reason": "stop"}]}], None),
    "null content": ([chunk(None), chunk("a", "stop")], [(None, None), ("a", "stop")]),
    "role on every chunk": (
        [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}]}],
        [("a", "stop")],
    ),
}


@pytest.mark.parametrize("case", CHUNKS)
def test_odd_chunks(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    events, expected = CHUNKS[case]
    fake.script(sse([*events, "[DONE]"]))
    seen = [(each.choices[0].delta.content, each.choices[0].finish_reason) for each in way.stream(**ask)]
    assert seen == (expected or [("a", None), (None, "stop")])


def test_usage_chunk_without_choices(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    prompt_filter = {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
    without = {"id": "c1", "usage": usage}
    fake.script(sse([prompt_filter, chunk("a"), chunk(None, "stop"), without, "[DONE]"]))
    chunks = way.stream(**ask)
    assert chunks[0].prompt_filter_results == [{"prompt_index": 0}]
    assert [len(each.choices) for each in chunks] == [1, 1, 1, 1]
    assert [hasattr(each, "usage") and each.usage is not None for each in chunks] == [False, False, False, True]
    assert chunks[-1].usage.total_tokens == 7
    assert chunks[-1].choices[0].delta.content is None
    assert eq.stream_chunk_builder(chunks).usage.completion_tokens == 4


def test_several_choices_interleaved(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    pieces = [(0, "a"), (1, "x"), (1, "y"), (0, "b"), (2, "k"), (0, "c"), (2, "l"), (1, "z")]
    events = [{"choices": [{"index": index, "delta": {"content": piece}}]} for index, piece in pieces]
    ends = [{"choices": [{"index": index, "delta": {}, "finish_reason": "stop"}]} for index in (2, 0, 1)]
    fake.script(sse([*events, *ends, "[DONE]"]))
    whole = eq.stream_chunk_builder(way.stream(**ask, n=3))
    assert [(choice.index, choice.message.content) for choice in whole.choices] == [(0, "abc"), (1, "xyz"), (2, "kl")]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning(way: Way, fake: FakeProvider, ask: dict[str, Any], field: str) -> None:
    thoughts = [{"choices": [{"index": 0, "delta": {field: piece}}]} for piece in ("Hm", "m.")]
    fake.script(sse([*thoughts, chunk("Yes.", "stop"), "[DONE]"]))
    chunks = way.stream(**ask)
    assert [getattr(each.choices[0].delta, "reasoning_content", None) for each in chunks] == ["Hm", "m.", None]
    assert not hasattr(chunks[-1].choices[0].delta, "reasoning_content")
    message = eq.stream_chunk_builder(chunks).choices[0].message
    assert (message.reasoning_content, message.content) == ("Hmm.", "Yes.")


def test_unknown_fields_and_logprobs_are_kept(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    logprobs = {"content": [{"token": "a", "logprob": -0.5, "bytes": None, "top_logprobs": []}], "refusal": None}
    odd = {
        "id": "c1",
        "provider": "somebody",
        "citations": ["https://example.org"],
        "choices": [
            {
                "index": 0,
                "delta": {"content": "a", "refusal": None, "mood": {"calm": 1}},
                "logprobs": logprobs,
                "native_finish_reason": "eos",
                "finish_reason": "stop",
            }
        ],
        "seed": 2**70,
    }
    fake.script(sse([odd, "[DONE]"]))
    (seen,) = way.stream(**ask)
    assert json.loads(seen.model_dump_json(exclude_unset=True)) == odd
    assert seen.choices[0].delta.mood == {"calm": 1}
    assert seen.choices[0].logprobs.content[0].logprob == -0.5


def test_default_stream_is_what_the_server_said(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(text("Over the hills and far away."))
    outcome = way.watch(**ask, stream=True, stream_options={"include_usage": True})
    assert outcome.text == "Over the hills and far away."
    assert outcome.chunks[-1].usage.completion_tokens > 0
    assert isinstance(outcome.response, eq.CustomStreamWrapper)
    assert outcome.response.model == "fake"
    assert outcome.response.custom_llm_provider == "openai"
    assert outcome.response._response_headers["x-request-id"] == "req_fake00000001"
    assert fake.requests[0].headers["accept"] == "text/event-stream"


def test_a_large_chunk(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    large = "ü" * 2_000_000
    fake.script(sse([chunk(large), chunk("tail", "stop"), "[DONE]"]))
    assert way.watch(**ask, stream=True).text == f"{large}tail"


def test_ten_thousand_chunks_in_order(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    body = b"".join(event(f"{number},") for number in range(10_000)) + END + DONE
    fake.script(raw(200, EVENTS, cut(body, 60_000), chunked=True))
    assert way.watch(**ask, stream=True).text == "".join(f"{number}," for number in range(10_000))


@pytest.mark.anyio
async def test_a_slow_consumer_holds_the_server_back(ask: dict[str, Any]) -> None:
    """64 MB of chunks: the server must stall long before, with only the sockets' and the stream's buffers filled."""
    piece = event("x" * 10_000)

    def endless() -> Iterator[bytes]:
        for _ in range(6_400):
            yield piece

    with FakeProvider(send_buffer=1 << 16) as fake:
        fake.script(raw(200, EVENTS, endless(), chunked=True))
        response = await eq.acompletion(**{**ask, "api_base": fake.base_url}, stream=True)
        await response.__anext__()
        record = fake.requests[0]
        with anyio.fail_after(20):
            written = -1
            while not record.held_back or record.bytes_written != written:
                written = record.bytes_written
                await anyio.sleep(0.2)
        assert written < 16_000_000
        for _ in range(2_000):
            await response.__anext__()
        assert record.bytes_written > written
        await response.aclose()


@pytest.mark.anyio
async def test_ready_chunks_do_not_starve_other_tasks(fake: FakeProvider, ask: dict[str, Any]) -> None:
    body = b"".join(event("x") for _ in range(4_000)) + END + DONE
    fake.script(raw(200, EVENTS, body))
    turns = 0
    longest = 0.0

    async def tick() -> None:
        nonlocal turns, longest
        last = time.monotonic()
        while True:
            await anyio.sleep(0)
            now = time.monotonic()
            longest, last, turns = max(longest, now - last), now, turns + 1

    response = await eq.acompletion(**ask, stream=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        count = 0
        async for _ in response:
            count += 1
        tasks.cancel_scope.cancel()
    assert count == 4_001
    assert turns > 60
    assert longest < 0.25


@pytest.mark.anyio
async def test_two_streams_of_one_task_do_not_mix(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.on_request(lambda record: stream([record.json["messages"][0]["content"]] * 50))
    left, right = [
        await eq.acompletion(**{**ask, "messages": [{"role": "user", "content": word}]}, stream=True)
        for word in ("left", "right")
    ]
    for _ in range(50):
        assert (await left.__anext__()).choices[0].delta.content == "left"
        assert (await right.__anext__()).choices[0].delta.content == "right"
    assert fake.requests[0].json["messages"] != USER
