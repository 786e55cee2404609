"""Judging texts: moderation, and Cohere's rerank and classify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._transport import BaseClient
from ..models import (
    ClassifyRequest,
    ClassifyResponse,
    ModerationRequest,
    ModerationResponse,
    RerankRequest,
    RerankResponse,
)
from ._requests import read_request

__all__ = ["ModerationMethods"]


class ModerationMethods(BaseClient):
    """``POST /v1/moderations``, ``/v1/rerank``, ``/v1/classify``. All take a request, or its fields as keywords."""

    async def create_moderation(
        self,
        /,
        request: ModerationRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> ModerationResponse:
        """Which kinds of harm a text shows.

        Args:
            request: a ``ModerationRequest`` or a mapping of its fields; or the fields as keywords (``input=...``).
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(ModerationRequest, request, request_id, fields)
        return await self._send(ModerationResponse, "POST", "/moderations", call, body=asked, model=asked.model)

    async def rerank(
        self, /, request: RerankRequest | Mapping[str, Any] | None = None, request_id: str | None = None, **fields: Any
    ) -> RerankResponse:
        """Documents in the order of their relevance to a query. Args and errors as for ``create_moderation``."""
        asked, call = read_request(RerankRequest, request, request_id, fields)
        return await self._send(RerankResponse, "POST", "/rerank", call, body=asked, model=asked.model)

    async def classify(
        self,
        /,
        request: ClassifyRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> ClassifyResponse:
        """A label per input, by labelled examples. Args and errors as for ``create_moderation``."""
        asked, call = read_request(ClassifyRequest, request, request_id, fields)
        return await self._send(ClassifyResponse, "POST", "/classify", call, body=asked, model=asked.model)
