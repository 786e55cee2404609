"""Reranking and classifying, in Cohere's shape (CoreX's SDK specification)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SerializeAsAny

from ...types.base import AS_SENT
from ._base import Count, Document, NonEmpty, Number, OptionalDocument, RequestModel, Text, ZaguanModel

__all__ = [
    "Classification",
    "ClassifyExample",
    "ClassifyRequest",
    "ClassifyResponse",
    "RerankRequest",
    "RerankResponse",
    "RerankResult",
]


class RerankRequest(RequestModel):
    """A request to order documents by how well they answer a query.

    Attributes:
        documents: texts, or plain dicts.
        top_n: how many results to return; all where not set.
    """

    model: NonEmpty
    query: str
    documents: list[str | Document] = Field(min_length=1)
    top_n: int | None = Field(default=None, ge=1)
    return_documents: bool | None = None


class RerankResult(ZaguanModel):
    """One document: ``index`` is its place in the request, ``document`` itself as sent."""

    index: Count = None
    relevance_score: Number = None
    document: Annotated[str | Document | None, AS_SENT] = None


class RerankResponse(ZaguanModel):
    """The documents, best first."""

    id: Text = None
    results: SerializeAsAny[list[RerankResult]] = Field(default_factory=list)
    meta: OptionalDocument = None


class ClassifyExample(RequestModel):
    """A text and the label it has."""

    text: str
    label: str


class ClassifyRequest(RequestModel):
    """A request to label texts after examples."""

    model: NonEmpty
    inputs: list[str] = Field(min_length=1)
    examples: list[ClassifyExample] | None = None


class Classification(ZaguanModel):
    """The label of one text."""

    id: Text = None
    input: Text = None
    prediction: Text = None
    predictions: Annotated[list[str] | None, AS_SENT] = None
    confidence: Number = None
    confidences: Annotated[list[float] | None, AS_SENT] = None
    labels: OptionalDocument = None


class ClassifyResponse(ZaguanModel):
    """The labels, one entry per text."""

    id: Text = None
    classifications: SerializeAsAny[list[Classification]] = Field(default_factory=list)
    meta: OptionalDocument = None
