"""OpenAI's Responses API, which newer versions of CoreX are said to offer (the TypeScript SDK's readme)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SerializeAsAny

from ...types.base import AS_SENT
from ._base import (
    Count,
    Document,
    Documents,
    Flag,
    NonEmpty,
    Number,
    OptionalDocument,
    RequestModel,
    Text,
    ZaguanModel,
)

__all__ = ["ResponsesItem", "ResponsesRequest", "ResponsesResponse", "ResponsesStreamEvent", "ResponsesUsage"]


class ResponsesRequest(RequestModel):
    """A request for a response.

    Attributes:
        input: a text, or items as plain dicts.
        previous_response_id: continue from a response that was kept with ``store``.
    """

    model: NonEmpty
    input: str | list[Document] | None = None
    instructions: str | None = None
    previous_response_id: str | None = None
    store: bool | None = None
    stream: bool | None = None
    background: bool | None = None
    tools: list[Document] | None = None
    tool_choice: str | Document | None = None
    parallel_tool_calls: bool | None = None
    max_output_tokens: int | None = None
    max_tool_calls: int | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    reasoning: Document | None = None
    text: Document | None = None
    include: list[str] | None = None
    truncation: str | None = None
    service_tier: str | None = None
    metadata: Document | None = None
    user: str | None = None


class ResponsesUsage(ZaguanModel):
    """What a call cost in tokens, under the names of this API."""

    input_tokens: Count = None
    output_tokens: Count = None
    total_tokens: Count = None
    input_tokens_details: OptionalDocument = None
    output_tokens_details: OptionalDocument = None


class ResponsesItem(ZaguanModel):
    """A message, a thought, a tool call: ``type`` says which. The parts of ``content`` are plain dicts."""

    id: Text = None
    type: Text = None
    status: Text = None
    role: Text = None
    content: Documents = None
    summary: Documents = None
    call_id: Text = None
    name: Text = None
    arguments: Text = None


class ResponsesResponse(ZaguanModel):
    """A whole response. ``created_at`` is in Unix seconds."""

    id: Text = None
    object: Text = None
    created_at: Number = None
    model: Text = None
    status: Text = None
    output: SerializeAsAny[list[ResponsesItem]] = Field(default_factory=list)
    usage: SerializeAsAny[ResponsesUsage | None] = None
    error: OptionalDocument = None
    incomplete_details: OptionalDocument = None
    instructions: Annotated[str | list[Document] | None, AS_SENT] = None
    previous_response_id: Text = None
    reasoning: OptionalDocument = None
    store: Flag = None
    metadata: OptionalDocument = None

    @property
    def output_text(self) -> str:
        """The text of all messages."""
        items: list[Any] = self.output if isinstance(self.output, list) else []
        return "".join(text for item in items if isinstance(item, ResponsesItem) for text in _texts(item.content))


def _texts(content: Any) -> list[str]:
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    return [part["text"] for part in parts if part.get("type") == "output_text" and isinstance(part.get("text"), str)]


class ResponsesStreamEvent(ZaguanModel):
    """One event of a streamed response; ``type`` such as ``response.output_text.delta`` says which fields it has."""

    type: Text = None
    sequence_number: Count = None
    response: SerializeAsAny[ResponsesResponse | None] = None
    item: SerializeAsAny[ResponsesItem | None] = None
    item_id: Text = None
    output_index: Count = None
    content_index: Count = None
    part: OptionalDocument = None
    delta: Annotated[str | Document | None, AS_SENT] = None
    text: Text = None
    arguments: Text = None
    code: Text = None
    message: Text = None
    error: OptionalDocument = None
