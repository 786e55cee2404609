"""The HTTP/1.1 that the fake provider speaks, seen from plain sockets."""

from __future__ import annotations

import gc
import http.client
import json
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme

from edgequake_async.testing import FakeProvider, raw, text

CHAT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode()
MODELS = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"
Connect = Callable[..., socket.socket]


def head_of(sock: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        piece = sock.recv(1)
        assert piece, data
        data += piece
    return data


def everything(sock: socket.socket) -> bytes:
    data = b""
    while piece := sock.recv(65536):
        data += piece
    return data


def test_one_connection_serves_many_requests(fake: FakeProvider) -> None:
    connection = http.client.HTTPConnection(fake.host_url.removeprefix("http://"), timeout=10)
    for _ in range(100):
        connection.request("POST", "/v1/chat/completions", CHAT)
        response = connection.getresponse()
        assert response.status == 200
        response.read()
    connection.close()
    assert fake.connections.opened == 1
    assert {record.connection_id for record in fake.requests} == {1}
    fake.wait_for(lambda: fake.connections.open == 0)


def test_pipelined_requests_are_answered_in_order(fake: FakeProvider, connect: Connect) -> None:
    fake.script(raw(200, body=b"one", delay=0.05), raw(200, {"connection": "close"}, b"two"))
    sock = connect()
    sock.sendall(MODELS * 2)
    answer = everything(sock)
    assert answer.index(b"one") < answer.index(b"two")


def test_a_request_in_single_bytes_is_one_request(fake: FakeProvider, connect: Connect) -> None:
    sock = connect()
    head = b"POST /v1/chat/completions?a=1&b= HTTP/1.1\r\nX-Twice: 1\r\nx-twice: 2\r\n"
    for byte in head + b"Content-Length: %d\r\n\r\n" % len(CHAT) + CHAT:
        sock.sendall(bytes([byte]))
    assert head_of(sock).startswith(b"HTTP/1.1 200 OK\r\n")
    (record,) = fake.requests
    assert (record.path, record.query) == ("/v1/chat/completions", {"a": "1", "b": ""})
    assert record.headers["X-TWICE"] == "1, 2"
    assert "x-Twice" in record.headers
    assert "absent" not in record.headers
    assert record.headers.raw[:2] == (("X-Twice", "1"), ("x-twice", "2"))
    assert record.json == json.loads(CHAT)


def test_expect_continue_is_answered_before_the_body(fake: FakeProvider, connect: Connect) -> None:
    sock = connect()
    length = b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(CHAT)
    sock.sendall(b"POST /v1/chat/completions HTTP/1.1\r\n" + length)
    assert head_of(sock) == b"HTTP/1.1 100 Continue\r\n\r\n"
    sock.sendall(CHAT)
    assert head_of(sock).startswith(b"HTTP/1.1 200 OK\r\n")


def test_chunked_request_bodies_with_extensions_and_trailers(fake: FakeProvider, connect: Connect) -> None:
    sock = connect()
    sock.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    sock.sendall(b"%x;note=1\r\n%b\r\n" % (10, CHAT[:10]))
    sock.sendall(b"%X\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (len(CHAT) - 10, CHAT[10:]))
    assert head_of(sock).startswith(b"HTTP/1.1 200 OK\r\n")
    assert fake.requests[0].body == CHAT


def test_a_body_of_100_megabytes(fake: FakeProvider, connect: Connect) -> None:
    fake.script(raw(200, {"connection": "close"}, b"ok"))
    sock = connect()
    sock.settimeout(60)
    size = 100_000_000
    sock.sendall(b"POST /upload HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size)
    block = bytes(1_000_000)
    for _ in range(size // len(block)):
        sock.sendall(block)
    assert everything(sock).endswith(b"ok")
    assert len(fake.requests[0].body) == size


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"not http\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
    ],
)
def test_what_is_not_http_gets_400_and_a_close(fake: FakeProvider, connect: Connect, request_bytes: bytes) -> None:
    sock = connect()
    sock.sendall(request_bytes)
    assert everything(sock).startswith(b"HTTP/1.1 400 ")
    assert fake.requests == []


def test_connections_close_when_the_client_asks(connect: Connect) -> None:
    for request in (b"GET /v1/models HTTP/1.0\r\n\r\n", MODELS[:-2] + b"Connection: close\r\n\r\n"):
        sock = connect()
        sock.sendall(request)
        assert everything(sock).startswith(b"HTTP/1.1 200 OK\r\n")


def test_head_requests_have_no_body(connect: Connect) -> None:
    sock = connect()
    sock.sendall(b"HEAD /v1/models HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert everything(sock).endswith(b"\r\n\r\n")


def test_absolute_targets_as_sent_to_a_proxy(fake: FakeProvider, connect: Connect) -> None:
    sock = connect()
    sock.sendall(b"GET http://api.example.com/v1/models HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert everything(sock).startswith(b"HTTP/1.1 200 OK\r\n")
    (record,) = fake.requests
    assert (record.target, record.path) == ("http://api.example.com/v1/models", "/v1/models")


def test_a_thousand_connections_at_once(fake: FakeProvider, connect: Connect) -> None:
    socks = [connect() for _ in range(1000)]
    fake.wait_for(lambda: fake.connections.open == 1000)
    for sock in socks:
        sock.sendall(MODELS)
    for sock in socks:
        assert head_of(sock).startswith(b"HTTP/1.1 200 OK\r\n")
    assert len(fake.requests) == 1000


def test_threads_share_one_provider(fake: FakeProvider) -> None:
    def ask(number: int) -> str:
        connection = http.client.HTTPConnection(fake.host_url.removeprefix("http://"), timeout=10)
        messages = [{"role": "user", "content": f"number {number}"}]
        connection.request("POST", "/v1/chat/completions", json.dumps({"model": "m", "messages": messages}))
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return str(answer["choices"][0]["message"]["content"])

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(200))) == [f"You said: number {n}" for n in range(200)]


def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate.private_key_pem.write_to_path(key)
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with FakeProvider(tls=(str(chain), str(key))) as fake:
        assert fake.base_url.startswith("https://127.0.0.1:")
        host = fake.host_url.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, context=context, timeout=10)
        big = "word " * 200_000
        fake.script(text(big))
        for expected in (big, "You said: hi"):
            connection.request("POST", "/v1/chat/completions", CHAT)
            answer = json.loads(connection.getresponse().read())
            assert answer["choices"][0]["message"]["content"] == expected
        connection.close()
        assert fake.connections.opened == 1


def test_start_and_close_may_be_repeated_and_leave_no_thread() -> None:
    before = threading.active_count()
    fake = FakeProvider()
    with pytest.raises(RuntimeError, match="not running"):
        _ = fake.base_url
    fake.start()
    port = fake.host_url.rpartition(":")[2]
    fake.start()
    assert fake.host_url.rpartition(":")[2] == port
    with pytest.raises(OSError):
        FakeProvider(port=int(port)).start()
    fake.close()
    fake.close()
    assert threading.active_count() == before
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=5)


def test_close_does_not_wait_for_clients(connect: Connect, fake: FakeProvider) -> None:
    fake.on_request(lambda record: raw(200, body=b"late", delay=3600))
    sock = connect()
    sock.sendall(MODELS)
    fake.wait_for_request()
    fake.close()
    assert everything(sock) == b""
    assert fake.connections.open == 0
    assert not fake.requests[0].aborted


def test_closing_leaves_no_socket_open() -> None:
    """Also of connections that are being accepted: clients open more than they use."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(30):
            with FakeProvider() as fake:
                address = ("127.0.0.1", int(fake.host_url.rpartition(":")[2]))
                clients = [socket.create_connection(address) for _ in range(3)]
            for client in clients:
                client.close()
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
