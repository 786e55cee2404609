"""The paced upstream: a bytes-level HTTP/1.1 server, its own process, that lives until its stdin closes.

Promises: one write per reply, no parsing beyond the head and Content-Length, its own delay told to the client where
latency is the question. Refuses: chunked request bodies (411), unknown routes (404), and pipelining on timed routes.

    python upstream.py [--processes N]      prints its port, then serves

Routes, each as `/<route>/v1/...`:
    unary, burst, embed   the canned bodies at once; used where nginx is missing
    slow, brisk           the unary body after 300 or 200 ms
    first                 20 ms, then a chunk whose content is the server's own delay in ns; 20 ms later the end
    paced                 a chunk at once, then one a second, until the client leaves
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import cast

import bodies

SLOW_SECONDS = 0.3
BRISK_SECONDS = 0.2
FIRST_SECONDS = 0.02
PACE_SECONDS = 1.0
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def framed(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def whole(content_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


REPLIES = {route.encode(): whole(kind, build()) for route, (kind, _, build) in bodies.CANNED.items()}
PACED_CHUNK = framed(bodies.event({"content": " kettle"}))
STREAM_END = framed(bodies.event({}, "stop") + bodies.DONE) + b"0\r\n\r\n"
open_streams: set[asyncio.Transport] = set()


def write(transport: asyncio.Transport, data: bytes) -> None:
    if not transport.is_closing():
        transport.write(data)


def later(seconds: float, transport: asyncio.Transport) -> None:
    asyncio.get_running_loop().call_later(seconds, write, transport, REPLIES[b"unary"])


def first(transport: asyncio.Transport) -> None:
    loop = asyncio.get_running_loop()
    received = time.perf_counter_ns()

    def token() -> None:
        own = str(time.perf_counter_ns() - received)
        write(transport, STREAM_HEAD + framed(bodies.event({"content": own})))
        loop.call_later(FIRST_SECONDS, write, transport, STREAM_END)

    loop.call_later(FIRST_SECONDS, token)


def paced(transport: asyncio.Transport) -> None:
    write(transport, STREAM_HEAD + PACED_CHUNK)
    open_streams.add(transport)


TIMED: dict[bytes, Callable[[asyncio.Transport], None]] = {
    b"slow": partial(later, SLOW_SECONDS),
    b"brisk": partial(later, BRISK_SECONDS),
    b"first": first,
    b"paced": paced,
}


class Exchange(asyncio.Protocol):
    """One connection: buffers until a request is whole, then answers by its first path segment."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's transports do not inherit asyncio's
        self.buffer = b""
        self.refused = False

    def connection_lost(self, _exc: Exception | None) -> None:
        open_streams.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        if self.refused:
            return
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = LENGTH.search(head)
            if length is None and b"chunked" in head.lower():
                self.refuse(b"411 Length Required")
                return
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < size:
                return
            self.buffer = self.buffer[size:]
            self.answer(head.split(b"/", 2)[1])

    def answer(self, route: bytes) -> None:
        if reply := REPLIES.get(route):
            self.transport.write(reply)
        elif timed := TIMED.get(route):
            timed(self.transport)
        else:
            self.refuse(b"404 Not Found")

    def refuse(self, status: bytes) -> None:
        self.transport.write(b"HTTP/1.1 %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
        self.refused = True  # the client closes: closing here over unread bytes would reset away the answer


async def pace() -> None:
    while True:
        await asyncio.sleep(PACE_SECONDS)
        for transport in tuple(open_streams):
            write(transport, PACED_CHUNK)


async def serve(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Exchange, sock=listener, backlog=4096)
    pacer = loop.create_task(pace())
    orphaned = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), orphaned.set)
    await orphaned.wait()
    pacer.cancel()
    server.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--processes", type=int, default=1)
    processes: int = arguments.parse_args().processes
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(listener.getsockname()[1], flush=True)
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(listener))
    else:
        uvloop.run(serve(listener))


if __name__ == "__main__":
    main()
