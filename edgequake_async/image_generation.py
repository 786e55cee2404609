"""``aimage_generation`` and ``aimage_edit``, with their sync shims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .timeouts import TimeoutTypes
    from .types import ImageResponse
    from .uploads import FileTypes

__all__ = ["aimage_edit", "aimage_generation", "image_edit", "image_generation"]


async def aimage_generation(
    prompt: str,
    model: str | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    style: str | None = None,
    user: str | None = None,
    timeout: TimeoutTypes | None = 600,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """Make pictures of a text (https://platform.openai.com/docs/api-reference/images/create).

    Args:
        prompt: what they show.
        model: ``"provider/model"``; without one, OpenAI's own default.
        n: how many.
        quality, size, style: as the model has them.
        response_format: ``"url"`` or ``"b64_json"``, where the model offers the choice.
        user: who asks, for the provider.
        timeout: seconds for the call, or four limits, see ``Timeouts``.
        **kwargs: as in ``acompletion``; unknown names are sent to the provider. ``mock_response`` is the address of the
            one picture of an answer without a provider.

    Returns:
        An ``ImageResponse``; ``data`` has ``url`` or ``b64_json`` each.

    Raises:
        UnsupportedParamsError: the provider makes no pictures, or ``stream=True``.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import generate

    return await generate(params)


def image_generation(
    prompt: str,
    model: str | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    style: str | None = None,
    user: str | None = None,
    timeout: TimeoutTypes | None = 600,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """``aimage_generation`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import generate
    from .sync import run

    return run(generate, params)


async def aimage_edit(
    image: FileTypes | list[FileTypes],
    prompt: str | None = None,
    model: str | None = None,
    mask: FileTypes | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    user: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: TimeoutTypes | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """Make pictures of pictures (https://platform.openai.com/docs/api-reference/images/createEdit).

    Args:
        image: a ``pathlib.Path``, bytes, an open file, or a tuple ``(name, content[, content type])``; or several
            in a list.
        prompt: what is wanted.
        model: as in ``aimage_generation``.
        mask: a picture whose transparent parts say where to edit.
        n, quality, response_format, size, user, timeout, **kwargs: as in ``aimage_generation``.

    Raises:
        BadRequestError: a file cannot be read, or is a text.
        EQError: as in ``aimage_generation``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import edit

    return await edit(params)


def image_edit(
    image: FileTypes | list[FileTypes],
    prompt: str | None = None,
    model: str | None = None,
    mask: FileTypes | None = None,
    n: int | None = None,
    quality: str | None = None,
    response_format: str | None = None,
    size: str | None = None,
    user: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: TimeoutTypes | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ImageResponse:
    """``aimage_edit`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import edit
    from .sync import run

    return run(edit, params)
