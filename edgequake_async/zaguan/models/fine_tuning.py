"""Fine-tuning jobs, in OpenAI's shape. Times are in Unix seconds."""

from __future__ import annotations

from typing import Annotated

from ...types.base import AS_SENT
from ._base import Count, Document, Documents, ListPage, NonEmpty, OptionalDocument, RequestModel, Text, ZaguanModel

__all__ = [
    "FineTuningEvent",
    "FineTuningEventList",
    "FineTuningJob",
    "FineTuningJobList",
    "FineTuningJobRequest",
]


class FineTuningJobRequest(RequestModel):
    """A request to train a model on a file.

    Attributes:
        hyperparameters: ``n_epochs``, ``batch_size``, ``learning_rate_multiplier``.
        suffix: a part of the new model's name.
    """

    model: NonEmpty
    training_file: NonEmpty
    validation_file: str | None = None
    hyperparameters: Document | None = None
    method: Document | None = None
    suffix: str | None = None
    seed: int | None = None
    integrations: list[Document] | None = None
    metadata: Document | None = None


class FineTuningJob(ZaguanModel):
    """A job.

    Attributes:
        status: ``validating_files``, ``queued``, ``running``, ``succeeded``, ``failed``, ``cancelled``.
        fine_tuned_model: the new model's name, once there is one.
    """

    id: Text = None
    object: Text = None
    created_at: Count = None
    finished_at: Count = None
    estimated_finish: Count = None
    model: Text = None
    fine_tuned_model: Text = None
    organization_id: Text = None
    status: Text = None
    hyperparameters: OptionalDocument = None
    method: OptionalDocument = None
    training_file: Text = None
    validation_file: Text = None
    result_files: Annotated[list[str] | None, AS_SENT] = None
    trained_tokens: Count = None
    error: OptionalDocument = None
    seed: Count = None
    integrations: Documents = None
    metadata: OptionalDocument = None


class FineTuningJobList(ListPage[FineTuningJob]):
    """One page of jobs."""


class FineTuningEvent(ZaguanModel):
    """Something that happened to a job."""

    id: Text = None
    object: Text = None
    created_at: Count = None
    level: Text = None
    message: Text = None
    type: Text = None
    data: OptionalDocument = None


class FineTuningEventList(ListPage[FineTuningEvent]):
    """One page of events."""
