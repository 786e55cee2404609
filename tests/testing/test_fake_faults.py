"""Faults, pace, pressure and aborts, byte by byte."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from http.client import RemoteDisconnected
from itertools import repeat
from typing import Any

import pytest

from edgequake_async.testing import (
    FakeProvider,
    Reply,
    drop_after,
    error,
    hang,
    raw,
    refuse,
    reset,
    slow_head,
    sse,
    stream,
    text,
    verbatim,
)

CHAT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode()
REQUEST = b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(CHAT), CHAT)
Connect = Callable[..., socket.socket]


def ask(connect: Connect) -> socket.socket:
    sock = connect()
    sock.sendall(REQUEST)
    return sock


def everything(sock: socket.socket) -> bytes:
    data = b""
    while piece := sock.recv(65536):
        data += piece
    return data


def ask_again(sock: socket.socket) -> None:
    sock.sendall(REQUEST)
    until(sock, b'"usage"')


def until(sock: socket.socket, end: bytes) -> bytes:
    data = b""
    while end not in data:
        piece = sock.recv(65536)
        assert piece, data
        data += piece
    return data


def test_drop_before_the_head(fake: FakeProvider, connect: Connect) -> None:
    fake.script(drop_after())
    assert everything(ask(connect)) == b""
    assert not fake.requests[0].aborted


def test_drop_after_bytes_keeps_the_promised_length(fake: FakeProvider, connect: Connect) -> None:
    fake.script(drop_after(5, reply=raw(200, body=b"0123456789")))
    head, _, body = everything(ask(connect)).partition(b"\r\n\r\n")
    assert b"content-length: 10" in head
    assert body == b"01234"


def test_drop_after_pieces_ends_without_the_last_chunk(fake: FakeProvider, connect: Connect) -> None:
    fake.script(drop_after(pieces=2, reply=stream(["a", "b", "c"])))
    body = everything(ask(connect)).partition(b"\r\n\r\n")[2]
    assert body.count(b"data: ") == 2
    assert b'"b"' in body
    assert not body.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("fault", [reset(), reset(3)])
def test_reset_is_a_tcp_reset(fake: FakeProvider, connect: Connect, fault: Reply) -> None:
    fake.script(fault)
    with pytest.raises(ConnectionResetError):
        everything(ask(connect))


def test_hang_is_silent_until_the_client_leaves(fake: FakeProvider, connect: Connect) -> None:
    fake.script(hang(pieces=1, reply=stream(["a", "b"])))
    sock = ask(connect)
    until(sock, b'"a"')
    sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        sock.recv(1)
    sock.close()
    assert fake.wait_for_abort().request is fake.requests[0]


def test_refuse_closes_a_new_connection_unread(fake: FakeProvider, connect: Connect) -> None:
    fake.script(refuse())
    sock = connect()
    assert sock.recv(1) == b""
    assert fake.requests == []
    assert fake.connections.opened == 1
    assert until(ask(connect), b"\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_refuse_closes_a_reused_connection_at_its_request(fake: FakeProvider, connect: Connect) -> None:
    fake.script(raw(200, body=b"first"), refuse())
    sock = ask(connect)
    until(sock, b"first")
    sock.sendall(REQUEST)
    assert everything(sock) == b""
    assert len(fake.requests) == 2


@pytest.mark.parametrize("reply", [slow_head(0.2), text("x", delay=0.2), slow_head(0.1, error(500, delay=0.1))])
def test_a_delayed_head(fake: FakeProvider, connect: Connect, reply: Reply) -> None:
    fake.script(reply)
    sock = ask(connect)
    sent = time.monotonic()
    sock.recv(1)
    assert time.monotonic() - sent >= 0.15


def test_pieces_arrive_apart_as_they_are_paced(fake: FakeProvider, connect: Connect) -> None:
    fake.script(stream(["a", 0.5, "b", "c"], gap=0.2, first_delay=0.3))
    asked = time.monotonic()
    sock = ask(connect)
    until(sock, b"\r\n\r\n")
    arrived = [until(sock, word) and time.monotonic() - asked for word in (b'"a"', b'"b"', b'"c"')]
    assert 0.3 <= arrived[0] < 0.8 <= arrived[1]
    assert arrived[2] >= 1.0


def test_raw_bytes_are_exact(fake: FakeProvider, connect: Connect) -> None:
    halves = "é".encode()
    headers = [("Content-Type", "x"), ("Set-Cookie", "1"), ("Set-Cookie", "2"), ("date", "now")]
    fake.script(raw(299, headers, [halves[:1], 0.05, halves[1:]], chunked=True))
    expected = b"HTTP/1.1 299 Unassigned\r\nContent-Type: x\r\nSet-Cookie: 1\r\nSet-Cookie: 2\r\ndate: now\r\n"
    expected += b"transfer-encoding: chunked\r\n\r\n1\r\n\xc3\r\n1\r\n\xa9\r\n0\r\n\r\n"
    assert until(ask(connect), b"0\r\n\r\n") == expected


def test_each_piece_is_one_packet(fake: FakeProvider, connect: Connect) -> None:
    fake.script(verbatim([b"HTT", b"P/1.1 200 OK\r\n\r", b"\nbody"], gap=0.1))
    sock = ask(connect)
    assert [sock.recv(100) for _ in range(4)] == [b"HTT", b"P/1.1 200 OK\r\n\r", b"\nbody", b""]


def test_empty_pieces_do_not_end_a_chunked_body(fake: FakeProvider, connect: Connect) -> None:
    fake.script(raw(200, body=[b"a", b"", b"b"], chunked=True))
    assert until(ask(connect), b"0\r\n\r\n").endswith(b"\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n")


def test_an_endless_body_starves_nobody(fake: FakeProvider, connect: Connect) -> None:
    served: list[bool] = []

    def endless() -> Iterator[bytes]:
        # 50,000 chunks of six bytes fit into the kernel's buffers: only the server's own turns let others in.
        for _ in range(50_000):
            if len(fake.requests) > 1:
                served.append(True)
                return
            yield b"x"

    fake.script(raw(200, body=endless(), chunked=True))
    first, second = connect(), connect()
    fake.wait_for(lambda: fake.connections.open == 2)
    first.sendall(REQUEST)
    second.sendall(REQUEST)
    until(second, b'"usage"')
    assert served


def test_bodies_framed_by_the_close(fake: FakeProvider, connect: Connect) -> None:
    fake.script(raw(200, body=b"until the end", chunked=None))
    answer = everything(ask(connect))
    assert answer.endswith(b"\r\n\r\nuntil the end")
    assert b"content-length" not in answer
    assert b"connection: close" in answer


def test_a_length_that_lies_is_kept(fake: FakeProvider, connect: Connect) -> None:
    fake.script(raw(200, {"Content-Length": "99", "Connection": "close"}, b"short"))
    answer = everything(ask(connect))
    assert answer.count(b"99") == 1
    assert answer.endswith(b"short")


def test_204_has_neither_body_nor_length(fake: FakeProvider, connect: Connect) -> None:
    fake.script(raw(204, {"connection": "close"}, b"ignored"))
    answer = everything(ask(connect))
    assert answer.endswith(b"\r\n\r\n")
    assert b"content-length" not in answer


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("deflate", zlib.decompress)])
def test_encodings(fake: FakeProvider, connect: Connect, encoding: str, unpack: Callable[[bytes], bytes]) -> None:
    fake.script(raw(200, {"connection": "close"}, b"x" * 1000, encoding=encoding))  # type: ignore[arg-type]
    head, _, body = everything(ask(connect)).partition(b"\r\n\r\n")
    assert f"content-encoding: {encoding}".encode() in head
    assert unpack(body) == b"x" * 1000


def test_an_encoded_stream_is_readable_at_every_piece(fake: FakeProvider, connect: Connect) -> None:
    fake.script(sse([{"n": 1}, 3600.0], encoding="gzip"))
    sock = ask(connect)
    body = until(sock, b"\r\n\r\n").partition(b"\r\n\r\n")[2] or sock.recv(65536)
    size, _, packed = body.partition(b"\r\n")
    assert zlib.decompressobj(wbits=31).decompress(packed[: int(size, 16)]) == b'data: {"n": 1}\n\n'


def test_sse_events_of_any_protocol(fake: FakeProvider, connect: Connect) -> None:
    fake.script(sse([{"type": "ping"}, "plain", b": note\n\n", b"event: x\r\ndata: 1\r\n\r\n"]))
    body = until(ask(connect), b"0\r\n\r\n")
    for event in (b'data: {"type": "ping"}\n\n', b"data: plain\n\n", b": note\n\n", b"event: x\r\ndata: 1\r\n\r\n"):
        assert event in body


@pytest.mark.parametrize("abruptly", [False, True])
@pytest.mark.parametrize("reply", [hang(), stream(repeat("tick"), gap=0.01), text("late", delay=3600)])
def test_an_abort_is_seen_at_once(fake: FakeProvider, connect: Connect, reply: Reply, abruptly: bool) -> None:
    fake.script(reply)
    sock = ask(connect)
    record = fake.wait_for_request()
    assert not record.aborted
    if abruptly:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    left = time.monotonic()
    sock.close()
    abort = fake.wait_for_abort()
    assert abort.request is record
    assert record.aborted
    assert record.finished_at is None
    assert left <= abort.at < left + 1.0
    fake.wait_for(lambda: fake.connections.open == 0)


def test_leaving_after_the_answer_is_no_abort(fake: FakeProvider, connect: Connect) -> None:
    sock = ask(connect)
    until(sock, b'"usage"')
    fake.wait_for(lambda: fake.requests[0].finished_at is not None)
    sock.close()
    fake.wait_for(lambda: fake.connections.open == 0)
    with pytest.raises(TimeoutError):
        fake.wait_for_abort(timeout=0.05)


def test_a_slow_reader_holds_the_server_back(fake: FakeProvider, connect: Connect) -> None:
    produced = 0

    def endless() -> Iterator[bytes]:
        nonlocal produced
        while True:
            produced += 1
            yield bytes(10_000)

    fake.script(raw(200, body=endless(), chunked=True))
    sock = connect(receive_buffer=65536)
    sock.sendall(REQUEST)
    record = fake.wait_for_request()
    fake.wait_for(lambda: record.held_back)
    other = connect()
    for _ in range(20):
        ask_again(other)
    stalled = fake.bytes_written(record)
    for _ in range(50):
        ask_again(other)
    assert fake.bytes_written(record) == stalled
    assert 0 < stalled < 20_000_000
    assert (produced - 1) * 10_000 <= stalled + 10_000
    # Reading what is buffered, and a little more, lets it go on.
    for _ in range(0, stalled + 1_000_000, 65536):
        sock.recv(65536, socket.MSG_WAITALL)
    assert fake.bytes_written(record) > stalled
    sock.close()
    assert fake.wait_for_abort().request is record


def test_a_small_send_buffer_holds_back_sooner() -> None:
    with FakeProvider(send_buffer=16384) as fake, socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        fake.script(raw(200, body=repeat(bytes(1000)), chunked=True))
        sock.connect(("127.0.0.1", int(fake.host_url.rpartition(":")[2])))
        sock.sendall(REQUEST)
        record = fake.wait_for_request()
        fake.wait_for(lambda: record.held_back)
        assert fake.bytes_written(record) < 500_000


def test_a_fault_befalls_a_refused_request_too(fake: FakeProvider, post: Callable[..., Any]) -> None:
    for path in ("/v1/chat/completions", "/v1/messages", "/v1/models/m:generateContent", "/model/m/converse"):
        fake.script(drop_after())
        with pytest.raises(RemoteDisconnected):
            post(path, {})
