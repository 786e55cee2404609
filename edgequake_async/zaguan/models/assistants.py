"""Assistants, threads and runs, in OpenAI's shape. Times are in Unix seconds."""

from __future__ import annotations

from typing import Annotated

from ...types.base import AS_SENT
from ._base import (
    Count,
    Document,
    Documents,
    Flag,
    ListPage,
    NonEmpty,
    Number,
    OptionalDocument,
    RequestModel,
    Text,
    ZaguanModel,
)

__all__ = [
    "Assistant",
    "AssistantList",
    "AssistantRequest",
    "AssistantUpdateRequest",
    "Run",
    "RunRequest",
    "Thread",
    "ThreadRequest",
    "ThreadUpdateRequest",
]

_AsText = Annotated[str | Document | None, AS_SENT]


class _Instructions(RequestModel):
    instructions: str | None = None
    tools: list[Document] | None = None
    metadata: Document | None = None
    temperature: float | None = None
    top_p: float | None = None
    response_format: str | Document | None = None
    reasoning_effort: str | None = None


class _AssistantSettings(_Instructions):
    name: str | None = None
    description: str | None = None
    tool_resources: Document | None = None


class AssistantRequest(_AssistantSettings):
    """A request for a new assistant."""

    model: NonEmpty


class AssistantUpdateRequest(_AssistantSettings):
    """A request to change an assistant; what is not set stays."""

    model: NonEmpty | None = None


class Assistant(ZaguanModel):
    """An assistant."""

    id: Text = None
    object: Text = None
    created_at: Count = None
    name: Text = None
    description: Text = None
    model: Text = None
    instructions: Text = None
    tools: Documents = None
    tool_resources: OptionalDocument = None
    metadata: OptionalDocument = None
    temperature: Number = None
    top_p: Number = None
    response_format: _AsText = None


class AssistantList(ListPage[Assistant]):
    """One page of assistants."""


class ThreadUpdateRequest(RequestModel):
    """A request to change a thread; what is not set stays."""

    tool_resources: Document | None = None
    metadata: Document | None = None


class ThreadRequest(ThreadUpdateRequest):
    """A request for a new thread, with its first messages as plain dicts."""

    messages: list[Document] | None = None


class Thread(ZaguanModel):
    """A thread."""

    id: Text = None
    object: Text = None
    created_at: Count = None
    tool_resources: OptionalDocument = None
    metadata: OptionalDocument = None


class RunRequest(_Instructions):
    """A request to let an assistant work on a thread; what is set replaces the assistant's own."""

    assistant_id: NonEmpty
    model: NonEmpty | None = None
    additional_instructions: str | None = None
    additional_messages: list[Document] | None = None
    stream: bool | None = None
    max_prompt_tokens: int | None = None
    max_completion_tokens: int | None = None
    truncation_strategy: Document | None = None
    tool_choice: str | Document | None = None
    parallel_tool_calls: bool | None = None


class Run(ZaguanModel):
    """A run.

    Attributes:
        status: ``queued``, ``in_progress``, ``requires_action``, ``cancelling``, ``cancelled``, ``failed``,
            ``completed``, ``incomplete``, ``expired``.
    """

    id: Text = None
    object: Text = None
    created_at: Count = None
    thread_id: Text = None
    assistant_id: Text = None
    status: Text = None
    required_action: OptionalDocument = None
    last_error: OptionalDocument = None
    expires_at: Count = None
    started_at: Count = None
    cancelled_at: Count = None
    failed_at: Count = None
    completed_at: Count = None
    incomplete_details: OptionalDocument = None
    model: Text = None
    instructions: Text = None
    tools: Documents = None
    metadata: OptionalDocument = None
    usage: OptionalDocument = None
    temperature: Number = None
    top_p: Number = None
    max_prompt_tokens: Count = None
    max_completion_tokens: Count = None
    truncation_strategy: OptionalDocument = None
    tool_choice: _AsText = None
    parallel_tool_calls: Flag = None
    response_format: _AsText = None
