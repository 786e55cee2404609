"""Chat completions, whole and streamed.

Promises: a parsed document holds what was sent and nothing else (an id, a time, choices that were not sent are None or
empty); ``usage`` of a whole response is always there; a chunk has it only when sent. Constructors fill in litellm's
defaults.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SerializeAsAny

from .base import AS_SENT, OpenAIObject, Response, Text, adopt, constructor, take_beside
from .logprobs import ChoiceLogprobs
from .message import Delta, Message
from .usage import Usage

__all__ = [
    "Choices",
    "ModelResponse",
    "ModelResponseBase",
    "ModelResponseStream",
    "StreamingChoices",
    "StreamingModelResponse",
]

_Index = Annotated[int, AS_SENT]


class Choices(OpenAIObject):
    """One answer. ``finish_reason`` is the provider's own word."""

    finish_reason: Text = None
    index: _Index = 0
    message: SerializeAsAny[Message] = Field(default_factory=Message)
    logprobs: SerializeAsAny[ChoiceLogprobs | None] = None

    optional_fields = MappingProxyType({"provider_specific_fields": None})

    if TYPE_CHECKING:
        provider_specific_fields: dict[str, Any] | None = None

    @constructor
    def __init__(
        self,
        /,
        finish_reason: str | None = None,
        index: int = 0,
        message: Any = None,
        logprobs: Any = None,
        **params: Any,
    ) -> None:
        if isinstance(message, Mapping):
            message = Message(**message)
        super().__init__(
            finish_reason=finish_reason or "stop",
            index=index,
            message=Message() if message is None else adopt(Message, message),
            logprobs=None if logprobs is None else adopt(ChoiceLogprobs, logprobs),
            **params,
        )


class StreamingChoices(OpenAIObject):
    """A piece of one answer."""

    finish_reason: Text = None
    index: _Index = 0
    delta: SerializeAsAny[Delta] = Field(default_factory=Delta)
    logprobs: SerializeAsAny[ChoiceLogprobs | None] = None

    @constructor
    def __init__(
        self,
        /,
        finish_reason: str | None = None,
        index: int = 0,
        delta: Any = None,
        logprobs: Any = None,
        **params: Any,
    ) -> None:
        super().__init__(
            finish_reason=finish_reason,
            index=index,
            delta=Delta() if delta is None else adopt(Delta, delta),
            logprobs=None if logprobs is None else adopt(ChoiceLogprobs, logprobs),
            **params,
        )


class ModelResponseBase(Response):
    """What whole and streamed responses share. ``created`` is in Unix seconds."""

    id: Text = None
    created: Annotated[int | None, AS_SENT] = None
    model: Text = None
    object: Text = None
    system_fingerprint: Text = None

    if TYPE_CHECKING:
        service_tier: str | None = None


def _fill_in(params: dict[str, Any], kind: str) -> None:
    if "id" not in params:
        params["id"] = f"chatcmpl-{uuid.uuid4()}"
    if "created" not in params:
        params["created"] = int(time.time())
    params.setdefault("object", kind)


def _choices(cls: type[Choices] | type[StreamingChoices], given: Any) -> list[Any]:
    if given is None:
        return [cls()]
    return [adopt(cls, choice) for choice in (given if isinstance(given, Sequence) else [given])]


class ModelResponse(ModelResponseBase):
    """A whole answer.

    The constructor takes the fields as keywords, and litellm's ``stream``, ``hidden_params``, ``response_ms``. What is
    not given gets litellm's defaults: an id, the time, one empty choice, zero usage.
    """

    object: Text = "chat.completion"
    choices: SerializeAsAny[list[Choices]] = Field(default_factory=list)
    usage: SerializeAsAny[Usage] = Field(default_factory=Usage)

    @constructor
    def __init__(self, /, **params: Any) -> None:
        stream = params.pop("stream", None)
        params.pop("stream_options", None)
        beside = take_beside(params)
        choices = _choices(StreamingChoices if stream else Choices, params.pop("choices", None))
        usage = params.pop("usage", None)
        _fill_in(params, "chat.completion.chunk" if stream else "chat.completion")
        params["usage"] = Usage() if usage is None else adopt(Usage, usage)
        super().__init__(**params)
        self.choices = choices
        self._put_beside(beside)

    @property
    def content(self) -> str | None:
        """Text of the first choice."""
        return self.choices[0].message.content if self.choices else None


class ModelResponseStream(ModelResponseBase):
    """A chunk of a streamed answer; ``usage`` is missing unless the provider sent it."""

    object: Text = "chat.completion.chunk"
    choices: SerializeAsAny[list[StreamingChoices]] = Field(default_factory=list)

    optional_fields = MappingProxyType({"citations": None, "provider_specific_fields": None, "usage": Usage})

    if TYPE_CHECKING:
        usage: Usage | None = None
        provider_specific_fields: dict[str, Any] | None = None

    @constructor
    def __init__(self, /, **params: Any) -> None:
        beside = take_beside(params)
        choices = _choices(StreamingChoices, params.pop("choices", None))
        _fill_in(params, "chat.completion.chunk")
        super().__init__(**{key: value for key, value in params.items() if value is not None or key != "usage"})
        self.choices = choices
        self._put_beside(beside)


StreamingModelResponse = ModelResponseStream
