"""A file to upload, with the name and the content type that go out with it.

Servers tell an image or a recording by these (``application/octet-stream`` without an extension is refused by some), so
a path is sent under its own name and bytes under one that fits.
"""

from __future__ import annotations

import os

from .._form import FileContent, FileInput, NamedFile

__all__ = ["named"]

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


def named(file: FileInput, unnamed: str) -> NamedFile:
    """``file`` as (name, content, content type).

    Args:
        file: a path, bytes, an open binary file, or a tuple whose parts are kept.
        unnamed: the name of what has none of its own.
    """
    if not isinstance(file, tuple):
        return _typed(_name(file) or unnamed, file)
    return _typed(file[0], file[1]) if len(file) == 2 else file


def _typed(name: str, content: FileContent) -> NamedFile:
    content_type = _TYPES.get(os.path.splitext(name)[1].lower(), "application/octet-stream")
    return (name, content, content_type)


def _name(file: FileContent) -> str:
    """The name of a path or an open file; empty for bytes and for files without one."""
    if isinstance(file, bytes):
        return ""
    path = file if isinstance(file, str | os.PathLike) else getattr(file, "name", "")
    return os.path.basename(os.fspath(path)) if isinstance(path, str | os.PathLike) else ""
