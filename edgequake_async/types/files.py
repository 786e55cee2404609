"""Files and batches at a provider, and the pages in which they are listed
(https://platform.openai.com/docs/api-reference/files, https://platform.openai.com/docs/api-reference/batch)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SerializeAsAny

from .base import AS_SENT, OpenAIObject, Response, Text

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "BatchErrors",
    "BatchPage",
    "BatchRequestCounts",
    "CursorPage",
    "FileDeleted",
    "FilePage",
    "LiteLLMBatch",
    "OpenAIFileObject",
]

_Seconds = Annotated[int | None, AS_SENT]
_Any = Annotated[Any, AS_SENT]


class OpenAIFileObject(Response):
    """What is known of a file. Times are seconds since 1970."""

    id: Text = None
    bytes: Annotated[int | None, AS_SENT] = None
    created_at: _Seconds = None
    filename: Text = None
    object: Text = None
    purpose: Text = None
    status: Text = None
    expires_at: _Seconds = None
    status_details: Text = None


class FileDeleted(Response):
    """That a file is no more."""

    id: Text = None
    deleted: Annotated[bool, AS_SENT] = False
    object: Text = None


class BatchRequestCounts(OpenAIObject):
    """How many requests a batch has."""

    completed: Annotated[int, AS_SENT] = 0
    failed: Annotated[int, AS_SENT] = 0
    total: Annotated[int, AS_SENT] = 0


class BatchErrors(OpenAIObject):
    """Why a batch failed: ``data`` has a ``code``, a ``message`` and a ``line`` each."""

    object: Text = None

    optional_fields = MappingProxyType({"data": OpenAIObject})

    if TYPE_CHECKING:
        data: list[OpenAIObject]


class LiteLLMBatch(Response):
    """A batch and how far it is. Times are seconds since 1970; ``usage`` is what it took, where the provider tells."""

    id: Text = None
    completion_window: Text = None
    created_at: _Seconds = None
    endpoint: Text = None
    input_file_id: Text = None
    object: Text = None
    status: Text = None
    cancelled_at: _Seconds = None
    cancelling_at: _Seconds = None
    completed_at: _Seconds = None
    error_file_id: Text = None
    errors: SerializeAsAny[BatchErrors | None] = None
    expired_at: _Seconds = None
    expires_at: _Seconds = None
    failed_at: _Seconds = None
    finalizing_at: _Seconds = None
    in_progress_at: _Seconds = None
    metadata: _Any = None
    model: Text = None
    output_file_id: Text = None
    request_counts: SerializeAsAny[BatchRequestCounts | None] = None
    usage: SerializeAsAny[OpenAIObject | None] = None


class CursorPage(Response):
    """Some of many objects. ``for`` and ``async for`` walk through all, and ask for further pages on their way;
    ``data`` has those of this page.

    Attributes:
        has_more: whether there are further ones; None where the provider does not say it, which counts as no.
    """

    object: Text = None
    has_more: Annotated[bool | None, AS_SENT] = None

    if TYPE_CHECKING:
        data: list[Any]

    def __getstate__(self) -> dict[str, Any]:
        # How to get further pages knows keys, which leave no process.
        state = super().__getstate__()
        beside = state["__pydantic_private__"]
        kept = beside and {name: value for name, value in beside.items() if name != "_following"}
        return {**state, "__pydantic_private__": kept}

    def has_next_page(self) -> bool:
        """Whether the provider says that there is more."""
        return bool(self.has_more) and bool(self.data) and "_following" in self._beside()

    def follow(self, fetch: Callable[[str], Awaitable[Self]]) -> None:
        """Say how the page after an object's id is got."""
        self._beside()["_following"] = fetch

    async def aget_next_page(self) -> Self:
        """The page after this.

        Raises:
            RuntimeError: there is none.
            EQError: as of any call.
        """
        if not self.has_next_page():
            raise RuntimeError("there is no further page")
        page: Self = await self._beside()["_following"](self.data[-1].id)
        return page

    async def __aiter__(self) -> AsyncIterator[Any]:
        page = self
        while True:
            for item in page.data:
                yield item
            if not page.has_next_page():
                return
            page = await page.aget_next_page()

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        from ..sync import run

        page = self
        while True:
            yield from page.data
            if not page.has_next_page():
                return
            page = run(page.aget_next_page)


class FilePage(CursorPage):
    """Files."""

    data: SerializeAsAny[list[OpenAIFileObject]] = Field(default_factory=list)


class BatchPage(CursorPage):
    """Batches."""

    data: SerializeAsAny[list[LiteLLMBatch]] = Field(default_factory=list)
