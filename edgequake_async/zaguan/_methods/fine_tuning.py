"""Fine-tuning jobs: ``/v1/fine_tuning/jobs``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._options import path
from .._transport import BaseClient
from ..models import FineTuningEventList, FineTuningJob, FineTuningJobList, FineTuningJobRequest
from ._requests import Options, query, read_options, read_request

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["FineTuningMethods"]

_JOBS = "/fine_tuning/jobs"


class FineTuningMethods(BaseClient):
    """Models of the account's own, made from its files."""

    async def create_fine_tuning_job(
        self,
        /,
        request: FineTuningJobRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> FineTuningJob:
        """Start a job.

        Args:
            request: a ``FineTuningJobRequest`` or a mapping of its fields; or the fields as keywords.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Raises:
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(FineTuningJobRequest, request, request_id, fields)
        return await self._send(FineTuningJob, "POST", _JOBS, call, body=asked, model=asked.model)

    async def list_fine_tuning_jobs(
        self,
        limit: int | None = None,
        after: str | None = None,
        request_id: str | None = None,
        **options: Unpack[Options],
    ) -> FineTuningJobList:
        """One page of the jobs: ``limit`` at most, following the job whose id is ``after``."""
        asked = query(limit=limit, after=after)
        return await self._send(FineTuningJobList, "GET", _JOBS, read_options(options, request_id), query=asked)

    async def get_fine_tuning_job(
        self, job_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> FineTuningJob:
        """A job as it stands."""
        target = path("/fine_tuning/jobs/{}", job_id)
        return await self._send(FineTuningJob, "GET", target, read_options(options, request_id))

    async def cancel_fine_tuning_job(
        self, job_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> FineTuningJob:
        """End a job."""
        target = path("/fine_tuning/jobs/{}/cancel", job_id)
        return await self._send(FineTuningJob, "POST", target, read_options(options, request_id))

    async def list_fine_tuning_events(
        self,
        job_id: str,
        limit: int | None = None,
        after: str | None = None,
        request_id: str | None = None,
        **options: Unpack[Options],
    ) -> FineTuningEventList:
        """One page of what happened in a job: ``limit`` at most, following the event whose id is ``after``."""
        target = path("/fine_tuning/jobs/{}/events", job_id)
        asked = query(limit=limit, after=after)
        return await self._send(FineTuningEventList, "GET", target, read_options(options, request_id), query=asked)
