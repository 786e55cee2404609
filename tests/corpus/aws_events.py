"""Amazon's event stream encoding, read by hand: frames with checked sums, their headers and payloads.

A frame is a prelude (its length, that of the headers, a CRC-32 of both), headers, the payload, and a CRC-32 of all of
it: https://smithy.io/2.0/aws/amazon-eventstream.html. Only headers that are strings occur.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PRELUDE = 12
_SUM = 4
_STRING = 7


@dataclass(frozen=True)
class Frame:
    """One event; ``start`` and ``end`` are its place in the body."""

    start: int
    end: int
    headers: Mapping[str, str]
    payload: bytes

    @property
    def said(self) -> bytes:
        """The payload; a model's own event lies in it as base64."""
        document = json.loads(self.payload)
        return base64.b64decode(document["bytes"]) if "bytes" in document else self.payload


def frames(body: bytes) -> Iterator[Frame]:
    """The whole frames of a body, which may break off inside the next one."""
    start = 0
    while len(body) - start >= _PRELUDE:
        length, head, told = struct.unpack_from(">III", body, start)
        assert told == zlib.crc32(body[start : start + 8]), f"the prelude at {start} is damaged"
        end = start + length
        if end > len(body):
            return
        [told] = struct.unpack_from(">I", body, end - _SUM)
        assert told == zlib.crc32(body[start : end - _SUM]), f"the frame at {start} is damaged"
        payload = start + _PRELUDE + head
        yield Frame(start, end, dict(_headers(body[start + _PRELUDE : payload])), body[payload : end - _SUM])
        start = end


def exception(kind: str, message: str) -> bytes:
    """A frame that no recording has: the failure of a stream that has begun."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return framed(headers, json.dumps({"message": message}).encode())


def framed(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One frame."""
    packed = b"".join(
        struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", _STRING, len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", _PRELUDE + len(packed) + len(payload) + _SUM, len(packed))
    frame = prelude + struct.pack(">I", zlib.crc32(prelude)) + packed + payload
    return frame + struct.pack(">I", zlib.crc32(frame))


def _headers(packed: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(packed):
        size = packed[at]
        name = packed[at + 1 : at + 1 + size].decode()
        kind, length = struct.unpack_from(">BH", packed, at + 1 + size)
        assert kind == _STRING, f"{name} is of kind {kind}"
        at += 1 + size + 3 + length
        yield name, packed[at - length : at].decode()
