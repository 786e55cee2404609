"""Answers of OpenAI's Responses API, as types (https://platform.openai.com/docs/api-reference/responses/object).

Promises what all response types do: no field is lost, and what was not sent is not invented.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SerializeAsAny

from .base import AS_SENT, OpenAIObject, Response, Text

__all__ = ["ResponseAPIUsage", "ResponseOutputContent", "ResponseOutputItem", "ResponsesAPIResponse"]

_Count = Annotated[int, AS_SENT]


class ResponseAPIUsage(OpenAIObject):
    """Token counts under the names of this API; 0 where not sent."""

    input_tokens: _Count = 0
    output_tokens: _Count = 0
    total_tokens: _Count = 0

    optional_fields = MappingProxyType({"input_tokens_details": OpenAIObject, "output_tokens_details": OpenAIObject})

    if TYPE_CHECKING:
        input_tokens_details: OpenAIObject | None = None
        output_tokens_details: OpenAIObject | None = None


class ResponseOutputContent(OpenAIObject):
    """A part of a message: ``output_text`` with its ``text``, ``refusal``, and what else a provider sends."""

    type: Text = None
    text: Text = None


class ResponseOutputItem(OpenAIObject):
    """A message, a reasoning item, a tool call ...: ``type`` says which, its other fields are there as sent."""

    id: Text = None
    type: Text = None
    status: Text = None
    content: SerializeAsAny[list[ResponseOutputContent] | None] = None

    if TYPE_CHECKING:
        role: str | None = None
        name: str | None = None
        arguments: str | None = None
        call_id: str | None = None
        summary: list[dict[str, Any]] | None = None


class ResponsesAPIResponse(Response):
    """A whole answer. ``created_at`` is in Unix seconds."""

    id: Text = None
    object: Text = "response"
    created_at: Annotated[float | None, AS_SENT] = None
    model: Text = None
    status: Text = None
    output: SerializeAsAny[list[ResponseOutputItem]] = Field(default_factory=list)
    usage: SerializeAsAny[ResponseAPIUsage | None] = None

    if TYPE_CHECKING:
        error: dict[str, Any] | None = None
        incomplete_details: dict[str, Any] | None = None
        instructions: str | None = None
        metadata: dict[str, Any] | None = None
        previous_response_id: str | None = None
        reasoning: dict[str, Any] | None = None
        service_tier: str | None = None

    @property
    def output_text(self) -> str:
        """The text of all messages."""
        parts = (part for item in self.output if item.type == "message" for part in item.content or ())
        return "".join(part.text or "" for part in parts if part.type == "output_text")
