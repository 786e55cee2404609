"""Images: generation, edit and variation under ``/v1/images``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...form import FileInput, Form
from .._transport import BaseClient
from ..models import ImageGenerationRequest, ImageResponse
from ._files import named
from ._requests import Options, read_options, read_request

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["ImageMethods"]


class ImageMethods(BaseClient):
    """Images by URL or in base64. Only what the caller sets is sent: models differ in what they refuse."""

    async def create_image(
        self,
        /,
        request: ImageGenerationRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> ImageResponse:
        """Images of a description.

        Args:
            request: an ``ImageGenerationRequest`` or a mapping of its fields; or the fields as keywords.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(ImageGenerationRequest, request, request_id, fields)
        return await self._send(ImageResponse, "POST", "/images/generations", call, body=asked, model=asked.model)

    async def edit_image(
        self,
        image_path: FileInput,
        prompt: str,
        mask_path: FileInput | None = None,
        model: str = "dall-e-2",
        n: int | None = None,
        size: str | None = None,
        response_format: str | None = None,
        request_id: str | None = None,
        *,
        user: str | None = None,
        **options: Unpack[Options],
    ) -> ImageResponse:
        """An image, changed as described.

        Args:
            image_path: a path, bytes, an open binary file, or (name, content[, content type]). Bytes go out as
                ``image.png``: name them where they are of another format.
            prompt: the description.
            mask_path: an image whose transparent parts say where to change the other.
            model: the model.
            n: number of images; None and the server's own choice for this and the following.
            size: such as 1024x1024.
            response_format: url or b64_json.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            user: the end user's id.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.

        Raises:
            OSError: a file cannot be read.
            ZaguanError: no answer, or one that is an error.
        """
        mask = None if mask_path is None else named(mask_path, "mask.png")
        form = Form(
            {"prompt": prompt, **_fields(model, n, size, response_format, user)},
            {"image": named(image_path, "image.png"), "mask": mask},
        )
        call = read_options(options, request_id)
        return await self._send(ImageResponse, "POST", "/images/edits", call, form=form, model=model)

    async def create_image_variation(
        self,
        image_path: FileInput,
        model: str = "dall-e-2",
        n: int | None = None,
        size: str | None = None,
        response_format: str | None = None,
        request_id: str | None = None,
        *,
        user: str | None = None,
        **options: Unpack[Options],
    ) -> ImageResponse:
        """Images like this one. Args and errors as for ``edit_image``."""
        form = Form(_fields(model, n, size, response_format, user), {"image": named(image_path, "image.png")})
        call = read_options(options, request_id)
        return await self._send(ImageResponse, "POST", "/images/variations", call, form=form, model=model)


def _fields(
    model: str, n: int | None, size: str | None, response_format: str | None, user: str | None
) -> dict[str, str | list[str] | None]:
    return {
        "model": model,
        "n": None if n is None else str(n),
        "size": size,
        "response_format": response_format,
        "user": user,
    }
