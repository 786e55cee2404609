"""AWS event-stream frames: lengths, headers, a payload, and two CRC-32 checksums.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html describes the framing; the names of the
headers are those of recorded Bedrock traffic.
"""

from __future__ import annotations

import struct
import zlib

_STRING = 7  # the type of a header's value


def event(kind: str, payload: bytes) -> bytes:
    """One event of the stream, with JSON in it."""
    return frame([(":event-type", kind), (":content-type", "application/json"), (":message-type", "event")], payload)


def exception(kind: str, payload: bytes) -> bytes:
    """The exception that ends a stream, with JSON in it."""
    told = [(":exception-type", kind), (":content-type", "application/json"), (":message-type", "exception")]
    return frame(told, payload)


def frame(headers: list[tuple[str, str]], payload: bytes) -> bytes:
    """One message as it travels."""
    head = b"".join(_header(name, value) for name, value in headers)
    # Twelve bytes of lengths and their checksum before, four of the whole's checksum after.
    prelude = struct.pack(">II", 12 + len(head) + len(payload) + 4, len(head))
    body = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + payload
    return body + struct.pack(">I", zlib.crc32(body))


def _header(name: str, value: str) -> bytes:
    written, said = name.encode(), value.encode()
    return bytes([len(written)]) + written + struct.pack(">BH", _STRING, len(said)) + said
