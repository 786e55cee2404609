"""Embeddings. Promises that a vector is readable as numbers however it was sent."""

from __future__ import annotations

import base64
import sys
from array import array
from typing import Annotated

from pydantic import Field, SerializeAsAny

from ...types.base import AS_SENT
from ._base import Count, ExtensibleRequest, NonEmpty, Text, ZaguanModel
from .chat import Usage

__all__ = ["Embedding", "EmbeddingRequest", "EmbeddingResponse"]


class EmbeddingRequest(ExtensibleRequest):
    """A request for vectors.

    Attributes:
        input: a text, texts, token ids, or lists of token ids.
        encoding_format: ``float`` or ``base64``.
        dimensions: length of the vectors, where the model can shorten them.
    """

    model: NonEmpty
    input: str | list[str] | list[int] | list[list[int]]
    encoding_format: str | None = None
    dimensions: int | None = None
    user: str | None = None


class Embedding(ZaguanModel):
    """The vector of one input, as sent: numbers, or base64 text."""

    object: Text = None
    embedding: Annotated[list[float] | str | None, AS_SENT] = None
    index: Count = None

    def vector(self) -> list[float]:
        """The numbers; base64 text is read as little-endian 32-bit floats.

        Raises:
            ValueError: what was sent is neither.
        """
        if isinstance(self.embedding, list):
            return self.embedding
        if not isinstance(self.embedding, str):
            raise ValueError(f"an embedding is a list or base64 text, not {type(self.embedding).__name__}")  # noqa: TRY004
        numbers = array("f")
        numbers.frombytes(base64.b64decode(self.embedding, validate=True))
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers.tolist()


class EmbeddingResponse(ZaguanModel):
    """Vectors, one per input. ``usage`` has no completion tokens."""

    object: Text = None
    data: SerializeAsAny[list[Embedding]] = Field(default_factory=list)
    model: Text = None
    usage: SerializeAsAny[Usage | None] = None
