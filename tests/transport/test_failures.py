"""No answer: which class it is, what it says, and how often the request was sent."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from edgequake_async import acompletion
from edgequake_async.exceptions import APIConnectionError, BadRequestError, EQError
from edgequake_async.testing import FakeProvider, drop_after, raw, refuse, reset, stream, text, verbatim

pytestmark = pytest.mark.anyio

ASK: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]


def unused_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_connection_refused(target: dict[str, Any]) -> None:
    port = unused_port()
    with pytest.raises(APIConnectionError, match=f"Cannot connect to http://127.0.0.1:{port}") as raised:
        await acompletion(messages=ASK, **{**target, "api_base": f"http://127.0.0.1:{port}/v1", "num_retries": 1})
    assert raised.value.attempts == 2
    assert target["api_key"] not in str(raised.value)


async def test_a_name_that_does_not_exist(target: dict[str, Any]) -> None:
    with pytest.raises(APIConnectionError, match=r"Cannot connect to http://no-such-host\.invalid"):
        await acompletion(messages=ASK, **{**target, "api_base": "http://no-such-host.invalid/v1"})


@pytest.mark.parametrize("base", ["not a url", "ftp://127.0.0.1/v1", "http://127.0.0.1:99999/v1"])
async def test_a_base_url_that_is_none(target: dict[str, Any], base: str) -> None:
    with pytest.raises(BadRequestError, match="api_base"):
        await acompletion(messages=ASK, **{**target, "api_base": base})


# The fault, and whether anything of a head had arrived.
BEFORE_THE_HEAD = {
    "refused after accepting": refuse(),
    "closed before the head": drop_after(),
    "reset before the head": reset(),
    "not HTTP": verbatim(b"hello\r\n\r\n"),
    "half a head": verbatim(b"HTTP/1.1 200 OK\r\ncontent-le"),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", list(BEFORE_THE_HEAD))
async def test_no_head_is_a_connection_error_and_is_retried(
    fake: FakeProvider, target: dict[str, Any], fault: str, stream: bool
) -> None:
    fake.script(BEFORE_THE_HEAD[fault])
    with pytest.raises(APIConnectionError) as raised:
        await acompletion(messages=ASK, stream=stream, **target)
    assert target["api_key"] not in str(raised.value)
    assert fake.connections.opened == 1
    fake.clear()
    fake.script(BEFORE_THE_HEAD[fault])
    answer = await acompletion(messages=ASK, **{**target, "num_retries": 1})
    assert answer.choices[0].message.content
    assert fake.connections.opened == 2


CUT_BODIES = {
    "closed in the body": drop_after(20, reply=text("never whole")),
    "reset in the body": reset(20, reply=text("never whole")),
    "shorter than promised": raw(200, {"content-length": "500", "connection": "close"}, b'{"choices":[]}'),
}


@pytest.mark.parametrize("fault", list(CUT_BODIES))
async def test_a_body_cut_off_is_an_error_and_is_never_asked_for_again(
    fake: FakeProvider, target: dict[str, Any], fault: str
) -> None:
    fake.script(CUT_BODIES[fault])
    with pytest.raises(APIConnectionError):
        await acompletion(messages=ASK, **{**target, "num_retries": 3})
    assert len(fake.requests) == 1


@pytest.mark.parametrize("cut", [drop_after, reset])
async def test_a_stream_cut_off_keeps_what_arrived_and_is_never_asked_for_again(
    fake: FakeProvider, target: dict[str, Any], cut: Any
) -> None:
    fake.script(cut(pieces=3, reply=stream(["a", "b", "c", "d"], gap=0.01)))
    chunks = await acompletion(messages=ASK, stream=True, **{**target, "num_retries": 3})
    with pytest.raises(EQError) as raised:
        async for _ in chunks:
            pass
    assert isinstance(raised.value, APIConnectionError)
    assert raised.value.generated_content
    assert "abc".startswith(raised.value.generated_content)
    assert len(fake.requests) == 1
