"""Files at a provider: stored, listed, read, deleted; each async, with a sync shim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..types import FileDeleted, FilePage, HttpxBinaryResponseContent, OpenAIFileObject
    from ..uploads import FileTypes

__all__ = [
    "acreate_file",
    "afile_content",
    "afile_delete",
    "afile_list",
    "afile_retrieve",
    "create_file",
    "file_content",
    "file_delete",
    "file_list",
    "file_retrieve",
]


async def acreate_file(
    file: FileTypes,
    purpose: str,
    expires_after: Mapping[str, Any] | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """Store a file at a provider (https://platform.openai.com/docs/api-reference/files/create).

    Args:
        file: a ``pathlib.Path``, which is read while it is sent; bytes; an open file; or a tuple
            ``(name, content[, content type])``.
        purpose: ``"batch"``, ``"fine-tune"``, ``"assistants"``, ``"user_data"``, ...
        expires_after: ``{"anchor": "created_at", "seconds": 3600}``.
        custom_llm_provider: who stores it.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...); unknown names go to the provider.

    Raises:
        BadRequestError: the file cannot be read, or is a text.
        UnsupportedParamsError: the provider keeps no files.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import create_file

    return await create_file(params)


def create_file(
    file: FileTypes,
    purpose: str,
    expires_after: Mapping[str, Any] | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """``acreate_file`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import create_file
    from ..sync import run

    return run(create_file, params)


async def afile_retrieve(
    file_id: str,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """What is known of a file, without its content (https://platform.openai.com/docs/api-reference/files/retrieve).

    Args:
        file_id: the file.
        custom_llm_provider: who has it.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...); unknown names go to the provider.

    Raises:
        UnsupportedParamsError: the provider keeps no files.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import retrieve_file

    return await retrieve_file(params)


def file_retrieve(
    file_id: str,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """``afile_retrieve`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import retrieve_file
    from ..sync import run

    return run(retrieve_file, params)


async def afile_delete(
    file_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> FileDeleted:
    """Delete a file (https://platform.openai.com/docs/api-reference/files/delete).

    Args:
        file_id: the file.
        model: must be None; litellm's router has a use for it.
        custom_llm_provider: who has it.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...); unknown names go to the provider.

    Raises:
        UnsupportedParamsError: the provider keeps no files.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import delete_file

    return await delete_file(params)


def file_delete(
    file_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> FileDeleted:
    """``afile_delete`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import delete_file
    from ..sync import run

    return run(delete_file, params)


async def afile_list(
    custom_llm_provider: str = "openai",
    purpose: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> FilePage:
    """The stored files (https://platform.openai.com/docs/api-reference/files/list).

    Args:
        custom_llm_provider: who has them.
        purpose: only files of this one.
        **kwargs: ``limit``, ``after`` and ``order``, and as in ``acompletion``.

    Returns:
        A page; ``async for`` walks on through those after it.

    Raises:
        UnsupportedParamsError: the provider keeps no files.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import list_files

    return await list_files(params)


def file_list(
    custom_llm_provider: str = "openai",
    purpose: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> FilePage:
    """``afile_list`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import list_files
    from ..sync import run

    return run(list_files, params)


async def afile_content(
    file_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    chunk_size: int | None = None,
    stream: bool = False,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """What a file holds (https://platform.openai.com/docs/api-reference/files/retrieve-contents).

    It is written to disk as it arrives, so that a large one takes no memory. That file is removed with the object
    that is returned, or by its ``close``.

    Args:
        file_id: the file.
        model: must be None; litellm's router has a use for it.
        custom_llm_provider: who has it.
        chunk_size: changes nothing; ``iter_bytes`` takes one.
        stream: must be False.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...).

    Returns:
        The content: ``content``, ``text``, ``iter_bytes()``, ``stream_to_file(path)``, and ``astream_to_file(path)``,
        which does not hold up the loop.

    Raises:
        UnsupportedParamsError: the provider keeps no files.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import read_file

    return await read_file(params)


def file_content(
    file_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    chunk_size: int | None = None,
    stream: bool = False,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """``afile_content`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import read_file
    from ..sync import run

    return run(read_file, params)


def __getattr__(name: str) -> Any:
    # Programs reach it here: litellm.files.main.ModelResponse.
    if name == "ModelResponse":
        from ..types import ModelResponse

        return ModelResponse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
