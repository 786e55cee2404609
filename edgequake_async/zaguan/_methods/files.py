"""Files: ``/v1/files``, for batches, fine-tuning and assistants."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ...form import FileInput, Form
from .._options import path
from .._transport import BaseClient
from ..models import Deleted, FileList, FileObject
from ._files import named
from ._requests import Options, query, read_options

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["FileMethods"]

_FILES = "/files"
_FILE = "/files/{}"
_CONTENT = "/files/{}/content"


class FileMethods(BaseClient):
    """Uploads and downloads, read and written off the event loop."""

    async def upload_file(
        self, file: FileInput, purpose: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> FileObject:
        """Store a file.

        Args:
            file: a path, bytes, an open binary file, or (name, content[, content type]).
            purpose: such as batch, fine-tune, assistants.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.

        Raises:
            OSError: the file cannot be read.
            ZaguanError: no answer, or one that is an error.
        """
        form = Form({"purpose": purpose}, {"file": named(file, "file")})
        return await self._send(FileObject, "POST", _FILES, read_options(options, request_id), form=form)

    async def list_files(
        self,
        request_id: str | None = None,
        *,
        purpose: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        order: str | None = None,
        **options: Unpack[Options],
    ) -> FileList:
        """One page of the stored files.

        Args:
            request_id: the ``X-Request-Id``, None for a new uuid4.
            purpose: only files of this one.
            limit: files at most.
            after: the id of the last file of the page before.
            order: asc or desc, by creation.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.
        """
        asked = query(purpose=purpose, limit=limit, after=after, order=order)
        return await self._send(FileList, "GET", _FILES, read_options(options, request_id), query=asked)

    async def get_file(self, file_id: str, request_id: str | None = None, **options: Unpack[Options]) -> FileObject:
        """What is known of a file, without its content."""
        return await self._send(FileObject, "GET", path(_FILE, file_id), read_options(options, request_id))

    async def delete_file(self, file_id: str, request_id: str | None = None, **options: Unpack[Options]) -> Deleted:
        """Delete a file."""
        return await self._send(Deleted, "DELETE", path(_FILE, file_id), read_options(options, request_id))

    async def get_file_content(self, file_id: str, request_id: str | None = None, **options: Unpack[Options]) -> bytes:
        """The content of a file, in memory; ``download_file`` writes it to disk as it arrives."""
        return await self._send_raw("GET", path(_CONTENT, file_id), read_options(options, request_id), verbatim=True)

    async def download_file(
        self,
        file_id: str,
        output_path: str | os.PathLike[str],
        request_id: str | None = None,
        **options: Unpack[Options],
    ) -> None:
        """Write the content of a file to ``output_path``, which is there only once it is whole.

        Raises:
            OSError: it cannot be written.
        """
        await self._download(
            "GET", path(_CONTENT, file_id), read_options(options, request_id), output_path, verbatim=True
        )
