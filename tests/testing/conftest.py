"""Plain sockets and plain JSON to a running fake provider."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.config import Config

from edgequake_async.testing import FakeCoreX, FakeProvider

Post = Callable[..., tuple[HTTPResponse, bytes]]


class Told(NamedTuple):
    """What a server answered."""

    status: int
    head: HTTPResponse
    body: bytes

    @property
    def json(self) -> Any:
        """The body parsed."""
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The data of server-sent events, parsed where they are JSON."""
        lines = [line[6:] for line in self.body.decode().splitlines() if line.startswith("data: ")]
        return [line if line == "[DONE]" else json.loads(line) for line in lines]


Ask = Callable[..., Told]


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


@pytest.fixture
def open_bedrock() -> Iterator[Callable[..., Any]]:
    """Open boto3 clients of a fake provider, which sign with a made-up key; all are closed at the end."""
    opened = []

    def open_client(fake: FakeProvider, **options: Any) -> Any:
        keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        config = Config(retries={"total_max_attempts": 1})
        client = boto3.client("bedrock-runtime", endpoint_url=fake.host_url, config=config, **keys, **options)
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def bedrock(fake: FakeProvider, open_bedrock: Callable[..., Any]) -> Any:
    """boto3's client of the fake provider."""
    return open_bedrock(fake)


@pytest.fixture
def corex() -> Iterator[FakeCoreX]:
    """A fake CoreX of the test's own."""
    with FakeCoreX() as running:
        yield running


@pytest.fixture
def ask(corex: FakeCoreX) -> Iterator[Ask]:
    """Send a request with the key to the fake CoreX, over one connection per thread; bodies but bytes go as JSON."""
    connections: dict[int, HTTPConnection] = {}

    def send(method: str, path: str, body: Any = None, **headers: str) -> Told:
        fresh = HTTPConnection(corex.host_url.removeprefix("http://"), timeout=10)
        connection = connections.setdefault(threading.get_ident(), fresh)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        lines = {"authorization": f"Bearer {corex.api_key}", "content-type": "application/json"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, data, {**lines, **given})
        response = connection.getresponse()
        return Told(response.status, response, response.read())

    yield send
    for connection in connections.values():
        connection.close()
