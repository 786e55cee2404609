"""Completions of plain text, as types: what a provider's ``/completions`` answers with."""

from __future__ import annotations

import time
import uuid
from typing import Annotated, Any

from pydantic import Field, SerializeAsAny

from .base import AS_SENT, OpenAIObject, Response, Text, adopt, constructor, take_beside
from .usage import Usage

__all__ = ["TextChoices", "TextCompletionResponse"]


class TextChoices(OpenAIObject):
    """One continuation. ``logprobs`` is a dict of parallel lists, as sent."""

    finish_reason: Text = None
    index: Annotated[int, AS_SENT] = 0
    text: Text = None
    logprobs: Annotated[dict[str, Any] | None, AS_SENT] = None


class TextCompletionResponse(Response):
    """Continuations of a prompt. The constructor fills in an id, the time and one empty choice."""

    id: Text = None
    object: Text = "text_completion"
    created: Annotated[int | None, AS_SENT] = None
    model: Text = None
    choices: SerializeAsAny[list[TextChoices]] = Field(default_factory=list)
    usage: SerializeAsAny[Usage] = Field(default_factory=Usage)

    @constructor
    def __init__(self, /, **params: Any) -> None:
        beside = take_beside(params)
        params.setdefault("id", f"cmpl-{uuid.uuid4()}")
        params.setdefault("created", int(time.time()))
        choices, usage = params.pop("choices", None), params.pop("usage", None)
        params["choices"] = [TextChoices()] if choices is None else [adopt(TextChoices, choice) for choice in choices]
        params["usage"] = Usage() if usage is None else adopt(Usage, usage)
        super().__init__(**params)
        self._put_beside(beside)
