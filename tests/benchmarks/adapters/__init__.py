"""One small file per rival, each the way its own documentation calls it; `Adapter` says what a file offers.

A file promises to return data already read out of the rival's own result type, so that a lazy result is not a free one.
It refuses tuning: defaults everywhere, except what a question fixes for all (URL, key, model, floats for embeddings).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

KEY = "k" * 20


class Adapter(Protocol):
    """What a probe may ask for; a rival without an operation leaves it out and is not asked."""

    @staticmethod
    def connect(base: str) -> Any:
        """A client for `<base>/v1`, made inside the running loop."""

    @staticmethod
    async def unary(client: Any) -> str:
        """The text of one chat completion."""

    @staticmethod
    async def stream(client: Any) -> AsyncIterator[Any]:
        """The chunks of one streamed chat completion, in the rival's own type."""

    @staticmethod
    def text(chunk: Any) -> str:
        """The text of one chunk, empty where it has none."""

    @staticmethod
    async def embedding(client: Any) -> Sequence[Sequence[float]]:
        """The vectors of one embeddings call, requested as JSON numbers."""

    @staticmethod
    def completion(client: Any) -> str:
        """The text of one chat completion, called from plain synchronous code."""
