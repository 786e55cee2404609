"""Streams as bytes on a socket: however they are cut, framed or broken, the text is whole or the failure is raised."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, raw, reset, sse

from .events import DONE, END, EVENTS, chunk, cut, event
from .ways import Way

TEXT = "Grüße, 世界 \U0001f680!"
WHOLE = event(TEXT) + event(" Bye.") + END + DONE
SAID = f"{TEXT} Bye."
# WHOLE as the brotli program writes it.
BROTLI = base64.b64decode(
    "GwgCAK0K7IbzG1bbGzQRUPWj2toKnPDUIWWAw/JTk7cVWHT6ZJccPALbTFVGF61GiyUYDFrO+dvDEQPEchdqAPjXTm5RWNQCDih5hseEpKC2iQi1"
    "OTb3R+kUVBjXsl1LZiZwOHbVxXsh0/69N80wlVuRzOTB4jUbfQO1WEmFIkrUjaT18xmtYIWjnK1jgZuOpN4+Bt5fhfob+QhxDMljr6v/UbkD"
)


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
}


@pytest.mark.parametrize("case", BROKEN)
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
    packed = gzip.compress(OPENED)
    fake.script(raw(200, {**EVENTS, "content-encoding": "gzip"}, packed[:-30] + b"\0" * 30))
    assert isinstance(way.watch(**ask, stream=True).error, eq.EQError)


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
