"""Recorded answers on a real socket: the fake provider serves one exchange by id, cut as the address asks.

The cut is part of the base URL, so that one server answers many exchanges at once. ``recorded`` writes the
pieces that the recorder saw (the whole body where it noted none); a number writes pieces of that many bytes.
``severed`` and ``torn`` end a stream too early, though properly framed: before the first event that holds a
finish reason, and inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, pairwise

from edgequake_async.testing import FakeProvider, Received, Reply, raw

from .aws_events import frames
from .recordings import Exchange

RECORDED, SEVERED, TORN = "recorded", "severed", "torn"
_DRIBBLE = ((1, 4_000), (7, 30_000), (64, 1_000_000))  # (piece, largest body): 560,000 writes in all
_FINISH = re.compile(rb'"(?:finish_reason|stop_reason|finishReason|done_reason|stopReason)": ?"[a-zA-Z_]')
_USUAL_TYPES = {
    "eventstream": "application/vnd.amazon.eventstream",
    "ndjson": "application/x-ndjson",
    "sse": "text/event-stream",
}
_EVENT_END = {"ndjson": re.compile(rb"\n"), "sse": re.compile(rb"\r\n\r\n|\n\n|\r\r")}


class Replay:
    """Makes ``fake`` serve ``exchanges``."""

    def __init__(self, fake: FakeProvider, exchanges: Iterable[Exchange]) -> None:
        self._exchanges = {exchange.id: exchange for exchange in exchanges}
        self._fake = fake
        fake.on_request(self._answer)

    def base_url(self, exchange: Exchange, cut: str) -> str:
        """What to pass as ``api_base``."""
        return f"{self._fake.host_url}/v1/{exchange.id}/{cut}"

    def received(self) -> dict[str, Received]:
        """The last request received for each exchange, by the exchange's id."""
        return {_address(record)[0]: record for record in self._fake.requests}

    def _answer(self, record: Received) -> Reply:
        name, cut = _address(record)
        exchange = self._exchanges[name]
        headers = {**exchange.headers, "content-type": content_type(exchange)}
        return raw(exchange.status, headers, list(pieces(exchange, cut)), chunked=exchange.stream)


def cuts(exchange: Exchange) -> list[str]:
    """The ways in which an exchange is served whole: small pieces only where few enough to be quick."""
    size = len(exchange.body)
    return [RECORDED, *(str(piece) for piece, limit in _DRIBBLE if size <= limit and exchange.stream)]


def pieces(exchange: Exchange, cut: str) -> Iterator[bytes]:
    """The body, one item per TCP write."""
    body = exchange.body
    if cut == SEVERED:
        yield severed(exchange).body
    elif cut == TORN:
        yield body[: _finish(exchange) + 4]
    elif cut == RECORDED:
        ends = [*accumulate(exchange.chunk_bytes, initial=0), len(body)]
        yield from (body[start:end] for start, end in pairwise(ends) if end > start)
    else:
        size = int(cut)
        yield from (body[start : start + size] for start in range(0, len(body), size))


def severed(exchange: Exchange) -> Exchange:
    """The exchange as it would have been recorded had the connection ended before the finishing event."""
    finish = _finish(exchange)
    end = max((end for end in _event_ends(exchange) if end <= finish), default=0)
    return replace(exchange, body=exchange.body[:end])


def failing(exchange: Exchange, told: bytes) -> Exchange:
    """The exchange as it would have been recorded had its stream ended with these bytes before it was finished."""
    return replace(exchange, body=severed(exchange).body + told, chunk_bytes=())


def content_type(exchange: Exchange) -> str:
    """As recorded, else what the kind of body is usually called."""
    return exchange.headers.get("content-type") or _USUAL_TYPES.get(exchange.body_kind, "application/json")


def _finish(exchange: Exchange) -> int:
    """A place inside the event that says why the answer ended."""
    if exchange.body_kind == "eventstream":
        places = ((frame.start + frame.end) // 2 for frame in frames(exchange.body) if _FINISH.search(frame.said))
        return next(places, 0)
    found = _FINISH.search(exchange.body)
    return found.start() if found else 0


def _event_ends(exchange: Exchange) -> Iterator[int]:
    if exchange.body_kind == "eventstream":
        yield from (frame.end for frame in frames(exchange.body))
    elif exchange.body_kind in _EVENT_END:
        yield from (gap.end() for gap in _EVENT_END[exchange.body_kind].finditer(exchange.body))


def _address(record: Received) -> tuple[str, str]:
    _, _, name, cut, *_ = record.path.split("/")
    return name, cut
