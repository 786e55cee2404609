"""Embeddings: ``POST /v1/embeddings``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._transport import BaseClient
from ..models import EmbeddingRequest, EmbeddingResponse
from ._requests import read_request

__all__ = ["EmbeddingMethods"]


class EmbeddingMethods(BaseClient):
    """Vectors of texts or token ids."""

    async def create_embeddings(
        self,
        /,
        request: EmbeddingRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> EmbeddingResponse:
        """One vector per input. Numbers or base64, as they were asked for: ``Embedding.vector()`` reads both.

        Args:
            request: an ``EmbeddingRequest`` or a mapping of its fields; or the fields as keywords.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(EmbeddingRequest, request, request_id, fields)
        return await self._send(EmbeddingResponse, "POST", "/embeddings", call, body=asked, model=asked.model)
