"""A multipart request as the server reads it."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import HTTP
from typing import NamedTuple

from edgequake_async.testing import Received


class Sent(NamedTuple):
    """One part of a form."""

    name: str
    file_name: str | None
    content_type: str | None
    content: bytes


def parts(record: Received) -> list[Sent]:
    """The parts of a form, in order."""
    head = f"content-type: {record.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + record.body, policy=HTTP)
    return [
        Sent(
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_content_type() if "content-type" in part else None,
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]
