"""The pool: connections are kept and used again, as many are opened as are needed, and stale ones do no harm."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from edgequake_async import acompletion, completion
from edgequake_async.testing import FakeProvider, raw, text

pytestmark = pytest.mark.anyio

ASK: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]


async def test_a_hundred_calls_in_a_row_use_one_connection(fake: FakeProvider, target: dict[str, Any]) -> None:
    for _ in range(100):
        await acompletion(messages=ASK, **target)
    # One, and a second where a call starts in the moment between an answer's last byte and the pool taking it back.
    assert fake.connections.opened <= 2
    assert len(fake.requests) == 100


async def test_streams_read_to_their_end_keep_the_connection(fake: FakeProvider, target: dict[str, Any]) -> None:
    for _ in range(20):
        async for _ in await acompletion(messages=ASK, stream=True, **target):
            pass
    # A body whose last frame comes in a later packet than its end marker costs its connection.
    assert fake.connections.opened <= 10


async def test_errors_keep_the_connection(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.on_request(lambda record: raw(404, {}, {"error": {"message": "no such thing"}}))
    for _ in range(20):
        with pytest.raises(Exception, match="no such thing"):
            await acompletion(messages=ASK, **target)
    assert fake.connections.opened <= 2


async def test_a_thousand_calls_at_once(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.on_request(lambda record: text(record.json["user"]))
    answers: list[str | None] = []

    async def one(number: int) -> None:
        response = await acompletion(messages=ASK, user=str(number), **target)
        assert response.choices[0].message.content == str(number)
        answers.append(response.choices[0].message.content)

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            for number in range(1000):
                group.start_soon(one, number)
    assert sorted(answers, key=lambda answer: int(answer or 0)) == [str(number) for number in range(1000)]
    assert len(fake.requests) == 1000


def test_loops_and_threads_share_the_pool(fake: FakeProvider, target: dict[str, Any]) -> None:
    for _ in range(5):
        asyncio.run(_call(target))
        completion(messages=ASK, **target)
        thread = threading.Thread(target=lambda: completion(messages=ASK, **target))
        thread.start()
        thread.join()
    assert len(fake.requests) == 15
    assert fake.connections.opened <= 2


async def _call(target: dict[str, Any]) -> None:
    await acompletion(messages=ASK, **target)


async def test_two_keys_share_a_connection_and_nothing_else(fake: FakeProvider, target: dict[str, Any]) -> None:
    for key in ("first-tenant", "second-tenant") * 5:
        await acompletion(messages=ASK, **{**target, "api_key": key})
    sent = [record.headers["authorization"] for record in fake.requests]
    assert sent == ["Bearer first-tenant", "Bearer second-tenant"] * 5
    assert fake.connections.opened <= 2


REPLY = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"pong"},"finish_reason":"stop"}]}'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(REPLY)


@contextlib.contextmanager
def one_answer_per_connection(family: socket.AddressFamily = socket.AF_INET) -> Iterator[tuple[str, list[str]]]:
    """A server that promises keep-alive and closes each connection after its first answer, which it does not announce.

    Gives its base URL, and the list of what it did.
    """
    log: list[str] = []
    host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    with socket.create_server((host, 0), family=family, backlog=64) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    data = b""
                    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
                        piece = connection.recv(65536)
                        if not piece:
                            break
                        data += piece
                    if data:
                        log.append("answered")
                        connection.sendall(HEAD + REPLY)
                    connection.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=serve)
        thread.start()
        bracketed = f"[{host}]" if ":" in host else host
        yield f"http://{bracketed}:{listener.getsockname()[1]}/v1", log
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_a_kept_connection_that_the_server_closed_is_survived(target: dict[str, Any]) -> None:
    with one_answer_per_connection() as (url, log):
        for _ in range(30):
            response = await acompletion(messages=ASK, **{**target, "api_base": url, "num_retries": 1})
            assert response.choices[0].message.content == "pong"
        assert log == ["answered"] * 30


async def test_ipv6_loopback(target: dict[str, Any]) -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with one_answer_per_connection(socket.AF_INET6) as (url, log):
        response = await acompletion(messages=ASK, **{**target, "api_base": url})
        assert response.choices[0].message.content == "pong"
        assert log == ["answered"]
