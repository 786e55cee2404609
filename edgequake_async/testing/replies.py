"""What a script can answer: replies in the words of a model, exact bytes, and faults.

Each function returns a small frozen value; nothing is sent before the server takes it from the queue or from
a handler. Replies in the words of a model (text, stream, error) are put into the wire format of the request
they answer. Every delay and gap is in seconds. A body given as a sequence may be replayed; an iterator is
consumed once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .framing import Encoding, Pieces, spaced

HeaderLines: TypeAlias = "Mapping[str, str] | Sequence[tuple[str, str]]"
_EVENT_STREAM = "text/event-stream; charset=utf-8"


@dataclass(frozen=True)
class ToolCall:
    """A call the model makes: ``arguments`` is a JSON-able mapping, or a string sent as it is (even if broken).

    An empty ``id`` is replaced by one made from the request's number.
    """

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)
    id: str = ""

    @property
    def arguments_text(self) -> str:
        """The arguments as they travel."""
        if isinstance(self.arguments, str):
            return self.arguments
        return json.dumps(self.arguments, ensure_ascii=False)

    @property
    def arguments_object(self) -> Any:
        """The arguments for a protocol that sends them as an object; None where they are not JSON."""
        if not isinstance(self.arguments, str):
            return self.arguments
        try:
            return json.loads(self.arguments)
        except ValueError:
            return None


@dataclass(frozen=True)
class Common:
    """What every whole answer has besides its content."""

    delay: float = 0.0
    headers: HeaderLines = ()
    encoding: Encoding | None = None


@dataclass(frozen=True)
class Text(Common):
    """See text()."""

    content: str | None = ""
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str | None = None
    refusal: str | None = None
    finish_reason: str | None = None
    usage: Mapping[str, Any] | None = None
    model: str | None = None


@dataclass(frozen=True)
class Stream(Common):
    """See stream()."""

    pieces: Iterable[str | Mapping[str, Any] | float | Reply] = ()
    gap: float = 0.0
    first_delay: float = 0.0
    finish_reason: str | None = "stop"
    usage: Mapping[str, Any] | None = None
    done: bool = True
    model: str | None = None


@dataclass(frozen=True)
class Error(Common):
    """See error()."""

    status: int = 500
    message: str = ""
    code: str | int | None = None
    type: str | None = None
    param: str | None = None


@dataclass(frozen=True)
class Raw(Common):
    """See raw() and sse()."""

    status: int = 200
    pieces: Pieces = ()
    gap: float = 0.0
    chunked: bool | None = False


@dataclass(frozen=True)
class Verbatim:
    """See verbatim()."""

    pieces: Pieces
    gap: float
    delay: float


@dataclass(frozen=True)
class Fault:
    """See drop_after(), reset() and hang()."""

    ending: Literal["close", "reset", "hang"]
    n_bytes: int | None
    pieces: int | None
    reply: Reply | None
    delay: float


@dataclass(frozen=True)
class Slow:
    """See slow_head()."""

    delay: float
    reply: Reply | None


@dataclass(frozen=True)
class Refuse:
    """See refuse()."""


Reply: TypeAlias = "Text | Stream | Error | Raw | Verbatim | Fault | Slow | Refuse"


def text(
    content: str | None = "",
    *,
    tool_calls: Iterable[ToolCall] = (),
    reasoning: str | None = None,
    refusal: str | None = None,
    finish_reason: str | None = None,
    usage: Mapping[str, Any] | None = None,
    model: str | None = None,
    delay: float = 0.0,
    headers: HeaderLines = (),
    encoding: Encoding | None = None,
) -> Reply:
    """The model says this: one document, or a stream of small pieces where the request asks for a stream.

    ``finish_reason`` None means "tool_calls" with calls and "stop" without; ``usage`` replaces the counted
    usage object; ``model`` None repeats the requested one.
    """
    return Text(delay, headers, encoding, content, tuple(tool_calls), reasoning, refusal, finish_reason, usage, model)


def stream(
    pieces: Iterable[str | Mapping[str, Any] | float | Reply],
    *,
    gap: float = 0.0,
    first_delay: float = 0.0,
    finish_reason: str | None = "stop",
    usage: Mapping[str, Any] | None = None,
    done: bool = True,
    model: str | None = None,
    delay: float = 0.0,
    headers: HeaderLines = (),
    encoding: Encoding | None = None,
) -> Reply:
    """A stream, whatever the request asked for: one event and one TCP write per piece.

    A string is a content delta, a mapping is a whole delta, a float is a pause in place of ``gap``, which are the
    seconds between pieces; ``first_delay`` passes between the head and the first piece, ``delay`` before the head.
    An error() is told as the protocol tells it inside a stream, and ends it.
    ``finish_reason`` None and ``done`` False leave out the finishing event and the end marker. ``usage`` is sent
    even if not asked for.
    """
    return Stream(delay, headers, encoding, pieces, gap, first_delay, finish_reason, usage, done, model)


def error(
    status: int,
    message: str = "The fake provider was told to fail.",
    *,
    code: str | int | None = None,
    type: str | None = None,
    param: str | None = None,
    delay: float = 0.0,
    headers: HeaderLines = (),
    encoding: Encoding | None = None,
) -> Reply:
    """An error in the wire's own shape. ``type`` None takes the usual type of the status."""
    return Error(delay, headers, encoding, status, message, code, type, param)


