"""A file to upload, with the name and the content type that go out with it.

Servers tell an image or a recording by these (``application/octet-stream`` without an extension is refused by some), so
a path is sent under its own name and bytes under one that fits.
"""

from __future__ import annotations

import os

from ...form import FileContent, FileInput, NamedFile, content_type

__all__ = ["named"]


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
    return (name, content, content_type(name))


def _name(file: FileContent) -> str:
    """The name of a path or an open file; empty for bytes and for files without one."""
    if isinstance(file, bytes):
        return ""
    path = file if isinstance(file, str | os.PathLike) else getattr(file, "name", "")
    return os.path.basename(os.fspath(path)) if isinstance(path, str | os.PathLike) else ""
