"""Anthropic's own Messages API, as CoreX offers it: messages, stream events, token counts, batches.

Promises that a content block is passed on with all that it carries (``cache_control``, ``citations``, signatures), in
both directions.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SerializeAsAny

from ...types.base import AS_SENT
from ...types.construct import construct
from ._base import (
    Count,
    Document,
    ListPage,
    NonEmpty,
    OptionalDocument,
    RequestModel,
    Text,
    ZaguanModel,
    entries_of,
)

__all__ = [
    "AnthropicContentBlock",
    "AnthropicCountTokensRequest",
    "AnthropicCountTokensResponse",
    "AnthropicMessage",
    "AnthropicMessagesBatchItem",
    "AnthropicMessagesBatchList",
    "AnthropicMessagesBatchOutcome",
    "AnthropicMessagesBatchRequest",
    "AnthropicMessagesBatchResponse",
    "AnthropicMessagesBatchResult",
    "AnthropicMessagesDelta",
    "AnthropicMessagesRequest",
    "AnthropicMessagesResponse",
    "AnthropicMessagesStreamEvent",
    "AnthropicThinkingConfig",
    "AnthropicUsage",
    "read_messages_batches",
]


class AnthropicThinkingConfig(RequestModel):
    """How much the model may think: ``enabled`` with a budget in tokens, ``disabled``, ``adaptive``."""

    type: str
    budget_tokens: int | None = None


class AnthropicContentBlock(ZaguanModel):
    """A part of a message; ``type`` says which fields it has.

    Attributes:
        text: of a ``text`` block.
        thinking, signature: of a ``thinking`` block; the signature must go back with it.
        id, name, input: of a ``tool_use`` block.
        tool_use_id, content, is_error: of a ``tool_result`` block.
        source: of an ``image`` or ``document`` block.
    """

    type: Text = None
    text: Text = None
    thinking: Text = None
    signature: Text = None
    id: Text = None
    name: Text = None
    input: OptionalDocument = None
    tool_use_id: Text = None
    content: Annotated[str | list[Document] | None, AS_SENT] = None
    is_error: Annotated[bool | None, AS_SENT] = None
    source: OptionalDocument = None
    citations: Annotated[list[Document] | Document | None, AS_SENT] = None
    cache_control: OptionalDocument = None


class AnthropicMessage(RequestModel):
    """A message of the conversation: ``user`` or ``assistant``."""

    role: NonEmpty
    content: str | SerializeAsAny[list[AnthropicContentBlock]]


class AnthropicUsage(ZaguanModel):
    """What a call cost in tokens; other counters of Anthropic's are there as sent."""

    input_tokens: Count = None
    output_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_read_input_tokens: Count = None


class AnthropicCountTokensRequest(RequestModel):
    """A request to count the tokens of a prompt."""

    model: NonEmpty
    messages: SerializeAsAny[list[AnthropicMessage]] = Field(min_length=1)
    system: str | list[Document] | None = None
    thinking: AnthropicThinkingConfig | None = None
    tools: list[Document] | None = None
    tool_choice: str | Document | None = None


class AnthropicMessagesRequest(AnthropicCountTokensRequest):
    """A request for a message.

    Attributes:
        max_tokens: the most that the answer may have; Anthropic requires it.
        temperature, top_p: 0 to 1.
    """

    max_tokens: int = Field(ge=1)
    temperature: float | None = Field(default=None, ge=0, le=1)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=0)
    stop_sequences: list[str] | None = None
    stream: bool | None = None
    metadata: Document | None = None


class AnthropicMessagesResponse(ZaguanModel):
    """A whole answer.

    Attributes:
        stop_reason: ``end_turn``, ``max_tokens``, ``stop_sequence``, ``tool_use``, ``pause_turn``, ``refusal``.
    """

    id: Text = None
    type: Text = None
    role: Text = None
    content: SerializeAsAny[list[AnthropicContentBlock]] = Field(default_factory=list)
    model: Text = None
    stop_reason: Text = None
    stop_sequence: Text = None
    usage: SerializeAsAny[AnthropicUsage | None] = None


class AnthropicMessagesDelta(ZaguanModel):
    """What an event adds to a block, or (in ``message_delta``, without a type) to the message."""

    type: Text = None
    text: Text = None
    thinking: Text = None
    signature: Text = None
    partial_json: Text = None
    citation: OptionalDocument = None
    stop_reason: Text = None
    stop_sequence: Text = None


class AnthropicMessagesStreamEvent(ZaguanModel):
    """One event of a streamed answer.

    Attributes:
        type: ``message_start``, ``content_block_start``, ``content_block_delta``, ``content_block_stop``,
            ``message_delta``, ``message_stop``, ``ping``, ``error``.
        index: which block it is about.
        error: of an ``error`` event, as sent: ``type`` and ``message``.
    """

    type: Text = None
    message: SerializeAsAny[AnthropicMessagesResponse | None] = None
    index: Count = None
    content_block: SerializeAsAny[AnthropicContentBlock | None] = None
    delta: SerializeAsAny[AnthropicMessagesDelta | None] = None
    usage: SerializeAsAny[AnthropicUsage | None] = None
    error: OptionalDocument = None


class AnthropicCountTokensResponse(ZaguanModel):
    """How many tokens the prompt has."""

    input_tokens: Count = None


class AnthropicMessagesBatchItem(RequestModel):
    """One request of a batch; ``custom_id`` is how its result is found."""

    custom_id: NonEmpty
    params: SerializeAsAny[AnthropicMessagesRequest]


class AnthropicMessagesBatchRequest(RequestModel):
    """A request to start a batch."""

    requests: SerializeAsAny[list[AnthropicMessagesBatchItem]] = Field(min_length=1)


class AnthropicMessagesBatchResponse(ZaguanModel):
    """A batch.

    Attributes:
        processing_status: ``in_progress``, ``canceling``, ``ended``.
        request_counts: how many are ``processing``, ``succeeded``, ``errored``, ``canceled``, ``expired``.
    """

    id: Text = None
    type: Text = None
    processing_status: Text = None
    request_counts: Annotated[dict[str, int] | None, AS_SENT] = None
    created_at: Text = None
    expires_at: Text = None
    ended_at: Text = None
    cancel_initiated_at: Text = None
    archived_at: Text = None
    results_url: Text = None


class AnthropicMessagesBatchList(ListPage[AnthropicMessagesBatchResponse]):
    """One page of batches."""


def read_messages_batches(document: Any) -> AnthropicMessagesBatchList:
    """The batches in ``document``, a parsed JSON answer: an object with ``data``, or (the TypeScript SDK) a bare list.

    Raises:
        ValueError: the document is neither.
    """
    entries = entries_of(document, "data")
    return construct(AnthropicMessagesBatchList, {"data": entries} if document is entries else document)


class AnthropicMessagesBatchOutcome(ZaguanModel):
    """How a request of a batch ended.

    Attributes:
        type: ``succeeded`` (with ``message``), ``errored`` (with ``error``, as sent), ``canceled``, ``expired``.
    """

    type: Text = None
    message: SerializeAsAny[AnthropicMessagesResponse | None] = None
    error: OptionalDocument = None


class AnthropicMessagesBatchResult(ZaguanModel):
    """One line of a batch's results."""

    custom_id: Text = None
    result: SerializeAsAny[AnthropicMessagesBatchOutcome | None] = None
