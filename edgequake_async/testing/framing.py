"""HTTP/1.1 answers as the exact bytes to write: heads, length or chunked framing, content encodings, cuts.

An ``Answer`` is what the server writes, one TCP write per bytes item, sleeping for float items. Bodies may be
any iterable, so an endless chunked stream costs no memory; only a body framed by its length is gathered
first. Nothing here validates: a header that contradicts the body is written as asked.
"""

from __future__ import annotations

import http
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Literal, TypeVar, cast

Encoding = Literal["gzip", "deflate"]
Ending = Literal["keep", "close", "reset", "hang"]
Pieces = Iterable["bytes | float"]

_T = TypeVar("_T")

# zlib window bits: 31 writes a gzip wrapper, 15 the zlib wrapper that HTTP calls deflate.
_WINDOW_BITS: dict[Encoding, int] = {"gzip": 31, "deflate": 15}
LAST_CHUNK = b"0\r\n\r\n"
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True)
class Answer:
    """What to write: after ``delay`` seconds the head, then the body; then how the connection goes on."""

    head: bytes
    body: Pieces
    ending: Ending = "keep"
    delay: float = 0.0


def answer(
    status: int,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    pieces: Pieces,
    *,
    chunked: bool | None = False,
    encoding: Encoding | None = None,
    delay: float = 0.0,
) -> Answer:
    """Frame a body: by Content-Length (False), chunked (True), or by closing the connection (None).

    Framing and Date headers are added unless ``headers`` names them already.
    """
    lines = list(cast("Iterable[tuple[str, str]]", headers.items() if isinstance(headers, Mapping) else headers))
    if encoding is not None:
        pieces = _encoded(pieces, encoding)
        lines.append(("content-encoding", encoding))
    extra: list[tuple[str, str]] = []
    if status in _BODILESS:
        pieces = ()
    elif chunked is None:
        extra = [("connection", "close")]
    elif chunked:
        pieces, extra = _chunked(pieces), [("transfer-encoding", "chunked")]
    else:
        pieces = list(pieces)
        size = sum(len(piece) for piece in pieces if isinstance(piece, bytes))
        extra = [("content-length", str(size))]
    given = {name.lower() for name, _ in lines}
    extra.append(("date", formatdate(usegmt=True)))
    lines += [(name, value) for name, value in extra if name not in given]
    closes = any(name.lower() == "connection" and value.lower() == "close" for name, value in lines)
    return Answer(_head(status, lines), pieces, "close" if closes else "keep", delay)


def cut(whole: Answer, n_bytes: int | None, pieces: int | None, ending: Ending) -> Answer:
    """Keep the head and the first ``n_bytes`` or ``pieces`` of the body; neither means: not even the head."""
    if n_bytes is None and pieces is None:
        return replace(whole, head=b"", body=(), ending=ending)
    return replace(whole, body=_first(whole.body, n_bytes, pieces), ending=ending)


def spaced(items: Iterable[_T], gap: float) -> Iterator[_T | float]:
    """Put a pause of ``gap`` seconds between items, except where one of them is a pause itself."""
    owed = 0.0
    for item in items:
        pause = isinstance(item, (int, float))
        if owed and not pause:
            yield owed
        yield item
        owed = 0.0 if pause else gap


def _head(status: int, lines: Iterable[tuple[str, str]]) -> bytes:
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unassigned"
    text = f"HTTP/1.1 {status} {phrase}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    return text.encode("utf-8")


def _chunked(pieces: Pieces) -> Iterator[bytes | float]:
    for piece in pieces:
        if not isinstance(piece, bytes):
            yield piece
        elif piece:  # an empty chunk would end the body
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield LAST_CHUNK


def _encoded(pieces: Pieces, encoding: Encoding) -> Iterator[bytes | float]:
    packer = zlib.compressobj(wbits=_WINDOW_BITS[encoding])
    for piece in pieces:
        if isinstance(piece, bytes):
            # A sync flush per piece: otherwise the compressor, not the script, decides when bytes travel.
            yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
        else:
            yield piece
    yield packer.flush()


def _first(body: Pieces, n_bytes: int | None, pieces: int | None) -> Iterator[bytes | float]:
    bytes_left = float("inf") if n_bytes is None else n_bytes
    pieces_left = float("inf") if pieces is None else pieces
    for piece in body:
        if bytes_left <= 0 or pieces_left <= 0:
            return
        if isinstance(piece, bytes):
            pieces_left -= 1
            piece = piece if len(piece) <= bytes_left else piece[: int(bytes_left)]
            bytes_left -= len(piece)
        yield piece
