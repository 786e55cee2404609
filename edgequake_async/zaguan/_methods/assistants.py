"""Assistants, threads and runs, as OpenAI shapes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._options import path
from .._transport import BaseClient
from ..models import (
    Assistant,
    AssistantList,
    AssistantRequest,
    AssistantUpdateRequest,
    Deleted,
    Run,
    RunRequest,
    Thread,
    ThreadRequest,
    ThreadUpdateRequest,
)
from ._requests import Options, query, read_options, read_request, refuse_stream

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AssistantMethods"]

_ASSISTANTS = "/assistants"
_ASSISTANT = "/assistants/{}"
_THREADS = "/threads"
_THREAD = "/threads/{}"
_RUN = "/threads/{}/runs/{}"


class AssistantMethods(BaseClient):
    """``/v1/assistants`` and ``/v1/threads``. What takes a request takes a model, a mapping, or fields as keywords."""

    async def create_assistant(
        self,
        /,
        request: AssistantRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> Assistant:
        """Make an assistant.

        Args:
            request: an ``AssistantRequest`` or a mapping of its fields; or the fields as keywords.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(AssistantRequest, request, request_id, fields)
        return await self._send(Assistant, "POST", _ASSISTANTS, call, body=asked, model=asked.model)

    async def get_assistant(
        self, assistant_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> Assistant:
        """One assistant."""
        return await self._send(Assistant, "GET", path(_ASSISTANT, assistant_id), read_options(options, request_id))

    async def update_assistant(
        self,
        /,
        assistant_id: str,
        request: AssistantUpdateRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> Assistant:
        """Change an assistant: the fields that are given, and no others."""
        asked, call = read_request(AssistantUpdateRequest, request, request_id, fields)
        return await self._send(Assistant, "POST", path(_ASSISTANT, assistant_id), call, body=asked, model=asked.model)

    async def delete_assistant(
        self, assistant_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> Deleted:
        """Delete an assistant."""
        target = path(_ASSISTANT, assistant_id)
        return await self._send(Deleted, "DELETE", target, read_options(options, request_id))

    async def list_assistants(
        self,
        request_id: str | None = None,
        *,
        limit: int | None = None,
        order: str | None = None,
        after: str | None = None,
        before: str | None = None,
        **options: Unpack[Options],
    ) -> AssistantList:
        """One page of the assistants.

        Args:
            request_id: the ``X-Request-Id``, None for a new uuid4.
            limit: assistants at most.
            order: asc or desc, by creation.
            after: the id that the page follows.
            before: the id that the page precedes.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.
        """
        asked = query(limit=limit, order=order, after=after, before=before)
        return await self._send(AssistantList, "GET", _ASSISTANTS, read_options(options, request_id), query=asked)

    async def create_thread(
        self, /, request: ThreadRequest | Mapping[str, Any] | None = None, request_id: str | None = None, **fields: Any
    ) -> Thread:
        """Make a thread; without a request or fields, an empty one."""
        asked, call = read_request(ThreadRequest, request, request_id, fields)
        return await self._send(Thread, "POST", _THREADS, call, body=asked)

    async def get_thread(self, thread_id: str, request_id: str | None = None, **options: Unpack[Options]) -> Thread:
        """One thread."""
        return await self._send(Thread, "GET", path(_THREAD, thread_id), read_options(options, request_id))

    async def update_thread(
        self,
        /,
        thread_id: str,
        request: ThreadUpdateRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> Thread:
        """Change a thread: the fields that are given, and no others."""
        asked, call = read_request(ThreadUpdateRequest, request, request_id, fields)
        return await self._send(Thread, "POST", path(_THREAD, thread_id), call, body=asked)

    async def delete_thread(self, thread_id: str, request_id: str | None = None, **options: Unpack[Options]) -> Deleted:
        """Delete a thread."""
        return await self._send(Deleted, "DELETE", path(_THREAD, thread_id), read_options(options, request_id))

    async def create_run(
        self,
        /,
        thread_id: str,
        request: RunRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> Run:
        """Let an assistant answer in a thread.

        Raises:
            ValueError: the request says ``stream=True``; CoreX documents no streamed runs.
        """
        asked, call = read_request(RunRequest, request, request_id, fields)
        refuse_stream(asked, "get_run until the run has ended")
        return await self._send(Run, "POST", path("/threads/{}/runs", thread_id), call, body=asked, model=asked.model)

    async def get_run(
        self, thread_id: str, run_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> Run:
        """A run as it stands."""
        return await self._send(Run, "GET", path(_RUN, thread_id, run_id), read_options(options, request_id))

    async def cancel_run(
        self, thread_id: str, run_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> Run:
        """Ask for the end of a run."""
        target = path("/threads/{}/runs/{}/cancel", thread_id, run_id)
        return await self._send(Run, "POST", target, read_options(options, request_id))
