"""Token likelihoods. Promises that parts a provider leaves out are None or empty, never an error."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SerializeAsAny

from .base import AS_SENT, OpenAIObject, Text

__all__ = ["ChatCompletionTokenLogprob", "ChoiceLogprobs", "TopLogprob"]

_Bytes = Annotated[list[int] | None, AS_SENT]
_Float = Annotated[float, AS_SENT]


class TopLogprob(OpenAIObject):
    """One of the likeliest tokens at a position."""

    token: Text = None
    bytes: _Bytes = None
    logprob: _Float = 0.0


class ChatCompletionTokenLogprob(OpenAIObject):
    """The token at a position, and its likeliest alternatives."""

    token: Text = None
    bytes: _Bytes = None
    logprob: _Float = 0.0
    top_logprobs: SerializeAsAny[list[TopLogprob]] = Field(default_factory=list)


class ChoiceLogprobs(OpenAIObject):
    """Likelihoods of a choice, per kind of text."""

    content: SerializeAsAny[list[ChatCompletionTokenLogprob] | None] = None
    refusal: SerializeAsAny[list[ChatCompletionTokenLogprob] | None] = None
