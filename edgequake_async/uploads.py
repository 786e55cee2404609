"""Files that the program hands over to be uploaded: bytes, a path object, an open file, or a tuple that adds a name.

A path object is read from disk while it is sent, and again for a retry; an open file, and a pipe, is read once, in a
thread, from where it stands. A text is never a file, because a text may come from strangers.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from . import _eq_core
from .exceptions import BadRequestError
from .form import content_type, read_content

if TYPE_CHECKING:
    from .form import Part

__all__ = ["FileTypes", "uploaded"]

_Content = IO[bytes] | bytes | os.PathLike[str]
# litellm's name for what may be uploaded: content, or (file name, content, content type, headers), shortened at will.
FileTypes = (
    _Content
    | tuple[str | None, _Content]
    | tuple[str | None, _Content, str | None]
    | tuple[str | None, _Content, str | None, Mapping[str, str]]
)

# What a file is called that has no name; servers tell a sound from other files by the end of it.
_UNNAMED = "upload"
_ENDS = {
    "application/pdf": ".pdf",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/webm": ".webm",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}


async def uploaded(field: str, file: Any, model: str) -> Part:
    """A file as a part of a form.

    Args:
        field: the part's name, and the argument's in errors.
        file: one of ``FileTypes``.
        model: for errors.

    Raises:
        BadRequestError: it is none, or cannot be read.
    """

    def wrong(why: str) -> BadRequestError:
        return BadRequestError(f"{field}: {why}", model, "")

    name: Any = None
    content: Any = file
    kind: Any = None
    if isinstance(file, tuple):
        if not 2 <= len(file) <= 4:
            raise wrong(f"a tuple must be (name, content), or with a content type, not of {len(file)} items")
        name, content, kind = (*file, None)[:3]
        if len(file) == 4 and file[3]:
            raise wrong("a part of a form cannot have headers of its own")
    if name is not None and not isinstance(name, str):
        raise wrong(f"the name must be a string, not {type(name).__name__}")
    if kind is not None and not isinstance(kind, str):
        raise wrong(f"the content type must be a string, not {type(kind).__name__}")
    if isinstance(content, str):
        raise wrong("a text is no file; pass a pathlib.Path, bytes or an open file")
    if inspect.iscoroutinefunction(getattr(content, "read", None)):
        raise wrong(f"a {type(content).__name__} is read asynchronously; pass its bytes")
    try:
        data = await read_content(field, content)
        if isinstance(data, os.PathLike) and not await anyio.Path(data).is_file():
            # A pipe is read once, so that it can be sent again.
            data = await anyio.to_thread.run_sync(Path(data).read_bytes, abandon_on_cancel=True)
    except TypeError as error:
        raise BadRequestError(str(error), model, "") from None
    except OSError as error:
        shown = os.fspath(content) if isinstance(content, os.PathLike) else f"the {type(content).__name__}"
        raise wrong(f"cannot read {shown}: {error.strerror or error}") from error
    name = name or _name_of(content)
    found = _eq_core.media_type(data[:64]) if name is None and isinstance(data, bytes) else None
    name = name or _UNNAMED + _ENDS.get(found or "", "")
    # A path's name may hold bytes that are no UTF-8, which Python has as lone surrogates.
    return field, name.encode(errors="replace").decode(), kind or found or content_type(name), data


def _name_of(content: Any) -> str | None:
    """The name of a path or of an open file."""
    named = content if isinstance(content, os.PathLike) else getattr(content, "name", None)
    return PurePath(named).name or None if isinstance(named, (str, os.PathLike)) else None
