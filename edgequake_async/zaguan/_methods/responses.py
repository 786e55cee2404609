"""OpenAI's Responses API: ``POST /v1/responses``, whole or streamed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._streams import AsyncStream
from .._transport import BaseClient
from ..models import ResponsesRequest, ResponsesResponse, ResponsesStreamEvent
from ._requests import read_request, refuse_stream

__all__ = ["ResponsesMethods"]

_PATH = "/responses"


class ResponsesMethods(BaseClient):
    """Responses, chained by ``previous_response_id``. CoreX's TypeScript SDK claims the endpoint since 1.4."""

    async def create_response(
        self,
        /,
        request: ResponsesRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> ResponsesResponse:
        """One response.

        Args:
            request: a ``ResponsesRequest`` or a mapping of its fields; or the fields as keywords.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            ValueError: the request says ``stream=True``; ``create_response_stream`` is for that.
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(ResponsesRequest, request, request_id, fields)
        refuse_stream(asked, "create_response_stream")
        return await self._send(ResponsesResponse, "POST", _PATH, call, body=asked, model=asked.model)

    def create_response_stream(
        self,
        /,
        request: ResponsesRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> AsyncStream[ResponsesStreamEvent]:
        """One response as typed events; sets ``stream`` itself. Args and errors as for ``create_response``."""
        asked, call = read_request(ResponsesRequest, request, request_id, fields)
        body = asked.model_copy(update={"stream": True})
        return self._stream(ResponsesStreamEvent, "events", "POST", _PATH, call, body=body, model=asked.model)
