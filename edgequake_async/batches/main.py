"""Batches at a provider: made, looked at, listed, stopped; each async, with a sync shim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..types import BatchPage, LiteLLMBatch

__all__ = [
    "acancel_batch",
    "acreate_batch",
    "alist_batches",
    "aretrieve_batch",
    "cancel_batch",
    "create_batch",
    "list_batches",
    "retrieve_batch",
]


async def acreate_batch(
    completion_window: str,
    endpoint: str,
    input_file_id: str,
    custom_llm_provider: str = "openai",
    metadata: Mapping[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    output_expires_after: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """Have the requests of a file answered later, for less (https://platform.openai.com/docs/api-reference/batch/create).

    Args:
        completion_window: ``"24h"``.
        endpoint: what the requests are for: ``"/v1/chat/completions"``, ...
        input_file_id: a file of purpose ``"batch"`` that has a request on each line.
        custom_llm_provider: who has the file.
        metadata: kept with the batch.
        output_expires_after: ``{"anchor": "created_at", "seconds": 3600}``, for the files that it makes.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...); unknown names go to the provider.

    Raises:
        UnsupportedParamsError: the provider has no batches.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import create_batch

    return await create_batch(params)


def create_batch(
    completion_window: str,
    endpoint: str,
    input_file_id: str,
    custom_llm_provider: str = "openai",
    metadata: Mapping[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    output_expires_after: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """``acreate_batch`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import create_batch
    from ..sync import run

    return run(create_batch, params)


async def aretrieve_batch(
    batch_id: str,
    custom_llm_provider: str = "openai",
    metadata: Mapping[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """How far a batch is (https://platform.openai.com/docs/api-reference/batch/retrieve).

    Args:
        batch_id: the batch.
        metadata: for litellm's callbacks; not sent.
        custom_llm_provider: who has it.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...); unknown names go to the provider.

    Raises:
        UnsupportedParamsError: the provider has no batches.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import retrieve_batch

    return await retrieve_batch(params)


def retrieve_batch(
    batch_id: str,
    custom_llm_provider: str = "openai",
    metadata: Mapping[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """``aretrieve_batch`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import retrieve_batch
    from ..sync import run

    return run(retrieve_batch, params)


async def acancel_batch(
    batch_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    metadata: Mapping[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """Stop a batch (https://platform.openai.com/docs/api-reference/batch/cancel).

    Args:
        batch_id: the batch.
        model: must be None; litellm's router has a use for it.
        metadata: for litellm's callbacks; not sent.
        custom_llm_provider: who has it.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...); unknown names go to the provider.

    Raises:
        UnsupportedParamsError: the provider has no batches.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import cancel_batch

    return await cancel_batch(params)


def cancel_batch(
    batch_id: str,
    model: str | None = None,
    custom_llm_provider: str = "openai",
    metadata: Mapping[str, str] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """``acancel_batch`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import cancel_batch
    from ..sync import run

    return run(cancel_batch, params)


async def alist_batches(
    after: str | None = None,
    limit: int | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> BatchPage:
    """The batches, the newest first (https://platform.openai.com/docs/api-reference/batch/list).

    Args:
        after: the id of the last batch of the page before.
        limit: batches of a page at most.
        custom_llm_provider: who has them.
        **kwargs: as in ``acompletion`` (``api_key``, ``api_base``, ``timeout``, ...).

    Returns:
        A page; ``async for`` walks on through those after it.

    Raises:
        UnsupportedParamsError: the provider has no batches.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import list_batches

    return await list_batches(params)


def list_batches(
    after: str | None = None,
    limit: int | None = None,
    custom_llm_provider: str = "openai",
    extra_headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> BatchPage:
    """``alist_batches`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from ..endpoint_calls import list_batches
    from ..sync import run

    return run(list_batches, params)
