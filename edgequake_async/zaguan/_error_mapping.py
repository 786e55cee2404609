"""What the engine tells of a failed call, as the error that callers catch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._error_base import Headers
from . import _error_reading as reading
from . import errors
from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    BandAccessDeniedError,
    InsufficientCreditsError,
    InvalidResponseError,
    ZaguanError,
)

__all__ = ["from_engine"]

# What some classes know besides, each an attribute and a field of the body.
_EXTRAS: Mapping[type[APIError], tuple[str, ...]] = {
    InsufficientCreditsError: ("credits_required", "credits_remaining"),
    BandAccessDeniedError: ("band", "required_tier", "current_tier"),
}


def from_engine(payload: Mapping[str, Any], request_id: str | None) -> ZaguanError:
    """The error of a failed call.

    Args:
        payload: the engine's words: ``kind`` (name of a class of ``edgequake_async.exceptions``), ``message``,
            ``status`` (None without an answer), ``code``, ``type``, ``param``, ``request_id``, ``retry_after``
            (seconds, of the headers), ``headers`` (pairs), ``body`` (bytes), ``timeout_kind``, ``attempts``.
        request_id: the id that was sent.
    """
    status, kind, headers = payload["status"], payload["kind"], Headers(payload["headers"])
    message: str = payload["message"]
    told_id: str | None = payload["request_id"]
    if told_id is None or told_id == headers.get("cf-ray"):
        # Cloudflare stands before CoreX; its ray is no request of CoreX.
        told_id = request_id or told_id
    attempts = max(payload["attempts"], 1)
    if status is None or status < 400:
        if kind == "Timeout" and payload["timeout_kind"] != "upstream":
            limit: str | None = payload["timeout_kind"]
            return APITimeoutError(message, told_id, timeout_kind=limit, status_code=status, attempts=attempts)
        if kind == "APIConnectionError":
            return APIConnectionError(message, told_id, status_code=status, attempts=attempts)
        if status is None and not payload["body"]:
            # Not sent (a URL that is none), or a defect of ours.
            return ZaguanError(message, told_id, attempts=attempts)
    body = reading.parse(payload["body"])
    if kind == "APIResponseValidationError" and (status is None or status < 400):
        return InvalidResponseError(message, told_id, body=body, status_code=status, headers=headers, attempts=attempts)
    return _api_error(payload, message, told_id, status, headers, body, attempts)


def _api_error(
    payload: Mapping[str, Any],
    message: str,
    request_id: str | None,
    status: int | None,
    headers: Headers,
    body: Any,
    attempts: int,
) -> APIError:
    found = reading.places(body)
    if status is None or status < 400:
        status = reading.told_status(found) or status or 0
    named = [word.lower() for word in (payload["type"], payload["code"]) if word]
    cls: type[APIError] = getattr(errors, reading.class_name([*named, *reading.words(found)], status))
    retry_after = payload["retry_after"]
    if retry_after is None:
        retry_after = reading.number(reading.first(found, "retry_after"))
    fields: dict[str, Any] = {name: payload[name] for name in ("type", "code", "param")}
    extras = {name: reading.first(found, name) for name in _EXTRAS.get(cls, ())}
    return cls(
        status_code=status,
        message=reading.fuller_message(message, body, found),
        request_id=request_id,
        body=body,
        headers=headers,
        retry_after=retry_after,
        reset_date=reading.first(found, "reset_date"),
        attempts=attempts,
        **fields,
        **extras,
    )
