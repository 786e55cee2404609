"""Content encodings of whole replies and of streams, and bodies of every size."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import zstandard

from edgequake_async import acompletion
from edgequake_async.exceptions import APIResponseValidationError, BadRequestError, EQError
from edgequake_async.testing import FakeProvider, raw, sse, text

pytestmark = pytest.mark.anyio

ASK: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]
WORDS = "Grüße, 世界! " * 1000
ANSWER = json.dumps(
    {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": WORDS}, "finish_reason": "stop"}],
    }
).encode()
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "deflate": zlib.compress,
}


@pytest.mark.parametrize("encoding", list(PACK))
async def test_encoded_replies(fake: FakeProvider, target: dict[str, Any], encoding: str) -> None:
    headers = {"content-type": "application/json", "content-encoding": encoding}
    fake.script(raw(200, headers, PACK[encoding](ANSWER)))
    response = await acompletion(messages=ASK, **target)
    assert response.choices[0].message.content == WORDS
    offered = {name.strip() for name in fake.requests[0].headers["accept-encoding"].split(",")}
    assert {"gzip", "br", "zstd"} <= offered


@pytest.mark.parametrize("encoding", list(PACK))
async def test_encoded_errors(fake: FakeProvider, target: dict[str, Any], encoding: str) -> None:
    body = json.dumps({"error": {"message": "this is what is wrong", "code": "wrong"}}).encode()
    fake.script(raw(400, {"content-type": "application/json", "content-encoding": encoding}, PACK[encoding](body)))
    with pytest.raises(BadRequestError, match="this is what is wrong"):
        await acompletion(messages=ASK, **target)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_an_encoded_stream_arrives_piece_by_piece(
    fake: FakeProvider, target: dict[str, Any], encoding: Any
) -> None:
    def event(content: str, finish: str | None = None) -> dict[str, Any]:
        return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]}

    # After the first event the server falls silent: it must be readable by then.
    fake.script(sse([event("first"), 3600.0, event("late")], encoding=encoding))
    chunks = await acompletion(messages=ASK, stream=True, timeout=30, **target)
    assert (await chunks.__anext__()).choices[0].delta.content == "first"
    await chunks.aclose()


async def test_a_damaged_encoding_is_an_error_that_says_so(fake: FakeProvider, target: dict[str, Any]) -> None:
    damaged = bytearray(gzip.compress(ANSWER))
    damaged[20:60] = bytes(40)
    fake.script(raw(200, {"content-type": "application/json", "content-encoding": "gzip"}, bytes(damaged)))
    with pytest.raises(APIResponseValidationError, match="content encoding"):
        await acompletion(messages=ASK, **target)
    assert len(fake.requests) == 1


async def test_a_body_that_is_not_encoded_as_it_says(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(raw(200, {"content-type": "application/json", "content-encoding": "br"}, ANSWER))
    with pytest.raises(EQError):
        await acompletion(messages=ASK, **target)


async def test_ten_megabytes_each_way(fake: FakeProvider, target: dict[str, Any]) -> None:
    large = "0123456789" * 1_000_000
    fake.script(text(large))
    response = await acompletion(messages=[{"role": "user", "content": large}], **target)
    assert response.choices[0].message.content == large
    assert fake.requests[0].json["messages"][0]["content"] == large


async def test_a_chunked_body_in_single_bytes(fake: FakeProvider, target: dict[str, Any]) -> None:
    small = ANSWER.replace(json.dumps(WORDS).encode(), b'"tiny"')
    fake.script(raw(200, {"content-type": "application/json"}, [bytes([byte]) for byte in small], chunked=True))
    response = await acompletion(messages=ASK, **target)
    assert response.choices[0].message.content == "tiny"


async def test_a_body_that_the_closing_connection_ends(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(raw(200, {"content-type": "application/json"}, ANSWER, chunked=None))
    response = await acompletion(messages=ASK, **target)
    assert response.choices[0].message.content == WORDS
