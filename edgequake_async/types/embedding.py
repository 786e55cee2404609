"""Embeddings. Promises that the numbers stay packed until someone asks for a list, and that rows answer like dicts."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, SerializeAsAny, SerializerFunctionWrapHandler, model_serializer

from .base import AS_SENT, MISSING, OpenAIObject, Response, Text, adopt, constructor
from .tolerant import read
from .usage import Usage

__all__ = ["Embedding", "EmbeddingObject", "EmbeddingResponse"]


class EmbeddingObject(OpenAIObject):
    """The vector of one input: ``row["embedding"]``, ``row.embedding``, ``row.memoryview()``, ``numpy.asarray(row)``.

    Attributes:
        embedding: a list of floats, built and kept when first asked for; or what the provider sent, if that was none.
        index: position of the input.
    """

    embedding: Annotated[list[float], AS_SENT] = Field(default_factory=list)
    index: Annotated[int, AS_SENT] = 0
    object: Text = "embedding"

    # Makes `row.embedding` come to `_find_extra` while the list is not built.
    optional_fields = MappingProxyType({"embedding": None})

    def pack(self, data: bytes, offset: int, length: int, width: str) -> None:
        """Take the vector from a buffer that rows share.

        Args:
            data: numbers in native byte order.
            offset, length: where the vector is, in numbers.
            width: ``"f"`` for 4-byte, ``"d"`` for 8-byte numbers.
        """
        vars(self).pop("embedding", None)
        self.__pydantic_fields_set__.add("embedding")
        object.__setattr__(self, "__pydantic_private__", {"_packed": (data, offset, length, width)})

    def memoryview(self) -> memoryview:
        """The numbers, without a copy where they came packed (``format`` is then ``"f"`` or ``"d"``)."""
        packed = (self.__pydantic_private__ or {}).get("_packed")
        if packed is None:
            return memoryview(array("d", self.embedding))
        data, offset, length, width = packed
        return memoryview(data).cast(width)[offset : offset + length]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        # Only numpy calls this, so numpy is there.
        numbers = sys.modules["numpy"].asarray(self.memoryview(), dtype=dtype)
        return numbers.copy() if copy else numbers

    def _unpack(self) -> None:
        if "embedding" not in self.__dict__:
            vars(self)["embedding"] = self.memoryview().tolist()

    def _find_extra(self, name: str, default: Any = MISSING) -> Any:
        if name == "embedding":
            self._unpack()
            return self.__dict__[name]
        return super()._find_extra(name, default)

    def __eq__(self, other: Any) -> bool:
        for row in (self, other):
            if isinstance(row, EmbeddingObject):
                row._unpack()
        return super().__eq__(other)

    def __getstate__(self) -> dict[Any, Any]:
        state = super().__getstate__()
        private = state["__pydantic_private__"] or {}
        if "_packed" in private:
            _, _, length, width = private["_packed"]
            state["__pydantic_private__"] = {**private, "_packed": (self.memoryview().tobytes(), 0, length, width)}
        return state

    @model_serializer(mode="wrap")
    def _with_list(self, handler: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        # No return annotation: with one, the JSON schema would say no more than that.
        self._unpack()
        return handler(self)


Embedding = EmbeddingObject


class EmbeddingResponse(Response):
    """Vectors, one row per input."""

    model: Text = None
    data: SerializeAsAny[list[EmbeddingObject]] = Field(default_factory=list)
    object: Text = "list"
    usage: SerializeAsAny[Usage] = Field(default_factory=Usage)

    @constructor
    def __init__(
        self,
        /,
        model: str | None = None,
        usage: Any = None,
        response_ms: float | None = None,
        stream: bool | None = None,
        hidden_params: dict[str, Any] | None = None,
        _response_headers: dict[str, str] | None = None,
        data: Sequence[Any] | None = None,
        **params: Any,
    ) -> None:
        params["data"] = [adopt(EmbeddingObject, row) for row in data or ()]
        params["usage"] = Usage() if usage is None else adopt(Usage, usage)
        super().__init__(**params, model=model)
        self._put_beside(
            {"hidden_params": hidden_params, "_response_headers": _response_headers, "response_ms": response_ms}
        )

    @classmethod
    def from_packed(
        cls, envelope: bytes, data: bytes, width: str, rows: Sequence[tuple[int, int]]
    ) -> EmbeddingResponse:
        """A response whose vectors lie in one buffer.

        Args:
            envelope: the reply's JSON; what its rows say of ``embedding`` is replaced.
            data: all numbers, in native byte order.
            width: ``"f"`` for 4-byte, ``"d"`` for 8-byte numbers.
            rows: offset and length of each row's vector, in numbers.

        Raises:
            ValueError: the envelope is no JSON object, or does not fit the rows, or these not the buffer.
        """
        response = read(cls, envelope)
        held = response.data
        if not isinstance(held, list) or len(held) != len(rows):
            raise ValueError(f"{len(rows)} vectors do not fit the reply's rows")
        total = len(data) // struct.calcsize(width)
        for row, (offset, length) in zip(held, rows, strict=True):
            if not isinstance(row, EmbeddingObject) or not 0 <= offset <= offset + length <= total:
                raise ValueError("a vector lies outside of the buffer, or its row is no object")
            row.pack(data, offset, length, width)
        return response
