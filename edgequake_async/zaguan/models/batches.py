"""OpenAI's batches, as CoreX passes them on. Times are in Unix seconds."""

from __future__ import annotations

from typing import Annotated

from ...types.base import AS_SENT
from ._base import Count, Document, ListPage, NonEmpty, OptionalDocument, RequestModel, Text, ZaguanModel

__all__ = ["Batch", "BatchList", "BatchRequest"]


class BatchRequest(RequestModel):
    """A request to start a batch.

    Attributes:
        input_file_id: a file with one request per line.
        endpoint: where the requests go, such as ``/v1/chat/completions``.
        completion_window: OpenAI knows ``24h`` only, and requires it.
    """

    input_file_id: NonEmpty
    endpoint: NonEmpty
    completion_window: str = "24h"
    metadata: Document | None = None


class Batch(ZaguanModel):
    """A batch.

    Attributes:
        status: ``validating``, ``in_progress``, ``finalizing``, ``completed``, ``failed``, ``expired``,
            ``cancelling``, ``cancelled``. Exactly one of the three ``is_`` methods is true of each.
        request_counts: how many there are in ``total``, how many ``completed`` and ``failed``.
    """

    id: Text = None
    object: Text = None
    endpoint: Text = None
    errors: OptionalDocument = None
    input_file_id: Text = None
    completion_window: Text = None
    status: Text = None
    output_file_id: Text = None
    error_file_id: Text = None
    created_at: Count = None
    in_progress_at: Count = None
    expires_at: Count = None
    finalizing_at: Count = None
    completed_at: Count = None
    failed_at: Count = None
    expired_at: Count = None
    cancelling_at: Count = None
    cancelled_at: Count = None
    request_counts: Annotated[dict[str, int] | None, AS_SENT] = None
    metadata: OptionalDocument = None

    def is_completed(self) -> bool:
        """Whether all of it is done."""
        return self.status == "completed"

    def is_failed(self) -> bool:
        """Whether it ended in another way: failed, expired or cancelled."""
        return self.status in ("failed", "expired", "cancelled")

    def is_in_progress(self) -> bool:
        """Whether it goes on."""
        return self.status in ("validating", "in_progress", "finalizing", "cancelling")


class BatchList(ListPage[Batch]):
    """One page of batches."""
