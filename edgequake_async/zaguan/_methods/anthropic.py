"""Anthropic's native Messages API: ``/v1/messages``, with CoreX's bearer key and Anthropic's version header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._options import CallOptions, path
from .._streams import AsyncStream
from .._transport import BaseClient, from_json
from ..models import (
    AnthropicCountTokensRequest,
    AnthropicCountTokensResponse,
    AnthropicMessagesBatchItem,
    AnthropicMessagesBatchRequest,
    AnthropicMessagesBatchResponse,
    AnthropicMessagesBatchResult,
    AnthropicMessagesRequest,
    AnthropicMessagesResponse,
    AnthropicMessagesStreamEvent,
    read_messages_batches,
)
from ._requests import Options, query, read_options, read_request, refuse_stream

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AnthropicMethods"]

_PATH = "/messages"
_BATCHES = "/messages/batches"
_BATCH = "/messages/batches/{}"
_RESULTS = "/messages/batches/{}/results"
# Of CoreX's SDKs only zaguan-sdk (Python) sends it; Anthropic's API requires it.
_VERSION = {"anthropic-version": "2023-06-01"}


class AnthropicMethods(BaseClient):
    """Messages, token counts and message batches in Anthropic's own shapes."""

    def _versioned(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """``given`` with the version among its headers, unless the caller or the client names another."""
        own = given.get("headers") or {}
        headers = {**_VERSION, **self._headers, **own} if isinstance(own, Mapping) else own
        return {**given, "headers": headers}

    def _call(self, given: Options, request_id: str | None) -> CallOptions:
        return read_options(self._versioned(given), request_id)

    async def messages(
        self,
        /,
        request: AnthropicMessagesRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> AnthropicMessagesResponse:
        """One message.

        Args:
            request: an ``AnthropicMessagesRequest`` or a mapping of its fields; or the fields as keywords.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            ValueError: the request says ``stream=True``; ``messages_stream`` is for that.
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(AnthropicMessagesRequest, request, request_id, self._versioned(fields))
        refuse_stream(asked, "messages_stream")
        return await self._send(AnthropicMessagesResponse, "POST", _PATH, call, body=asked, model=asked.model)

    def messages_stream(
        self,
        /,
        request: AnthropicMessagesRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> AsyncStream[AnthropicMessagesStreamEvent]:
        """One message as events; sets ``stream`` itself. ``accumulate_messages_events`` makes a message of them.

        Args and errors as for ``messages``. The request goes out when the stream is first awaited, entered or
        iterated; an ``error`` event is raised.
        """
        asked, call = read_request(AnthropicMessagesRequest, request, request_id, self._versioned(fields))
        body = asked.model_copy(update={"stream": True})
        return self._stream(AnthropicMessagesStreamEvent, "events", "POST", _PATH, call, body=body, model=asked.model)

    async def count_tokens(
        self,
        /,
        request: AnthropicCountTokensRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> AnthropicCountTokensResponse:
        """How many tokens a message would have as input. Args and errors as for ``messages``."""
        asked, call = read_request(AnthropicCountTokensRequest, request, request_id, self._versioned(fields))
        target = "/messages/count_tokens"
        return await self._send(AnthropicCountTokensResponse, "POST", target, call, body=asked, model=asked.model)

    async def create_messages_batch(
        self,
        requests: Sequence[AnthropicMessagesBatchItem | Mapping[str, Any]],
        request_id: str | None = None,
        **options: Unpack[Options],
    ) -> AnthropicMessagesBatchResponse:
        """Start a batch of messages.

        Args:
            requests: items, or mappings, of ``custom_id`` and ``params``.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.

        Raises:
            pydantic.ValidationError: an item is none.
        """
        body = AnthropicMessagesBatchRequest.model_validate({"requests": list(requests)})
        return await self._send(
            AnthropicMessagesBatchResponse, "POST", _BATCHES, self._call(options, request_id), body=body
        )

    async def get_messages_batch(
        self, batch_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> AnthropicMessagesBatchResponse:
        """A batch as it stands: ``processing_status`` is in_progress, canceling or ended."""
        target = path(_BATCH, batch_id)
        return await self._send(AnthropicMessagesBatchResponse, "GET", target, self._call(options, request_id))

    async def list_messages_batches(
        self,
        request_id: str | None = None,
        *,
        limit: int | None = None,
        before_id: str | None = None,
        after_id: str | None = None,
        **options: Unpack[Options],
    ) -> list[AnthropicMessagesBatchResponse]:
        """The account's batches.

        Args:
            request_id: the ``X-Request-Id``, None for a new uuid4.
            limit: batches at most.
            before_id: only batches before this one.
            after_id: only batches after this one.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.
        """
        asked = query(limit=limit, before_id=before_id, after_id=after_id)
        parse = from_json(read_messages_batches)
        return (await self._send_parsed(parse, "GET", _BATCHES, self._call(options, request_id), query=asked)).data

    async def cancel_messages_batch(
        self, batch_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> AnthropicMessagesBatchResponse:
        """Ask for the end of a batch; what is under way is still answered."""
        target = path("/messages/batches/{}/cancel", batch_id)
        return await self._send(AnthropicMessagesBatchResponse, "POST", target, self._call(options, request_id))

    def get_messages_batch_results(
        self, batch_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> AsyncStream[str]:
        """The results of a batch that has ended, one JSON document a line, as text."""
        return self._stream(None, "lines", "GET", path(_RESULTS, batch_id), self._call(options, request_id))

    def iter_messages_batch_results(
        self, batch_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> AsyncStream[AnthropicMessagesBatchResult]:
        """The results of a batch that has ended, as models: ``custom_id`` and ``result``."""
        target = path(_RESULTS, batch_id)
        return self._stream(AnthropicMessagesBatchResult, "lines", "GET", target, self._call(options, request_id))
