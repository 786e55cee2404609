"""Plain sockets and plain JSON to a running fake provider."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from edgequake_async.testing import FakeProvider

Post = Callable[..., tuple[HTTPResponse, bytes]]


@pytest.fixture
def connect(fake: FakeProvider) -> Iterator[Callable[..., socket.socket]]:
    """Open sockets to the provider; all are closed at the end."""
    opened: list[socket.socket] = []

    def open_socket(receive_buffer: int | None = None) -> socket.socket:
        sock = socket.socket()
        opened.append(sock)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(10)
        sock.connect(("127.0.0.1", int(fake.host_url.rpartition(":")[2])))
        return sock

    yield open_socket
    for sock in opened:
        sock.close()


@pytest.fixture
def post(fake: FakeProvider) -> Iterator[Post]:
    """POST a JSON body (or bytes) over one kept-alive connection; gives the response and its whole body."""
    connection = HTTPConnection(fake.host_url.removeprefix("http://"), timeout=10)

    def send(path: str, body: Any, headers: dict[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", path, data, {"content-type": "application/json", **(headers or {})})
        response = connection.getresponse()
        return response, response.read()

    yield send
    connection.close()


@pytest.fixture
def chat(post: Post) -> Callable[..., Any]:
    """Ask one user message (or a list of messages); gives the parsed answer, which must have status 200."""

    def ask(messages: Any, **fields: Any) -> Any:
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        response, body = post("/v1/chat/completions", {"model": "m", "messages": messages, **fields})
        assert response.status == 200, body
        return json.loads(body)

    return ask
