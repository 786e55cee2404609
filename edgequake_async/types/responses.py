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
_Any = Annotated[Any, AS_SENT]


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

    if TYPE_CHECKING:
        text: str | None = None
        annotations: list[dict[str, Any]] | None = None
        refusal: str | None = None


class ResponseOutputItem(OpenAIObject):
    """A message, a reasoning item, a tool call ...: ``type`` says which, its other fields are there as sent.

    Its dump may be an item of the next request's ``input``, so a field that was not sent is missing, not None.
    """

    type: Text = None

    optional_fields = MappingProxyType({"content": ResponseOutputContent, "summary": ResponseOutputContent})

    if TYPE_CHECKING:
        id: str | None = None
        status: str | None = None
        content: list[ResponseOutputContent] | None = None
        summary: list[ResponseOutputContent] | None = None
        role: str | None = None
        name: str | None = None
        arguments: str | None = None
        call_id: str | None = None


class ResponsesAPIResponse(Response):
    """A whole answer. ``created_at`` is in Unix seconds; ``id`` is the provider's own."""

    id: Text = None
    object: Text = "response"
    created_at: Annotated[float | None, AS_SENT] = None
    model: Text = None
    status: Text = None
    output: SerializeAsAny[list[ResponseOutputItem]] = Field(default_factory=list)
    usage: SerializeAsAny[ResponseAPIUsage | None] = None
    error: SerializeAsAny[OpenAIObject | None] = None
    incomplete_details: SerializeAsAny[OpenAIObject | None] = None
    instructions: _Any = None
    max_output_tokens: _Any = None
    metadata: _Any = None
    parallel_tool_calls: _Any = None
    previous_response_id: Text = None
    reasoning: _Any = None
    temperature: _Any = None
    text: _Any = None
    tool_choice: _Any = None
    tools: _Any = None
    top_p: _Any = None
    truncation: Text = None
    user: Text = None

    if TYPE_CHECKING:
        service_tier: str | None = None
        store: bool | None = None

    @property
    def output_text(self) -> str:
        """The text of all messages."""
        items = self.output if isinstance(self.output, list) else []
        contents = [item.get("content") for item in items if _is(item, "message")]
        parts = [part for content in contents if isinstance(content, list) for part in content]
        texts = [part.get("text") for part in parts if _is(part, "output_text")]
        return "".join(text for text in texts if isinstance(text, str))


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, OpenAIObject) and bool(value.get("type") == kind)
