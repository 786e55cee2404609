"""A floor, and the ceiling of what the server answers: bytes over asyncio's sockets, with no limit on connections."""

from __future__ import annotations

import asyncio
import json
from typing import cast
from urllib.parse import urlsplit

from bodies import MESSAGES, MODEL

from adapters import KEY

BODY = json.dumps({"model": MODEL, "messages": MESSAGES}).encode()


class Connection(asyncio.Protocol):
    """One request at a time; a reply is whole when its Content-Length is there."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def exchange(self, request: bytes) -> asyncio.Future[bytes]:
        self.reply, self.missing = b"", 0
        self.answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answered

    def data_received(self, data: bytes) -> None:
        self.reply += data
        if not self.missing:
            head, blank, _ = self.reply.partition(b"\r\n\r\n")
            if not blank:
                return
            length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
            self.missing = len(head) + 4 + int(length)
        if len(self.reply) >= self.missing:
            self.answered.set_result(self.reply)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answered.done():
            self.answered.set_exception(exc or ConnectionError("closed before the reply was whole"))


class Client:
    """Connections that are free, and as many more as are asked for."""

    def __init__(self, base: str) -> None:
        url = urlsplit(base)
        self.free: list[Connection] = []
        self.host, self.port = url.hostname, url.port
        head = f"POST {url.path}/v1/chat/completions HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {KEY}\r\n"
        self.request = f"{head}Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY

    async def post(self) -> bytes:
        if self.free:
            connection = self.free.pop()
        else:
            _, connection = await asyncio.get_running_loop().create_connection(Connection, self.host, self.port)
        reply = await connection.exchange(self.request)
        self.free.append(connection)
        return reply


def connect(base: str) -> Client:
    return Client(base)


async def unary(client: Client) -> str:
    reply = await client.post()
    return reply.partition(b'"content": "')[2].partition(b'"')[0].decode()
