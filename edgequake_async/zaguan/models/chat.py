"""Chat: requests, answers, chunks.

Promises that every answer is read, also one without ids, with null for usage, or with roles nobody knows; and that
``chunk.choices[0].delta.content`` is safe on every chunk that ``read_chunk`` returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field, SerializeAsAny, ValidationError

from ...types.base import AS_SENT
from ...types.tolerant import read
from ._base import Count, Document, Documents, ExtensibleRequest, NonEmpty, Number, OptionalDocument, Text, ZaguanModel

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "ChatChunk",
    "ChatRequest",
    "ChatResponse",
    "Choice",
    "Citation",
    "Message",
    "PromptShield",
    "TokenDetails",
    "Usage",
    "read_chunk",
    "read_citations",
]

_Citations = Annotated[list[str | Document] | None, AS_SENT]


class Message(ZaguanModel):
    """A message, or in a chunk what was added to one.

    Attributes:
        role: ``system``, ``user``, ``assistant``, ``tool``, ``function``, ``developer``; None in most chunks.
        content: text, or a list of parts as plain dicts.
        tool_calls: plain dicts, as sent.
        reasoning_content: what a reasoning model thought, where the provider says it (DeepSeek, Qwen).
        citations: Perplexity's sources, as sent: addresses, or dicts with ``url`` and ``title``.

    A message that was received can be sent again, with all that it carried.
    """

    role: Text = None
    content: Annotated[str | list[Document] | None, AS_SENT] = None
    name: Text = None
    tool_calls: Documents = None
    tool_call_id: Text = None
    function_call: OptionalDocument = None
    reasoning_content: Text = None
    refusal: Text = None
    audio: OptionalDocument = None
    citations: _Citations = None
    annotations: Documents = None


class TokenDetails(ZaguanModel):
    """Kinds of tokens within a count."""

    reasoning_tokens: Count = None
    cached_tokens: Count = None
    audio_tokens: Count = None
    accepted_prediction_tokens: Count = None
    rejected_prediction_tokens: Count = None


class Usage(ZaguanModel):
    """What a call cost in tokens. Perplexity's thinking is not counted here (CoreX's SDK specification)."""

    prompt_tokens: Count = None
    completion_tokens: Count = None
    total_tokens: Count = None
    prompt_tokens_details: SerializeAsAny[TokenDetails | None] = None
    completion_tokens_details: SerializeAsAny[TokenDetails | None] = None

    def has_reasoning_tokens(self) -> bool:
        """Whether the model thought, and the provider counted it."""
        return _is_positive(self.completion_tokens_details, "reasoning_tokens")

    def has_cached_tokens(self) -> bool:
        """Whether a part of the prompt came from a cache."""
        return _is_positive(self.prompt_tokens_details, "cached_tokens")


def _is_positive(details: TokenDetails | None, name: str) -> bool:
    count = getattr(details, name, None)
    return isinstance(count, int | float) and count > 0


class ChatRequest(ExtensibleRequest):
    """A request for a chat completion.

    Attributes:
        model: ``provider/name``, or a plain name.
        messages: at least one; dicts are accepted.
        temperature: 0 to 2.
        top_p: 0 to 1.
        presence_penalty, frequency_penalty: -2 to 2.
        reasoning_effort: ``minimal``, ``low``, ``medium``, ``high``, and what a provider adds (``none`` for Gemini).
        thinking: true or false (DeepSeek), or a provider's object.
        virtual_model_id: a virtual model of the account, which picks the model to use.
        provider_specific_params, extra_body: see ExtensibleRequest.

    Raises:
        pydantic.ValidationError: a value is out of its range or of another type.
    """

    model: NonEmpty
    messages: SerializeAsAny[list[Message]] = Field(min_length=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    top_p: float | None = Field(default=None, ge=0, le=1)
    stream: bool | None = None
    stream_options: Document | None = None
    stop: str | list[str] | None = None
    n: int | None = None
    seed: int | None = None
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    logit_bias: dict[str | int, int | float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    user: str | None = None
    tools: list[Document] | None = None
    tool_choice: str | Document | None = None
    parallel_tool_calls: bool | None = None
    response_format: Document | None = None
    modalities: list[str] | None = None
    audio: Document | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    thinking: bool | Document | None = None
    metadata: Document | None = None
    store: bool | None = None
    service_tier: str | None = None
    virtual_model_id: str | None = None

    def copy(self) -> Self:  # type: ignore[override]
        """A request of its own: changing one never changes the other."""
        return self.model_copy(deep=True)


class Choice(ZaguanModel):
    """One of the answers: ``message`` in a whole answer, ``delta`` in a chunk; the other is None.

    To type checkers neither is ever None, so that a program that knows which it has need not say so.
    """

    index: Count = None
    if TYPE_CHECKING:
        message: Message = cast("Any", None)
        delta: Message = cast("Any", None)
    else:
        message: SerializeAsAny[Message | None] = None
        delta: SerializeAsAny[Message | None] = None
    finish_reason: Text = None
    logprobs: OptionalDocument = None
    tool_calls: Documents = None


class PromptShield(ZaguanModel):
    """What the call did to the account's credits; CoreX adds it where credits are on (CoreX's SDK specification)."""

    credits_used: Number = None
    credits_remaining: Number = None
    credits_total: Number = None
    credits_percent: Number = None
    reset_date: Text = None
    warning: Text = None


class Citation(ZaguanModel):
    """A source that an answer names."""

    url: Text = None
    title: Text = None


class _Answer(ZaguanModel):
    id: Text = None
    object: Text = None
    created: Count = None
    model: Text = None
    choices: SerializeAsAny[list[Choice]] = Field(default_factory=list)
    usage: SerializeAsAny[Usage | None] = None
    promptshield: SerializeAsAny[PromptShield | None] = None
    citations: _Citations = None
    system_fingerprint: Text = None


class ChatResponse(_Answer):
    """A whole answer. ``created`` is in Unix seconds."""

    metadata: OptionalDocument = None


class ChatChunk(_Answer):
    """A piece of a streamed answer. The last one may carry ``usage``."""


_validate_chunk = ChatChunk.__pydantic_validator__.validate_json


def read_chunk(data: bytes | str) -> ChatChunk:
    """``data`` as a chunk. One without choices (usage alone) has one empty choice, and every choice has a delta.

    Raises:
        ValueError: the text is not a JSON object.
    """
    try:
        chunk: ChatChunk = _validate_chunk(data)
    except ValidationError:
        chunk = read(ChatChunk, data)
        choices: Any = chunk.choices
        sent = choices if isinstance(choices, list) else []
        vars(chunk)["choices"] = [choice for choice in sent if isinstance(choice, Choice)]
    if not chunk.choices:
        vars(chunk)["choices"] = [Choice()]
    for choice in chunk.choices:
        if not isinstance(choice.delta, Message):
            vars(choice)["delta"] = Message()
    return chunk


def read_citations(value: Any) -> list[Citation]:
    """The ``citations`` of a message, an answer or a chunk in one shape: an address alone becomes ``url``."""
    sent = value if isinstance(value, list) else []
    entries = ({"url": entry} if isinstance(entry, str) else entry for entry in sent)
    return [Citation.model_validate(entry) for entry in entries if isinstance(entry, dict)]
