"""An HTTP/1.1 server on asyncio that writes exactly the bytes it is given and notices at once who leaves.

Promises keep-alive, pipelined requests answered in order, Expect: 100-continue, length-framed and chunked
request bodies of any size, one TCP write per piece (asyncio sets TCP_NODELAY; the next piece waits until the
kernel took the last one, so a slow reader holds the server back), and an abort recorded when the peer closes
or resets before the answer is finished. Refuses upgrades and HTTP/2. Knows nothing of models: ``respond``
decides what to write.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import cast

from .framing import LAST_CHUNK, Answer, answer
from .records import Headers, Ledger, Received

Respond = Callable[[Received], Awaitable[Answer]]
Turnstile = Callable[[], bool]

_HEAD_LIMIT = 1 << 20
_SLICE = 1 << 16  # a larger piece is handed over in slices, so that bytes_written grows while the peer reads
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINGER_ZERO = struct.pack("ii", 1, 0)  # close() then sends RST instead of FIN


class BadRequest(Exception):
    """The peer does not speak HTTP/1; carries the status to answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Connection(asyncio.Protocol):
    """One accepted connection and the task that serves its requests in turn."""

    def __init__(
        self,
        respond: Respond,
        ledger: Ledger,
        admit: Turnstile,
        live: set[Connection],
        send_buffer: int | None,
    ) -> None:
        self._respond = respond
        self._ledger = ledger
        self._admit = admit
        self._live = live
        self._send_buffer = send_buffer
        self._reader = asyncio.StreamReader(limit=_HEAD_LIMIT)
        self._writable = asyncio.Event()
        self._writable.set()
        self._record: Received | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._id = self._ledger.connected()
        self._live.add(self)
        if not self._admit():
            self._transport.abort()
            return
        if self._send_buffer is not None:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._send_buffer)
        self._transport.set_write_buffer_limits(high=1)  # 0 would pause TLS transports for ever
        self._reader.set_transport(self._transport)
        self._task = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._reader.feed_data(data)

    def eof_received(self) -> bool:
        self._gone()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone()
        self._live.discard(self)
        self._ledger.disconnected()

    def pause_writing(self) -> None:
        self._writable.clear()
        if self._record is not None:
            self._ledger.held_back(self._record, True)

    def resume_writing(self) -> None:
        self._writable.set()
        if self._record is not None:
            self._ledger.held_back(self._record, False)

    def abort(self) -> None:
        """Drop the connection and its task; no abort is recorded, since the peer did not leave."""
        self._record = None
        if self._task is not None:
            self._task.cancel()
        self._transport.abort()

    def _gone(self) -> None:
        if self._record is not None:
            self._ledger.aborted(self._record)
            self._record = None
            if self._task is not None:
                self._task.cancel()
        self._reader.feed_eof()

    async def _serve(self) -> None:
        try:
            while await self._exchange():
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer left between requests or inside one: nothing was owed to it
        except BadRequest as exc:
            body = f"{exc}\n".encode()
            refusal = answer(exc.status, {"content-type": "text/plain", "connection": "close"}, [body])
            await self._write(refusal, None)
        finally:
            self._transport.close()

    async def _exchange(self) -> bool:
        """Serve one request. Returns whether the connection may carry another."""
        method, target, version, headers = await self._read_head()
        body = await self._read_body(headers)
        record = self._ledger.received(method, target, headers, body, self._id)
        self._record = record
        reply = await self._respond(record)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if method == "HEAD":
            reply = Answer(reply.head, (), reply.ending)
        await self._write(reply, record)
        if reply.ending == "hang":
            await asyncio.get_running_loop().create_future()  # cancelled when the peer leaves
        self._record = None
        self._ledger.finished(record)
        if reply.ending == "reset":
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
            self._transport.abort()
        wants_close = headers.get("connection", "").lower() == "close" or version == "HTTP/1.0"
        return reply.ending == "keep" and not wants_close

    async def _write(self, reply: Answer, record: Received | None) -> None:
        await self._put(reply.head, record)
        for piece in reply.body:
            if not isinstance(piece, bytes):
                await asyncio.sleep(piece)
                continue
            # A turn of the loop per piece, or an endless body to a fast reader would starve everything else. Not
            # before the last chunk: clients that hang up on an end marker would count as aborts.
            if piece is not LAST_CHUNK:
                await asyncio.sleep(0)
            await self._put(piece, record)

    async def _put(self, data: bytes, record: Received | None) -> None:
        for start in range(0, len(data), _SLICE):
            part = data[start : start + _SLICE] if len(data) > _SLICE else data
            self._transport.write(part)
            await self._writable.wait()
            if record is not None:
                record.bytes_written += len(part)

    async def _read_head(self) -> tuple[str, str, str, Headers]:
        try:
            block = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as exc:
            raise BadRequest(431, "request head over 1 MiB") from exc
        first, *rest = block[:-4].decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise BadRequest(400, f"not an HTTP/1 request line: {first[:80]!r}")
        pairs = []
        for line in rest:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise BadRequest(400, f"not a header line: {line[:80]!r}")
            pairs.append((name, value.strip()))
        return words[0], words[1], words[2], Headers(pairs)

    async def _read_body(self, headers: Headers) -> bytes:
        chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        if not chunked and "content-length" not in headers:
            return b""
        if headers.get("expect", "").lower() == "100-continue":
            self._transport.write(_CONTINUE)
        if chunked:
            return await self._read_chunks()
        try:
            size = int(headers["content-length"])
        except ValueError as exc:
            raise BadRequest(400, "content-length is not a number") from exc
        if size < 0:
            raise BadRequest(400, "content-length is negative")
        return await self._reader.readexactly(size)

    async def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            line = await self._read_line()
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError as exc:
                raise BadRequest(400, f"not a chunk size: {line[:80]!r}") from exc
            if size == 0:
                break
            body += await self._reader.readexactly(size)
            if await self._reader.readexactly(2) != b"\r\n":
                raise BadRequest(400, "a chunk is longer than its size")
        while await self._read_line():
            pass  # trailers carry nothing that a fake provider needs
        return bytes(body)

    async def _read_line(self) -> bytes:
        try:
            return (await self._reader.readuntil(b"\r\n"))[:-2]
        except asyncio.LimitOverrunError as exc:
            raise BadRequest(400, "line over 1 MiB in a chunked body") from exc