def raw(
    status: int = 200,
    headers: HeaderLines = (),
    body: bytes | str | Mapping[str, Any] | Pieces = b"",
    *,
    gap: float = 0.0,
    chunked: bool | None = False,
    delay: float = 0.0,
    encoding: Encoding | None = None,
) -> Reply:
    """An answer byte for byte: a body, or pieces that are each one TCP write.

    A float among the pieces is a pause in place of ``gap``. A mapping is sent as JSON with its content type.
    ``chunked`` False frames by Content-Length, True by chunks, None by closing the connection. A framing header
    given in ``headers`` is kept, right or wrong.
    """
    if isinstance(body, Mapping):
        lines = list(headers.items() if isinstance(headers, Mapping) else headers)
        if not any(name.lower() == "content-type" for name, _ in lines):
            lines.append(("content-type", "application/json"))
        headers, body = lines, json.dumps(body, ensure_ascii=False)
    if isinstance(body, str):
        body = body.encode()
    pieces = (body,) if isinstance(body, bytes) else body
    return Raw(delay, headers, encoding, status, pieces, gap, chunked)


def sse(
    events: Iterable[str | bytes | Mapping[str, Any] | float],
    *,
    status: int = 200,
    gap: float = 0.0,
    delay: float = 0.0,
    headers: HeaderLines = (("content-type", _EVENT_STREAM),),
    encoding: Encoding | None = None,
) -> Reply:
    """Server-sent events of any protocol, one TCP write each.

    A mapping becomes ``data: <JSON>``, a string ``data: <string>``, bytes are written as they are, a float is
    a pause in place of ``gap``. No end marker is added.
    """
    pieces = [_event(item) for item in events] if isinstance(events, Sequence) else map(_event, events)
    return Raw(delay, headers, encoding, status, pieces, gap, True)


def verbatim(pieces: bytes | Pieces, *, gap: float = 0.0, delay: float = 0.0) -> Reply:
    """Bytes in place of an HTTP answer, head included, one TCP write each; then the connection is closed."""
    return Verbatim((pieces,) if isinstance(pieces, bytes) else pieces, gap, delay)


def drop_after(
    n_bytes: int | None = None, *, pieces: int | None = None, reply: Reply | None = None, delay: float = 0.0
) -> Reply:
    """Close the connection in the middle of ``reply`` (None: of the default answer).

    Sends the head and ``n_bytes`` of the body as framed on the wire, or ``pieces`` of its writes; neither: no head.
    """
    return Fault("close", n_bytes, pieces, reply, delay)


def reset(
    n_bytes: int | None = None, *, pieces: int | None = None, reply: Reply | None = None, delay: float = 0.0
) -> Reply:
    """As drop_after(), but with a TCP reset in place of an orderly close."""
    return Fault("reset", n_bytes, pieces, reply, delay)


def hang(n_bytes: int | None = None, *, pieces: int | None = None, reply: Reply | None = None) -> Reply:
    """As drop_after(), but falls silent instead of closing, until the client goes away."""
    return Fault("hang", n_bytes, pieces, reply, 0.0)


def slow_head(delay: float, reply: Reply | None = None) -> Reply:
    """``reply`` (None: the default answer), its head held for ``delay`` seconds."""
    return Slow(delay, reply)


def refuse() -> Reply:
    """Close the next connection once it is accepted; close a reused one when its request arrives."""
    return Refuse()


def steps(reply: Stream) -> Iterator[str | Mapping[str, Any] | float | Error]:
    """A scripted stream's pieces and pauses, up to an error. Raises TypeError for another reply among the pieces."""
    for piece in spaced(reply.pieces, reply.gap):
        if not isinstance(piece, (str, Mapping, int, float, Error)):
            raise TypeError(f"a stream cannot hold {type(piece).__name__}: expected text, a delta, a pause or an error")
        yield piece
        if isinstance(piece, Error):
            return


def _event(item: str | bytes | Mapping[str, Any] | float) -> bytes | float:
    if isinstance(item, Mapping):
        item = json.dumps(item, ensure_ascii=False)
    return f"data: {item}\n\n".encode() if isinstance(item, str) else item
