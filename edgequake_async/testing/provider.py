"""FakeProvider: a model provider on loopback, for testing programs that call one, in the protocol of the path.

Promises a real server on a real socket in its own thread with its own event loop, so asyncio, uvloop, trio
and plain synchronous callers are served alike, in this process or another. Without a script a small
deterministic model answers; scripts and handlers replace single answers by texts, streams, exact bytes or
faults. Needs the standard library only, reads no environment, reaches no network.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import ssl
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import replace
from types import TracebackType
from typing import Protocol, TypeAlias, TypeVar

from .framing import Answer, answer, cut, spaced
from .openai_ask import Refusal
from .records import Abort, Connections, Ledger, Received
from .replies import Error, Fault, Raw, Refuse, Reply, Slow, Stream, Text, Verbatim
from .server import Connection
from .wires import Wires

Handler: TypeAlias = "Callable[[Received], Reply | Awaitable[Reply | None] | None]"
_H = TypeVar("_H", bound=Handler)
_T = TypeVar("_T")

_BACKLOG = 4096
_LARGE_BODY = 1 << 16  # parsing more than this on the loop would delay the pieces of other streams


class Wire(Protocol):
    """A protocol that a fake provider speaks; each member raises openai_ask.Refusal for what it refuses."""

    def check_key(self, record: Received, key: str) -> None:
        """Refuse a request that does not carry ``key``."""

    def default(self, record: Received) -> Answer:
        """The answer where nothing is scripted."""
        ...

    def render(self, reply: Text | Stream | Error, record: Received) -> Answer:
        """A scripted reply in the format of the request."""
        ...

    def refuse(self, record: Received, refusal: Refusal) -> Answer:
        """The error that says why not."""
        ...


class FakeProvider:
    """A provider on 127.0.0.1, running between start() and close() or inside ``with`` / ``async with``.

    ``port`` 0 takes a free one. ``tls`` is a certificate file and a key file. ``require_key`` answers 401 to
    requests without ``api_key``, scripted or not. ``send_buffer`` (bytes) shrinks the kernel's send buffer,
    so that a slow reader holds the server back sooner. start() raises OSError where the port is taken.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: tuple[str, str] | None = None,
        api_key: str = "fake-key-0123456789abcdef",
        require_key: bool = False,
        send_buffer: int | None = None,
    ) -> None:
        self.api_key = api_key
        self._wire: Wire = Wires()
        self._port = port
        self._tls = tls
        self._require_key = require_key
        self._send_buffer = send_buffer
        self._ledger = Ledger()
        self._script: deque[Reply] = deque()
        self._handler: Handler | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> FakeProvider:
        """Listen; returns self. Does nothing where it listens already."""
        if self._thread is None:
            listening: Future[int] = Future()
            self._thread = threading.Thread(target=self._run, args=(listening,), name="fake-provider", daemon=True)
            self._thread.start()
            try:
                self._port = listening.result()
            except BaseException:
                self._thread.join()
                self._thread = None
                raise
        return self

    def close(self) -> None:
        """Stop listening, drop every connection, end the thread. Records stay readable."""
        thread, self._thread = self._thread, None
        if thread is not None and self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join()

    def __enter__(self) -> FakeProvider:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> FakeProvider:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def host_url(self) -> str:
        """The server's root: http://127.0.0.1:PORT, or https with ``tls``. Raises RuntimeError before
        start().
        """
        if self._thread is None:
            raise RuntimeError("the fake provider is not running: use it in a with block, or call start()")
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """What an OpenAI client takes as its base URL. Raises RuntimeError before start()."""
        return f"{self.host_url}/v1"

    @property
    def requests(self) -> list[Received]:
        """A copy of the requests received since the start or the last clear(), oldest first."""
        return self._ledger.requests()

    @property
    def connections(self) -> Connections:
        """Connections opened since the start or the last clear(), and open now."""
        return self._ledger.connections()

    def script(self, *replies: Reply) -> None:
        """Queue replies: each answers one request, in order, before the handler is asked again."""
        self._script.extend(replies)

    def on_request(self, handler: _H) -> _H:
        """Let ``handler`` choose the reply to each request that no script answers; usable as a decorator.

        It runs in the server's thread, may be async, and must not block. None leaves the answer to the model.
        An exception is answered with status 500 and its text.
        """
        self._handler = handler
        return handler

    def clear(self) -> None:
        """Forget records, queued replies and the handler. Connections stay open, all numbering goes on."""
        self._ledger.clear()
        self._script.clear()
        self._handler = None

    def wait_for_request(self, n: int = 1, timeout: float = 5.0) -> Received:
        """Block until ``n`` requests are recorded; returns the n-th.

        Raises TimeoutError after ``timeout`` seconds.
        """
        return self._ledger.wait_for_request(n, timeout)

    def wait_for_abort(self, timeout: float = 5.0, n: int = 1) -> Abort:
        """Block until ``n`` clients left before their answer was finished; returns the n-th such abort.

        Raises TimeoutError after ``timeout`` seconds.
        """
        return self._ledger.wait_for_abort(n, timeout)

    def wait_for(self, predicate: Callable[[], _T], timeout: float = 5.0) -> _T:
        """Block until ``predicate`` is true; returns what it returned.

        It is asked again when a request arrives, an answer ends, a client leaves, a connection opens or
        closes, and when a slow reader starts or stops holding an answer back. Raises TimeoutError after
        ``timeout`` seconds.
        """
        return self._ledger.wait_for(predicate, timeout, "condition")

    def bytes_written(self, record: Received) -> int:
        """Bytes of the answer to ``record`` that the kernel has accepted, head and framing included."""
        return record.bytes_written

    def _run(self, listening: Future[int]) -> None:
        # The selector loop whatever policy the process has set: the server must not change with its caller's
        # loop.
        if sys.platform == "win32":
            self._loop = asyncio.ProactorEventLoop()
        else:
            self._loop = asyncio.SelectorEventLoop()
        try:
            self._loop.run_until_complete(self._serve(listening))
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()

    async def _serve(self, listening: Future[int]) -> None:
        loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        live: set[Connection] = set()

        def accept() -> Connection:
            return Connection(self._respond, self._ledger, self._admit, live, self._send_buffer)

        try:
            context = None
            if self._tls is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*self._tls)
            server = await loop.create_server(accept, "127.0.0.1", self._port, ssl=context, backlog=_BACKLOG)
        except BaseException as exc:
            listening.set_exception(exc)
            return
        listening.set_result(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        # A selector loop accepts in a task per connection, which leaves its socket open where it is cancelled, or the
        # server closed, before its first turn. So accept no more, and let those tasks begin.
        with contextlib.suppress(NotImplementedError):
            loop.remove_reader(server.sockets[0])
        await asyncio.sleep(0)
        server.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for connection in tuple(live):
                connection.abort()
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    def _admit(self) -> bool:
        """Whether a new connection may stay; takes the refusal from the script where one is next."""
        if self._script and isinstance(self._script[0], Refuse):
            self._script.popleft()
            return False
        return True

    async def _respond(self, record: Received) -> Answer:
        try:
            if self._require_key:
                self._wire.check_key(record, self.api_key)
            reply = self._script.popleft() if self._script else None
            if reply is None and self._handler is not None:
                chosen = self._handler(record)
                reply = await chosen if inspect.isawaitable(chosen) else chosen
            if len(record.body) > _LARGE_BODY:
                return await asyncio.to_thread(_rendered, self._wire, reply, record)
            return _rendered(self._wire, reply, record)
        except Refusal as refusal:
            return self._wire.refuse(record, refusal)
        except Exception as exc:
            told = Refusal(500, f"The fake provider failed: {type(exc).__name__}: {exc}", code="fake_provider_failed")
            return self._wire.refuse(record, told)


def _rendered(wire: Wire, reply: Reply | None, record: Received) -> Answer:
    if reply is None:
        return wire.default(record)
    if isinstance(reply, Raw):
        pieces = spaced(reply.pieces, reply.gap)
        return answer(
            reply.status,
            reply.headers,
            pieces,
            chunked=reply.chunked,
            encoding=reply.encoding,
            delay=reply.delay,
        )
    if isinstance(reply, Verbatim):
        return Answer(b"", spaced(reply.pieces, reply.gap), "close", reply.delay)
    if isinstance(reply, Slow):
        whole = _rendered(wire, reply.reply, record)
        return replace(whole, delay=whole.delay + reply.delay)
    if isinstance(reply, Fault):
        whole = _rendered(wire, reply.reply, record)
        return cut(replace(whole, delay=whole.delay + reply.delay), reply.n_bytes, reply.pieces, reply.ending)
    if isinstance(reply, Refuse):
        return Answer(b"", (), "close")
    return wire.render(reply, record)
