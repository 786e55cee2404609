"""What reached the server: requests, aborts and connections, safe to read from any thread.

Promises that a request is recorded when its last body byte arrived and before its answer starts, and that an
abort carries the moment at which the server saw the connection end. A request whose body never arrived whole
is not recorded; only its connection is counted.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlsplit

_T = TypeVar("_T")


class Headers(Mapping[str, str]):
    """Request headers by case-insensitive name; repeated headers are joined with a comma and a space.

    ``raw`` keeps every line as it came: order, spelling and repetition.
    """

    __slots__ = ("_folded", "raw")

    def __init__(self, raw: Sequence[tuple[str, str]] = ()) -> None:
        self.raw = tuple(raw)
        self._folded: dict[str, str] = {}
        for name, value in self.raw:
            key = name.lower()
            self._folded[key] = f"{self._folded[key]}, {value}" if key in self._folded else value

    def __getitem__(self, name: str) -> str:
        return self._folded[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._folded)

    def __len__(self) -> int:
        return len(self._folded)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._folded

    def __repr__(self) -> str:
        return f"Headers({list(self.raw)!r})"


class Received:
    """One request as it arrived, and what became of its answer.

    ``number`` counts requests from 1 since the server started. ``target`` is the request target as sent
    (absolute when the client took the server for a proxy); ``path`` and ``query`` are parsed from it.
    ``connection_id`` counts connections from 1. ``at``, ``aborted_at`` and ``finished_at`` are
    ``time.monotonic()`` seconds, the latter two None until they happen. ``bytes_written`` counts answer bytes
    that the kernel accepted, head included; ``held_back`` is true while the client reads too slowly for the
    next write.
    """

    def __init__(
        self, number: int, method: str, target: str, headers: Headers, body: bytes, connection_id: int
    ) -> None:
        parts = urlsplit(target)
        self.number = number
        self.method = method
        self.target = target
        self.path = parts.path
        self.query: dict[str, str] = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.headers = headers
        self.body = body
        self.connection_id = connection_id
        self.at = time.monotonic()
        self.aborted_at: float | None = None
        self.finished_at: float | None = None
        self.bytes_written = 0
        self.held_back = False

    @property
    def json(self) -> Any:
        """The body parsed as JSON. Raises ValueError where it is not JSON."""
        return json.loads(self.body)

    @property
    def aborted(self) -> bool:
        """Whether the client closed the connection before the answer was finished."""
        return self.aborted_at is not None

    def __repr__(self) -> str:
        state = "aborted" if self.aborted else "finished" if self.finished_at is not None else "open"
        return f"<Received #{self.number} {self.method} {self.path} {len(self.body)} bytes, {state}>"


class Abort(NamedTuple):
    """A client that left early: its request, and the ``time.monotonic()`` at which the server saw it."""

    request: Received
    at: float


class Connections(NamedTuple):
    """Connections ``opened`` since the start or the last clear(), and ``open`` now."""

    opened: int
    open: int


class Ledger:
    """The shared book: the server thread writes, any thread reads and waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: list[Received] = []
        self._aborts: list[Abort] = []
        self._numbered = 0
        self._connected = 0
        self._opened = 0
        self._open = 0

    def requests(self) -> list[Received]:
        with self._changed:
            return list(self._requests)

    def connections(self) -> Connections:
        with self._changed:
            return Connections(self._opened, self._open)

    def clear(self) -> None:
        with self._changed:
            self._requests.clear()
            self._aborts.clear()
            self._opened = 0

    def connected(self) -> int:
        with self._changed:
            self._connected += 1
            self._opened += 1
            self._open += 1
            self._changed.notify_all()
            return self._connected

    def disconnected(self) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def received(self, method: str, target: str, headers: Headers, body: bytes, connection_id: int) -> Received:
        with self._changed:
            self._numbered += 1
            record = Received(self._numbered, method, target, headers, body, connection_id)
            self._requests.append(record)
            self._changed.notify_all()
            return record

    def finished(self, record: Received) -> None:
        with self._changed:
            record.finished_at = time.monotonic()
            self._changed.notify_all()

    def aborted(self, record: Received) -> None:
        with self._changed:
            record.aborted_at = time.monotonic()
            self._aborts.append(Abort(record, record.aborted_at))
            self._changed.notify_all()

    def held_back(self, record: Received, held: bool) -> None:
        with self._changed:
            record.held_back = held
            self._changed.notify_all()

    def wait_for(self, predicate: Callable[[], _T], timeout: float, what: str) -> _T:
        with self._changed:
            found = self._changed.wait_for(predicate, timeout)
        if not found:
            raise TimeoutError(f"{what}: not within {timeout} s")
        return found

    def wait_for_request(self, n: int, timeout: float) -> Received:
        self.wait_for(lambda: len(self._requests) >= n, timeout, f"request {n}")
        return self._requests[n - 1]

    def wait_for_abort(self, n: int, timeout: float) -> Abort:
        self.wait_for(lambda: len(self._aborts) >= n, timeout, f"abort {n}")
        return self._aborts[n - 1]
