"""multipart/form-data, read strictly: what RFC 7578 does not allow is refused with status 400.

Content is never decoded, searched for line ends or trimmed, so that any bytes come out as they went in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from ..records import Received
from .call import Refused

_BOUNDARY = re.compile(r"multipart/form-data\s*;(?:.*;)?\s*boundary=(\"[^\"]{1,70}\"|[^\s;\"]{1,70})", re.IGNORECASE)
_PARAMETER = re.compile(r";\s*([\w*]+)=(\"(?:[^\"\\]|\\.)*\"|[^\s;]*)")


class Upload(NamedTuple):
    """A file of a form."""

    filename: str
    content_type: str
    content: bytes


@dataclass
class Form:
    """A form: texts and files by name, each in the order of the parts."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[Upload]] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """The last text of each name."""
        return {name: values[-1] for name, values in self.texts.items()}

    def file(self, name: str) -> Upload:
        """The file, which must be there and have a name."""
        if name not in self.files:
            wrong = " as a file with a filename" if name in self.texts else ""
            raise _refused(f"Missing required parameter: '{name}'{wrong}.", name)
        return self.files[name][-1]


def form(record: Received) -> Form:
    """The request's form."""
    found = _BOUNDARY.match(record.headers.get("content-type", ""))
    if found is None:
        raise _refused("The content type is not multipart/form-data with a boundary.")
    whole = Form()
    for head, content in _parts(record.body, found[1].strip('"').encode("latin-1")):
        disposition = _parameters(head.get("content-disposition", ""))
        name = disposition.get("name")
        if not name:
            raise _refused("A part of the form has no name.")
        if "filename" in disposition:
            kind = head.get("content-type", "text/plain")
            if not disposition["filename"]:
                raise _refused(f"The file '{name}' has an empty filename.", name)
            whole.files.setdefault(name, []).append(Upload(disposition["filename"], kind, content))
            continue
        try:
            whole.texts.setdefault(name, []).append(content.decode())
        except UnicodeDecodeError as exc:
            raise _refused(f"The part '{name}' is not UTF-8 and has no filename.", name) from exc
    return whole


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[Mapping[str, str], bytes]]:
    opening, between = b"--%b\r\n" % boundary, b"\r\n--%b" % boundary
    if not body.startswith(opening):
        raise _refused("The form does not start with its boundary.")
    place = len(opening)
    while True:
        head_end = body.find(b"\r\n\r\n", place - 2)
        end = body.find(between, head_end + 2)
        if head_end < 0 or end < 0:
            raise _refused("The form ends inside a part.")
        yield _headers(body[place:head_end]), body[head_end + 4 : end]
        place = end + len(between)
        follows = body[place : place + 2]
        if follows == b"--":
            if body[place + 2 :] not in (b"", b"\r\n"):
                raise _refused("Something follows the end of the form.")
            return
        if follows != b"\r\n":
            raise _refused("A boundary in the form does not end its line.")
        place += 2


def _headers(block: bytes) -> dict[str, str]:
    headers = {}
    for line in block.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon:
            raise _refused("A part of the form has a line that is no header.")
        headers[name.lower()] = value.strip()
    return headers


def _parameters(disposition: str) -> dict[str, str]:
    if disposition.partition(";")[0].strip().lower() != "form-data":
        raise _refused("A part of the form has no Content-Disposition: form-data.")
    found = {}
    for name, value in _PARAMETER.findall(disposition):
        text = value[1:-1].replace('\\"', '"').replace("%22", '"') if value.startswith('"') else value
        if name.endswith("*"):
            name, text = name[:-1], unquote(value.rpartition("'")[2])
        found[name.lower()] = text
    return found


def _refused(message: str, param: str | None = None) -> Refused:
    return Refused(400, message, param=param, code="invalid_form")
