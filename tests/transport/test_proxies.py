"""Proxies from the environment, each in a process of its own: used for HTTP, tunnelled through for HTTPS, left out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from edgequake_async.testing import FakeProvider

from .conftest import Authority


class Proxy:
    """A forward proxy on loopback that notes each request line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.credentials: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        workers: list[threading.Thread] = []
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                workers.append(threading.Thread(target=self._serve, args=(client,)))
                workers[-1].start()
        for worker in workers:
            worker.join()

    def _serve(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(65536)
                if not piece:
                    return
                head += piece
            line, *headers = head.split(b"\r\n\r\n")[0].decode().split("\r\n")
            self.lines.append(line)
            self.credentials += [header for header in headers if header.lower().startswith("proxy-authorization")]
            method, where, _ = line.split()
            host = where if method == "CONNECT" else where.split("/")[2]
            name, _, port = host.partition(":")
            with socket.create_connection((name, int(port))) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    server.sendall(head)
                back = threading.Thread(target=_pump, args=(server, client))
                back.start()
                _pump(client, server)
                back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with_log = Proxy()
    yield with_log
    with_log.close()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_http_goes_through_the_proxy(
    fake: FakeProvider, proxy: Proxy, one_call: Callable[..., str], variable: str
) -> None:
    assert one_call(fake.base_url, **{variable: f"http://{proxy.address}"}).startswith("answer: ")
    assert proxy.lines == [f"POST {fake.base_url}/chat/completions HTTP/1.1"]
    assert len(fake.requests) == 1


def test_https_is_tunnelled(
    secure: FakeProvider, authority: Authority, proxy: Proxy, one_call: Callable[..., str]
) -> None:
    address = f"http://{proxy.address}"
    assert one_call(secure.base_url, HTTPS_PROXY=address, SSL_CERT_FILE=authority.ca).startswith("answer: ")
    assert proxy.lines == [f"CONNECT {secure.host_url.removeprefix('https://')} HTTP/1.1"]


@pytest.mark.parametrize("exception", ["127.0.0.1", "localhost,127.0.0.0/8"])
def test_no_proxy_leaves_it_out(fake: FakeProvider, proxy: Proxy, one_call: Callable[..., str], exception: str) -> None:
    environment = {"HTTP_PROXY": f"http://{proxy.address}", "NO_PROXY": exception}
    assert one_call(fake.base_url, **environment).startswith("answer: ")
    assert proxy.lines == []


def test_the_proxys_credentials_are_sent_to_it_and_told_to_nobody(
    fake: FakeProvider, proxy: Proxy, one_call: Callable[..., str]
) -> None:
    assert one_call(fake.base_url, HTTP_PROXY=f"http://user:hidden@{proxy.address}").startswith("answer: ")
    assert proxy.credentials == ["proxy-authorization: Basic dXNlcjpoaWRkZW4="]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://user:hidden@127.0.0.1:{unused.getsockname()[1]}"
        failed = one_call(fake.base_url, HTTP_PROXY=nobody)
    assert failed.startswith("APIConnectionError: ")
    assert "hidden" not in failed
