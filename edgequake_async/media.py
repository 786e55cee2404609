"""Media that the program hands over as bytes, a ``Path`` or an open file: read, shrunk where that is asked for, and put
into the messages as data URLs, off the event loop.

Only objects are read. A text in a message is sent as it is, whatever it names: whoever wrote it must not choose which
of our files to send. The caller's objects stay as they were; an open file keeps its position.
"""

from __future__ import annotations

import base64
import inspect
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from . import _eq_core
from .exceptions import BadRequestError

__all__ = ["has_media", "inline"]

# The kinds of parts that hold media, and where in them it stands.
_MEMBERS = {"image_url": "url", "video_url": "url", "audio_url": "url", "file": "file_data", "input_audio": "data"}

# As OpenAI names formats (https://platform.openai.com/docs/guides/audio); others are named as their media types.
_FORMATS = {"mpeg": "mp3", "mp4": "m4a"}

# Encoding more than this on the loop would hold it up for longer than a thread takes (30 us).
_INLINE_BYTES = 64 * 1024


def has_media(params: dict[str, Any]) -> bool:
    """Whether ``inline`` has something to do. Costs 0.1 us a message; messages that can be read once become a list."""
    messages = params["messages"]
    if not isinstance(messages, (list, tuple)):
        if isinstance(messages, (str, bytes, Mapping, BaseModel)) or not hasattr(messages, "__iter__"):
            return False
        messages = params["messages"] = list(messages)
    shrinks = params.get("max_image_size") is not None
    for message in messages:
        content = message.get("content") if type(message) is dict else _content(message)
        if type(content) is not str and content is not None and any(_found(part, shrinks) for part in _parts(content)):
            return True
    return False


async def inline(params: dict[str, Any]) -> None:
    """Replace the messages of a call by some whose media are data URLs.

    Args:
        params: the call's arguments; ``max_image_size`` is the longest side of a picture, in pixels.

    Raises:
        BadRequestError: a file cannot be read, or is no picture where one belongs; the message names the part.
        UnsupportedParamsError: pictures are to be shrunk and Pillow is not installed.
    """
    limit, model = params.get("max_image_size"), params["model"]
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise BadRequestError(f"max_image_size: must be a number of pixels, not {limit!r}", model, "")
    messages = []
    for at, message in enumerate(params["messages"]):
        parts = _parts(_content(message))
        if not any(_found(part, limit is not None) for part in parts):
            messages.append(message)
            continue
        places = [f"messages[{at}]['content'][{index}]" for index in range(len(parts))]
        content = [await _put(part, limit, place, model) for part, place in zip(parts, places, strict=True)]
        is_model = isinstance(message, BaseModel)
        messages.append(
            message.model_copy(update={"content": content}) if is_model else {**message, "content": content}
        )
    params["messages"] = messages


def _content(message: Any) -> Any:
    return message.get("content") if isinstance(message, Mapping) else getattr(message, "content", None)


def _parts(content: Any) -> Sequence[Any]:
    return content if isinstance(content, (list, tuple)) else ()


def _found(part: Any, shrinks: bool) -> bool:
    """Whether a part holds an object to be read, or a data URL of a picture to be shrunk."""
    kind = part.get("type") if isinstance(part, Mapping) else None
    if not isinstance(kind, str) or kind not in _MEMBERS:
        return False
    media = _media(part, kind)
    if isinstance(media, str):
        return shrinks and kind == "image_url" and _is_data_url(media)
    return isinstance(media, (bytes, bytearray, memoryview, os.PathLike)) or hasattr(media, "read")


def _media(part: Mapping[str, Any], kind: str) -> Any:
    inner = part.get(kind)
    return inner.get(_MEMBERS[kind]) if isinstance(inner, Mapping) else inner


def _is_data_url(text: str) -> bool:
    return text.startswith("data:image/") and ";base64," in text[:100]


async def _put(part: Any, limit: int | None, place: str, model: str) -> Any:
    """The part, its media as a data URL (audio: as base64, as OpenAI has it)."""
    if not _found(part, limit is not None):
        return part
    kind = part["type"]
    media, given = _media(part, kind), part[kind] if isinstance(part[kind], Mapping) else {}
    shrinks_to = limit if kind == "image_url" else None
    said = given.get("format")
    try:
        if isinstance(media, bytes) and len(media) <= _INLINE_BYTES and shrinks_to is None:
            media_type, data = _encode(media, kind, said, None)
        else:
            from anyio import to_thread

            # A pipe may never end; nobody waits for its thread.
            media_type, data = await to_thread.run_sync(_encode, media, kind, said, shrinks_to, abandon_on_cancel=True)
    except OSError as error:
        raise BadRequestError(f"{place}: cannot read {_shown(media)}: {error.strerror or error}", model, "") from error
    except ValueError as error:
        raise BadRequestError(f"{place}: {error}", model, "") from error
    if kind == "input_audio":
        form = media_type.partition("/")[2]
        return {**part, kind: {"format": _FORMATS.get(form, form), **given, "data": data}}
    named = {"filename": Path(media).name} if kind == "file" and isinstance(media, os.PathLike) else {}
    return {**part, kind: {**named, **given, _MEMBERS[kind]: f"data:{media_type};base64,{data}"}}


def _shown(media: Any) -> str:
    return os.fspath(media) if isinstance(media, os.PathLike) else f"the {type(media).__name__}"


def _encode(media: Any, kind: str, said: Any, limit: int | None) -> tuple[str, str]:
    """The media type and the content as base64.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is none, or not what belongs here.
    """
    content = _read(media)
    media_type = _eq_core.media_type(content)
    if kind == "image_url" and limit is not None:
        from .images import shrink

        content = shrink(content, limit)
        media_type = _eq_core.media_type(content)
    if media_type is None and isinstance(said, str) and "/" in said:
        media_type = said
    if kind == "image_url" and not (media_type or "").startswith("image/"):
        raise ValueError(f"is {media_type or 'a file of unknown kind'} and no picture")
    return media_type or _kind_of_text(content), base64.b64encode(content).decode()


def _kind_of_text(content: bytes) -> str:
    try:
        return "application/octet-stream" if "\0" in content.decode() else "text/plain"
    except UnicodeDecodeError:
        return "application/octet-stream"


def _read(media: Any) -> bytes:
    if isinstance(media, str):
        return base64.b64decode(media.partition(",")[2])
    if isinstance(media, (bytes, bytearray, memoryview)):
        return bytes(media)
    if isinstance(media, os.PathLike):
        return Path(media).read_bytes()
    position = media.tell() if hasattr(media, "seekable") and media.seekable() else None
    content = media.read()
    if inspect.isawaitable(content):
        if inspect.iscoroutine(content):
            content.close()
        raise ValueError(f"a {type(media).__name__} is read asynchronously; pass its path or its bytes")
    if position is not None:
        media.seek(position)
    if isinstance(content, bytes):
        return content
    raise ValueError("a file must be opened in binary mode")
