"""Events of a streamed response, one class per type of event, under litellm's names
(https://platform.openai.com/docs/api-reference/responses-streaming).

Promises what all response types do: no field is lost, and what was not sent is not invented. A type of event that has
no class is a ``GenericEvent``. ``EVENTS`` says which class a type has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import SerializeAsAny

from .base import AS_SENT, OpenAIObject, Text
from .construct import construct
from .event_names import ResponsesAPIStreamEvents
from .responses import ResponseOutputContent, ResponseOutputItem, ResponsesAPIResponse

_Place = Annotated[int | None, AS_SENT]


class BaseResponsesAPIStreamEvent(OpenAIObject):
    """What every event has: ``type``, and where the provider counts events, ``sequence_number``."""

    type: Text = None

    if TYPE_CHECKING:
        sequence_number: int | None = None


class GenericEvent(BaseResponsesAPIStreamEvent):
    """An event of a type that has no class; its fields are there as sent."""


class _OfResponse(BaseResponsesAPIStreamEvent):
    """An event with the response as it is then."""

    response: SerializeAsAny[ResponsesAPIResponse | None] = None


class _OfItem(BaseResponsesAPIStreamEvent):
    """An event of an item of the output."""

    output_index: _Place = None

    if TYPE_CHECKING:
        item_id: str | None = None


class _WithItem(_OfItem):
    """An event with a whole item."""

    item: SerializeAsAny[ResponseOutputItem | None] = None


class _OfPart(_OfItem):
    """An event of a part of a message."""

    content_index: _Place = None


class _WithPart(_OfPart):
    """An event with a whole part of a message."""

    part: SerializeAsAny[ResponseOutputContent | None] = None


class _OfSummary(_OfItem):
    """An event of a summary of what the model thought."""

    summary_index: _Place = None


class _WithSummaryPart(_OfSummary):
    """An event with a whole part of a summary."""

    part: SerializeAsAny[ResponseOutputContent | None] = None


class ResponseQueuedEvent(_OfResponse):
    """A response that runs in the background waits its turn."""


class ResponseCreatedEvent(_OfResponse):
    """The provider has taken the request."""


class ResponseInProgressEvent(_OfResponse):
    """The model is at work."""


class ResponseCompletedEvent(_OfResponse):
    """The last event: the whole response."""


class ResponseIncompleteEvent(_OfResponse):
    """The last event of a response that was cut short; ``response.incomplete_details`` says why."""


class ResponseFailedEvent(_OfResponse):
    """The response failed. A stream raises the error instead of giving this event."""


class OutputItemAddedEvent(_WithItem):
    """An item begins."""


class OutputItemDoneEvent(_WithItem):
    """An item is whole."""


class ContentPartAddedEvent(_WithPart):
    """A part of a message begins."""


class ContentPartDoneEvent(_WithPart):
    """A part of a message is whole."""


class OutputTextDeltaEvent(_OfPart):
    """A piece of text."""

    delta: Text = None


class OutputTextDoneEvent(_OfPart):
    """A whole text."""

    text: Text = None


class OutputTextAnnotationAddedEvent(_OfPart):
    """An annotation of a text: a citation of a page, of a file."""

    annotation_index: _Place = None
    annotation: Annotated[Any, AS_SENT] = None


class RefusalDeltaEvent(_OfPart):
    """A piece of a refusal."""

    delta: Text = None


class RefusalDoneEvent(_OfPart):
    """A whole refusal."""

    refusal: Text = None


class FunctionCallArgumentsDeltaEvent(_OfItem):
    """A piece of a function call's arguments, which are JSON text."""

    delta: Text = None


class FunctionCallArgumentsDoneEvent(_OfItem):
    """The whole arguments of a function call."""

    arguments: Text = None


class ReasoningTextDeltaEvent(_OfPart):
    """A piece of what the model thinks."""

    delta: Text = None


class ReasoningTextDoneEvent(_OfPart):
    """The whole of what the model thought."""

    text: Text = None


class ResponsePartAddedEvent(_WithSummaryPart):
    """A part of a summary begins."""


class ReasoningSummaryPartDoneEvent(_WithSummaryPart):
    """A part of a summary is whole."""


class ReasoningSummaryTextDeltaEvent(_OfSummary):
    """A piece of a summary."""

    delta: Text = None


class ReasoningSummaryTextDoneEvent(_OfSummary):
    """The whole text of a part of a summary."""

    text: Text = None


class FileSearchCallInProgressEvent(_OfItem):
    """The provider begins to search files."""


class FileSearchCallSearchingEvent(_OfItem):
    """The provider searches files."""


class FileSearchCallCompletedEvent(_OfItem):
    """The provider has searched files."""


class WebSearchCallInProgressEvent(_OfItem):
    """The provider begins to search the web."""


class WebSearchCallSearchingEvent(_OfItem):
    """The provider searches the web."""


class WebSearchCallCompletedEvent(_OfItem):
    """The provider has searched the web."""


class MCPListToolsInProgressEvent(_OfItem):
    """The provider asks an MCP server for its tools."""


class MCPListToolsCompletedEvent(_OfItem):
    """The provider has the tools of an MCP server."""


class MCPListToolsFailedEvent(_OfItem):
    """The provider did not get the tools of an MCP server."""


class MCPCallInProgressEvent(_OfItem):
    """The provider calls a tool of an MCP server."""


class MCPCallArgumentsDeltaEvent(_OfItem):
    """A piece of the arguments of such a call."""

    delta: Text = None


class MCPCallArgumentsDoneEvent(_OfItem):
    """The whole arguments of such a call."""

    arguments: Text = None


class MCPCallCompletedEvent(_OfItem):
    """Such a call has ended well."""


class MCPCallFailedEvent(_OfItem):
    """Such a call has failed."""


