"""Files, in OpenAI's shape. CoreX documents the addresses only."""

from __future__ import annotations

from ._base import Count, Deleted, Document, FileContent, ListPage, NonEmpty, RequestModel, Text, ZaguanModel

__all__ = ["Deleted", "FileList", "FileObject", "FileUploadRequest"]


class FileUploadRequest(RequestModel):
    """A request to keep a file; it goes out as a form.

    Attributes:
        file: bytes, a path, an open file, or a tuple of a name with one of these.
        purpose: such as ``batch``, ``fine-tune``, ``assistants``, ``user_data``.
    """

    file: FileContent
    purpose: NonEmpty
    expires_after: Document | None = None


class FileObject(ZaguanModel):
    """A file. ``bytes`` is its size; times are in Unix seconds."""

    id: Text = None
    object: Text = None
    bytes: Count = None
    created_at: Count = None
    expires_at: Count = None
    filename: Text = None
    purpose: Text = None
    status: Text = None
    status_details: Text = None


class FileList(ListPage[FileObject]):
    """One page of files."""
