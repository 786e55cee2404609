"""Images: made from a text, edited, varied.

The requests with an image go out as forms, not as JSON. Only the model has a default (zaguan-sdk's), because CoreX
routes by it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SerializeAsAny

from ...types.base import AS_SENT
from ._base import Count, FileContent, OptionalDocument, RequestModel, Text, ZaguanModel

__all__ = ["ImageData", "ImageEditRequest", "ImageGenerationRequest", "ImageResponse", "ImageVariationRequest"]

_Amount = Annotated[int | None, Field(ge=1)]


class ImageGenerationRequest(RequestModel):
    """A request for images of what ``prompt`` says. What is not set is the model's choice."""

    model: str | None = "dall-e-3"
    prompt: str
    n: _Amount = None
    size: str | None = None
    quality: str | None = None
    response_format: str | None = None
    style: str | None = None
    user: str | None = None
    background: str | None = None
    moderation: str | None = None
    output_format: str | None = None
    output_compression: int | None = None


class ImageVariationRequest(RequestModel):
    """A request for images like ``image``: bytes, a path, an open file, or a tuple of a name with one of these."""

    image: FileContent
    model: str | None = "dall-e-2"
    n: _Amount = None
    size: str | None = None
    response_format: str | None = None
    user: str | None = None


class ImageEditRequest(ImageVariationRequest):
    """A request to change ``image`` as ``prompt`` says, where ``mask`` is transparent."""

    prompt: str
    mask: Annotated[FileContent | None, AS_SENT] = None
    quality: str | None = None
    background: str | None = None


class ImageData(ZaguanModel):
    """One image: its address, or itself as base64 text."""

    url: Text = None
    b64_json: Text = None
    revised_prompt: Text = None


class ImageResponse(ZaguanModel):
    """The images. ``created`` is in Unix seconds."""

    created: Count = None
    data: SerializeAsAny[list[ImageData]] = Field(default_factory=list)
    usage: OptionalDocument = None