class ImageGenerationPartialImageEvent(_OfItem):
    """A picture as far as it is painted, in base64."""

    partial_image_index: _Place = None
    partial_image_b64: Text = None


class ErrorEvent(BaseResponsesAPIStreamEvent):
    """The provider failed. A stream raises the error instead of giving this event."""

    if TYPE_CHECKING:
        code: str | None = None
        message: str | None = None
        param: str | None = None
        error: dict[str, Any] | None = None


EVENTS: Mapping[str, type[BaseResponsesAPIStreamEvent]] = MappingProxyType(
    {
        "error": ErrorEvent,
        "response.completed": ResponseCompletedEvent,
        "response.content_part.added": ContentPartAddedEvent,
        "response.content_part.done": ContentPartDoneEvent,
        "response.created": ResponseCreatedEvent,
        "response.failed": ResponseFailedEvent,
        "response.file_search_call.completed": FileSearchCallCompletedEvent,
        "response.file_search_call.in_progress": FileSearchCallInProgressEvent,
        "response.file_search_call.searching": FileSearchCallSearchingEvent,
        "response.function_call_arguments.delta": FunctionCallArgumentsDeltaEvent,
        "response.function_call_arguments.done": FunctionCallArgumentsDoneEvent,
        "response.image_generation_call.partial_image": ImageGenerationPartialImageEvent,
        "response.in_progress": ResponseInProgressEvent,
        "response.incomplete": ResponseIncompleteEvent,
        "response.mcp_call.completed": MCPCallCompletedEvent,
        "response.mcp_call.failed": MCPCallFailedEvent,
        "response.mcp_call.in_progress": MCPCallInProgressEvent,
        "response.mcp_call_arguments.delta": MCPCallArgumentsDeltaEvent,
        "response.mcp_call_arguments.done": MCPCallArgumentsDoneEvent,
        "response.mcp_list_tools.completed": MCPListToolsCompletedEvent,
        "response.mcp_list_tools.failed": MCPListToolsFailedEvent,
        "response.mcp_list_tools.in_progress": MCPListToolsInProgressEvent,
        "response.output_item.added": OutputItemAddedEvent,
        "response.output_item.done": OutputItemDoneEvent,
        "response.output_text.annotation.added": OutputTextAnnotationAddedEvent,
        "response.output_text.delta": OutputTextDeltaEvent,
        "response.output_text.done": OutputTextDoneEvent,
        "response.queued": ResponseQueuedEvent,
        "response.reasoning_summary_part.added": ResponsePartAddedEvent,
        "response.reasoning_summary_part.done": ReasoningSummaryPartDoneEvent,
        "response.reasoning_summary_text.delta": ReasoningSummaryTextDeltaEvent,
        "response.reasoning_summary_text.done": ReasoningSummaryTextDoneEvent,
        "response.reasoning_text.delta": ReasoningTextDeltaEvent,
        "response.reasoning_text.done": ReasoningTextDoneEvent,
        "response.refusal.delta": RefusalDeltaEvent,
        "response.refusal.done": RefusalDoneEvent,
        "response.web_search_call.completed": WebSearchCallCompletedEvent,
        "response.web_search_call.in_progress": WebSearchCallInProgressEvent,
        "response.web_search_call.searching": WebSearchCallSearchingEvent,
    }
)


__all__ = [
    "BaseResponsesAPIStreamEvent",
    "ContentPartAddedEvent",
    "ContentPartDoneEvent",
    "ErrorEvent",
    "FileSearchCallCompletedEvent",
    "FileSearchCallInProgressEvent",
    "FileSearchCallSearchingEvent",
    "FunctionCallArgumentsDeltaEvent",
    "FunctionCallArgumentsDoneEvent",
    "GenericEvent",
    "ImageGenerationPartialImageEvent",
    "MCPCallArgumentsDeltaEvent",
    "MCPCallArgumentsDoneEvent",
    "MCPCallCompletedEvent",
    "MCPCallFailedEvent",
    "MCPCallInProgressEvent",
    "MCPListToolsCompletedEvent",
    "MCPListToolsFailedEvent",
    "MCPListToolsInProgressEvent",
    "OutputItemAddedEvent",
    "OutputItemDoneEvent",
    "OutputTextAnnotationAddedEvent",
    "OutputTextDeltaEvent",
    "OutputTextDoneEvent",
    "ReasoningSummaryPartDoneEvent",
    "ReasoningSummaryTextDeltaEvent",
    "ReasoningSummaryTextDoneEvent",
    "ReasoningTextDeltaEvent",
    "ReasoningTextDoneEvent",
    "RefusalDeltaEvent",
    "RefusalDoneEvent",
    "ResponseCompletedEvent",
    "ResponseCreatedEvent",
    "ResponseFailedEvent",
    "ResponseInProgressEvent",
    "ResponseIncompleteEvent",
    "ResponsePartAddedEvent",
    "ResponseQueuedEvent",
    "ResponsesAPIStreamEvents",
    "WebSearchCallCompletedEvent",
    "WebSearchCallInProgressEvent",
    "WebSearchCallSearchingEvent",
]


def event_of(document: Mapping[str, Any]) -> BaseResponsesAPIStreamEvent:
    """The event that a document is."""
    kind = document.get("type")
    return construct(EVENTS.get(kind, GenericEvent) if isinstance(kind, str) else GenericEvent, document)


def read_event(data: bytes | str) -> BaseResponsesAPIStreamEvent:
    """The event that a JSON text is.

    Raises:
        ValueError: the text is not a JSON object.
    """
    try:
        document = json.loads(data)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    if not isinstance(document, dict):
        raise ValueError(f"the JSON is no object but {type(document).__name__}")  # noqa: TRY004
    return event_of(document)
