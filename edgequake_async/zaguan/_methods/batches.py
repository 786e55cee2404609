"""OpenAI-shaped batches: ``/v1/batches``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._options import path
from .._transport import BaseClient
from ..models import Batch, BatchList, BatchRequest
from ._requests import Options, query, read_options, read_request

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["BatchMethods"]

_BATCHES = "/batches"


class BatchMethods(BaseClient):
    """Requests in a file, answered within a day. Anthropic's batches are ``create_messages_batch`` and its kin."""

    async def create_batch(
        self, /, request: BatchRequest | Mapping[str, Any] | None = None, request_id: str | None = None, **fields: Any
    ) -> Batch:
        """Start a batch.

        Args:
            request: a ``BatchRequest`` or a mapping of its fields; or the fields as keywords.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(BatchRequest, request, request_id, fields)
        return await self._send(Batch, "POST", _BATCHES, call, body=asked)

    async def get_batch(self, batch_id: str, request_id: str | None = None, **options: Unpack[Options]) -> Batch:
        """A batch as it stands."""
        return await self._send(Batch, "GET", path("/batches/{}", batch_id), read_options(options, request_id))

    async def list_batches(
        self,
        limit: int | None = None,
        after: str | None = None,
        request_id: str | None = None,
        **options: Unpack[Options],
    ) -> BatchList:
        """One page of the batches.

        Args:
            limit: batches at most.
            after: the id of the last batch of the page before.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.
        """
        asked = query(limit=limit, after=after)
        return await self._send(BatchList, "GET", _BATCHES, read_options(options, request_id), query=asked)

    async def cancel_batch(self, batch_id: str, request_id: str | None = None, **options: Unpack[Options]) -> Batch:
        """Ask for the end of a batch."""
        target = path("/batches/{}/cancel", batch_id)
        return await self._send(Batch, "POST", target, read_options(options, request_id))
