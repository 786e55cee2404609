"""A reply that is a file: sound, or what was stored at a provider. In memory, or on disk where it may be large.

Has the methods of the class that OpenAI's SDK and litellm have for it. All of it has arrived by the time that this is
there: what reads it in pieces reads a disk or memory, never the network. The methods with an ``a`` read and write in a
thread; the others are for sync code and take as long as a disk does.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import weakref
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Generic, TypeVar

from anyio import to_thread

if TYPE_CHECKING:
    from ..reply import ReplySource

__all__ = ["HttpxBinaryResponseContent"]

_PIECE = 64 * 1024
_Piece = TypeVar("_Piece", bytes, str)


class HttpxBinaryResponseContent:
    """The bytes of a reply.

    Args:
        content: the bytes, or the file that has them, which is removed with its folder when this object goes.
        status_code: of HTTP.
        source: where it came from.
    """

    def __init__(self, content: bytes | Path, status_code: int, source: ReplySource) -> None:
        self._stored = content
        self._source = source
        self.status_code = status_code
        self._hidden_params: dict[str, Any] = source.hidden_params(None)
        self._remove: Callable[[], Any] = lambda: None
        if isinstance(content, Path):
            self._remove = weakref.finalize(self, _remove, content.parent, os.getpid())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code}]>"

    @property
    def response(self) -> HttpxBinaryResponseContent:
        """Itself: ``x.response.headers`` is how programs written for OpenAI's SDK say it."""
        return self

    @property
    def headers(self) -> dict[str, str]:
        """Response headers, their names in lower case."""
        return self._source.headers

    def _open(self) -> BinaryIO:
        return io.BytesIO(self._stored) if isinstance(self._stored, bytes) else open(self._stored, "rb")

    @property
    def content(self) -> bytes:
        """All of it, in memory."""
        return self._stored if isinstance(self._stored, bytes) else self._stored.read_bytes()

    @property
    def charset_encoding(self) -> str | None:
        """The encoding that the reply names."""
        parts = self.headers.get("content-type", "").split(";")[1:]
        named = (part.partition("=")[2].strip(" \"'") for part in parts if part.strip().lower().startswith("charset="))
        return next(named, None)

    @property
    def encoding(self) -> str:
        """The encoding of its text; UTF-8 where the reply names none."""
        named = self.charset_encoding or "utf-8"
        try:
            "".encode(named)
        except LookupError:
            return "utf-8"
        return named

    @property
    def text(self) -> str:
        """All of it as text."""
        return self.content.decode(self.encoding, "replace")

    def json(self, **options: Any) -> Any:
        """All of it as JSON; ``options`` are those of ``json.loads``.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.content, **options)

    def read(self) -> bytes:
        """``content``."""
        return self.content

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The bytes in pieces of this size, 64 KiB by default."""
        with self._open() as file:
            while piece := file.read(chunk_size or _PIECE):
                yield piece

    def iter_raw(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """``iter_bytes``: content encodings are undone already."""
        return self.iter_bytes(chunk_size)

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """The text in pieces of so many characters, 65,536 by default."""
        with self._open_text() as file:
            while piece := file.read(chunk_size or _PIECE):
                yield piece

    def iter_lines(self) -> Iterator[str]:
        """The lines of the text, without their ends."""
        with self._open_text() as file:
            for line in file:
                yield line.rstrip("\r\n")

    def _open_text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._open(), self.encoding, "replace", newline="")

    def write_to_file(self, file: str | os.PathLike[str]) -> None:
        """Write it to a file.

        Raises:
            OSError: the file cannot be written.
        """
        with self._open() as source, open(file, "wb") as target:
            shutil.copyfileobj(source, target, _PIECE)

    def stream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """``write_to_file``. ``chunk_size`` changes nothing."""
        self.write_to_file(file)

    def close(self) -> None:
        """Remove the file in which it is, if it is in one; else nothing."""
        self._remove()

    async def aread(self) -> bytes:
        """``content``, read in a thread."""
        return self._stored if isinstance(self._stored, bytes) else await to_thread.run_sync(self.read)

    def aiter_bytes(self, chunk_size: int | None = None) -> _Pieces[bytes]:
        """The bytes in pieces of this size, 64 KiB by default."""
        return _Pieces(self.iter_bytes(chunk_size))

    def aiter_raw(self, chunk_size: int | None = None) -> _Pieces[bytes]:
        """``aiter_bytes``."""
        return self.aiter_bytes(chunk_size)

    def aiter_text(self, chunk_size: int | None = None) -> _Pieces[str]:
        """The text in pieces of so many characters, 65,536 by default."""
        return _Pieces(self.iter_text(chunk_size))

    def aiter_lines(self) -> _Pieces[str]:
        """The lines of the text, without their ends."""
        return _Pieces(self.iter_lines())

    async def astream_to_file(self, file: str | os.PathLike[str], *, chunk_size: int | None = None) -> None:
        """``write_to_file``, in a thread. ``chunk_size`` changes nothing.

        Raises:
            OSError: the file cannot be written.
        """
        await to_thread.run_sync(self.write_to_file, file)

    async def aclose(self) -> None:
        """``close``, in a thread."""
        await to_thread.run_sync(self.close)


class _Pieces(Generic[_Piece]):
    """Pieces that are read in a thread. May be awaited first, as OpenAI's SDK wants it: ``await x.aiter_bytes()``."""

    def __init__(self, pieces: Iterator[_Piece]) -> None:
        self._pieces: Iterator[_Piece] = pieces

    def __await__(self) -> Generator[Any, None, _Pieces[_Piece]]:
        yield from ()
        return self

    def __aiter__(self) -> AsyncIterator[_Piece]:
        return self

    async def __anext__(self) -> _Piece:
        piece: _Piece | None = await to_thread.run_sync(lambda: next(self._pieces, None))
        if piece is None:
            raise StopAsyncIteration
        return piece


def _remove(folder: Path, pid: int) -> None:
    # A child that was forked has the object too, and must leave its parent the file.
    if pid == os.getpid():
        shutil.rmtree(folder, ignore_errors=True)
