"""Forms with files: read off the event loop, and again for each attempt where they are files on disk."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

import anyio.to_thread

__all__ = ["FileContent", "FileInput", "Form", "NamedFile", "Part"]

# A text is a path.
FileContent = str | os.PathLike[str] | bytes | BinaryIO
FileInput = FileContent | tuple[str, FileContent] | tuple[str, FileContent, str]
# Name, content, content type.
NamedFile = tuple[str, FileContent, str]
# As the engine takes it: name, file name, content type, bytes or path.
Part = tuple[str, str | None, str | None, bytes | os.PathLike[str]]


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
                parts.append((name, shown, content_type, await _content(name, content)))
        return parts


async def _content(name: str, content: FileContent) -> bytes | os.PathLike[str]:
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
    data = await anyio.to_thread.run_sync(content.read)
    if not isinstance(data, bytes):
        raise TypeError(f"{name}: the file is open as text; open it with mode 'rb'")
    return data
