"""Ranked documents, in litellm's shape. Promises what all response types do: no field is lost or invented."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SerializeAsAny

from .base import AS_SENT, OpenAIObject, Response, Text

__all__ = ["RerankResponse", "RerankResponseMeta", "RerankResponseResult"]


class RerankResponseResult(OpenAIObject):
    """One document.

    Attributes:
        index: its place among the documents of the request.
        relevance_score: how much it has to do with the query; the higher, the more. Most models give 0 to 1.
        document: the document, unless ``return_documents=False``: ``{"text": ...}``, or the dict that was sent.
    """

    index: Annotated[int, AS_SENT] = 0
    relevance_score: Annotated[float, AS_SENT] = 0.0

    optional_fields = MappingProxyType({"document": None})

    if TYPE_CHECKING:
        document: dict[str, Any]


class RerankResponseMeta(OpenAIObject):
    """What it cost: ``billed_units`` (``search_units``, ``total_tokens``) and ``tokens``, where the provider says."""

    optional_fields = MappingProxyType({"billed_units": None, "tokens": None})

    if TYPE_CHECKING:
        billed_units: dict[str, Any] | None
        tokens: dict[str, Any] | None


class RerankResponse(Response):
    """The documents, the most relevant first."""

    id: Text = None
    results: SerializeAsAny[list[RerankResponseResult]] = Field(default_factory=list)
    meta: SerializeAsAny[RerankResponseMeta | None] = None
