"""The async client of Zaguan CoreX, of which ``ZaguanClient`` is the sync shim."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from ._methods.anthropic import AnthropicMethods
from ._methods.assistants import AssistantMethods
from ._methods.audio import AudioMethods
from ._methods.batches import BatchMethods
from ._methods.catalog import CatalogMethods
from ._methods.chat import ChatMethods
from ._methods.credits import CreditsMethods
from ._methods.embeddings import EmbeddingMethods
from ._methods.files import FileMethods
from ._methods.fine_tuning import FineTuningMethods
from ._methods.images import ImageMethods
from ._methods.moderation import ModerationMethods
from ._methods.responses import ResponsesMethods
from ._transport import BaseClient

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AsyncZaguanClient"]


class AsyncZaguanClient(
    ChatMethods,
    ResponsesMethods,
    AnthropicMethods,
    EmbeddingMethods,
    AudioMethods,
    ImageMethods,
    ModerationMethods,
    CatalogMethods,
    CreditsMethods,
    FileMethods,
    BatchMethods,
    FineTuningMethods,
    AssistantMethods,
    BaseClient,
):
    """CoreX for asyncio, uvloop and trio: ``async with AsyncZaguanClient(base_url, api_key) as client: ...``.

    Args:
        base_url: the gateway's host, with or without ``/v1``; None for ZAGUAN_BASE_URL.
        api_key: sent as a bearer key on every call; None for ZAGUAN_API_KEY.
        timeout: seconds of a whole call, and of each wait of a stream; ``Timeouts`` for the four limits by name; None
            for no limit.
        http_client: must be None; connections are the engine's.
        retry: which failures are sent again, under the same ``X-Request-Id``; None for none.
        hooks: told of each request, its end, its failure and its retries.
        headers: sent with every request.
        verify: whether certificates are verified, or the path of a PEM file with those to trust.

    Every method takes ``timeout``, ``headers`` and ``retry`` of the one call by keyword, raises TypeError for a keyword
    that is none of its own, and raises ``ZaguanError`` for what goes wrong on the wire. One client serves any number of
    tasks, loops and threads.

    Raises:
        ValueError: no base URL or no key, or one that is none; a timeout that is none.
        TypeError: an ``http_client``.
    """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the use of the client; later calls are RuntimeErrors. Connections are the process's and stay."""
        self._closed = True

    async def aclose(self) -> None:
        """``close`` under its other name."""
        await self.close()
