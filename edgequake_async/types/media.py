"""Pictures and transcripts, in litellm's shape. Promises what all response types do: no field is lost or invented."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SerializeAsAny

from .base import AS_SENT, OpenAIObject, Response, Text, adopt, constructor, take_beside

__all__ = ["ImageObject", "ImageResponse", "ImageUsage", "TranscriptionResponse"]

_Count = Annotated[int, AS_SENT]


class ImageObject(OpenAIObject):
    """One picture, as base64 or at an address; ``revised_prompt`` is what the model made of the prompt."""

    b64_json: Text = None
    url: Text = None
    revised_prompt: Text = None

    @constructor
    def __init__(self, b64_json: str | None = None, url: str | None = None, **params: Any) -> None:
        super().__init__(b64_json=b64_json, url=url, **params)


class ImageUsage(OpenAIObject):
    """Token counts of a picture, where the provider tells them."""

    input_tokens: _Count = 0
    output_tokens: _Count = 0
    total_tokens: _Count = 0

    optional_fields = MappingProxyType({"input_tokens_details": OpenAIObject, "output_tokens_details": OpenAIObject})

    if TYPE_CHECKING:
        input_tokens_details: OpenAIObject
        output_tokens_details: OpenAIObject


class ImageResponse(Response):
    """Pictures (https://platform.openai.com/docs/api-reference/images/object).

    Attributes:
        created: seconds since 1970, where the provider says; the constructor fills it in.
        data: the pictures.
    """

    created: Annotated[int | None, AS_SENT] = None
    data: SerializeAsAny[list[ImageObject]] = Field(default_factory=list)
    background: Text = None
    output_format: Text = None
    quality: Text = None
    size: Text = None
    usage: SerializeAsAny[ImageUsage | None] = None

    @constructor
    def __init__(self, created: int | None = None, data: list[Any] | None = None, **params: Any) -> None:
        beside = take_beside(params)
        pictures = [adopt(ImageObject, picture) for picture in data or ()]
        super().__init__(created=created or int(time.time()), data=pictures, **params)
        self._put_beside(beside)


class TranscriptionResponse(Response):
    """What was said (https://platform.openai.com/docs/api-reference/audio/json-object).

    Attributes:
        text: the words; for ``srt`` and ``vtt`` the whole file.
        usage: ``{"type": "duration", "seconds": ...}`` or token counts, where the provider tells them.
        segments, words, task, language, duration: there where they were sent (``verbose_json``).
    """

    text: Text = None
    usage: SerializeAsAny[OpenAIObject | None] = None

    optional_fields = MappingProxyType({"segments": OpenAIObject, "words": OpenAIObject})

    if TYPE_CHECKING:
        segments: list[OpenAIObject]
        words: list[OpenAIObject]

    @constructor
    def __init__(self, text: str | None = None, **params: Any) -> None:
        beside = take_beside(params)
        super().__init__(text=text, **params)
        self._put_beside(beside)
