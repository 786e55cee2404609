"""Forms with files: read off the event loop, and again for each attempt where they are files on disk."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import anyio.to_thread
from pydantic import BaseModel

from .unserialisable import lone_surrogate

__all__ = ["FileContent", "FileInput", "Form", "NamedFile", "Part", "content_type", "fields_of", "read_content"]

# A text is a path.
FileContent = str | os.PathLike[str] | bytes | BinaryIO
FileInput = FileContent | tuple[str, FileContent] | tuple[str, FileContent, str]
# Name, content, content type.
NamedFile = tuple[str, FileContent, str]
# As the engine takes it: name, file name, content type, bytes or path.
Part = tuple[str, str | None, str | None, bytes | os.PathLike[str]]


# A table, because `mimetypes` reads files of the system when first asked, which would hold up the event loop.
_TYPES = {
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".mpeg": "audio/mpeg",
    ".mpga": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
    ".webp": "image/webp",
}


@dataclass(frozen=True)
class Form:
    """A ``multipart/form-data`` body.

    Attributes:
        fields: values by name; a list is the field repeated, None is left out.
        files: files by name; None is left out.
    """

    fields: Mapping[str, str | list[str] | None] = field(default_factory=dict)
    files: Mapping[str, NamedFile | None] = field(default_factory=dict)

    async def parts(self) -> list[Part]:
        """What is sent.

        Raises:
            OSError: a file does not exist or cannot be looked at.
            TypeError: a file is none, or is open as text.
        """
        parts: list[Part] = []
        for name, value in self.fields.items():
            values = [] if value is None else value if isinstance(value, list) else [value]
            parts += [(name, None, None, text.encode()) for text in values]
        for name, file in self.files.items():
            if file is not None:
                file_name, content, content_type = file
                # A path's name may hold bytes that are no UTF-8, which Python has as lone surrogates.
                shown = file_name.encode(errors="replace").decode()
                parts.append((name, shown, content_type, await read_content(name, content)))
        return parts


async def read_content(name: str, content: FileContent) -> bytes | os.PathLike[str]:
    """What a file holds, as the engine takes it: the path of one on disk, else its bytes, read in a thread.

    Raises:
        OSError, TypeError: as ``Form.parts``, ``name`` in the latter.
    """
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    if isinstance(content, (str, os.PathLike)):
        path = anyio.Path(content)
        # What is wrong with it is said as Python says it; the engine reads it.
        if stat.S_ISDIR((await path.stat()).st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        return path
    if not hasattr(content, "read"):
        raise TypeError(f"{name}: must be a path, bytes, an open binary file or (name, content), not {content!r:.80}")
    # A pipe may never end; nobody waits for its thread.
    data = await anyio.to_thread.run_sync(content.read, abandon_on_cancel=True)
    if not isinstance(data, bytes):
        raise TypeError(f"{name}: the file is open as text; open it with mode 'rb'")
    return data


def content_type(file_name: str) -> str:
    """The content type that a file's name says."""
    return _TYPES.get(os.path.splitext(file_name)[1].lower(), "application/octet-stream")


def fields_of(values: Mapping[str, Any]) -> list[Part]:
    """Values as fields of a form, written as OpenAI's SDK writes them: ``name[]`` for each item of a list, and
    ``name[key]`` for each member of an object. None is left out.

    Raises:
        ValueError: one is neither text, number nor a list or an object of those; the message names it.
    """
    return [part for name, value in values.items() for part in _fields(name, value)]


def _fields(name: str, value: Any) -> Iterator[Part]:
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_unset=True)
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _fields(f"{name}[{key}]", member)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _fields(f"{name}[]", item)
    elif isinstance(value, (str, bool, int, float)):
        text = str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else str(value)
        try:
            yield name, None, None, text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{name}: {lone_surrogate(error)}") from None
    elif value is not None:
        raise ValueError(f"{name}: {type(value).__name__} cannot be a field of a form")
