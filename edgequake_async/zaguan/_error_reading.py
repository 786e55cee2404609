"""What the body of a failed CoreX answer says, whatever its shape.

Promises: any body is read without an error; fields are looked for in ``error`` (CoreX's SDK specification), then in
``error.details`` (the Go SDK), then at the top level, then in FastAPI's ``detail``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["class_name", "first", "fuller_message", "number", "parse", "places", "told_status", "words"]

_Places = list[Mapping[str, Any]]

# Where a message may stand that the engine does not look for.
_MESSAGES = ("message", "msg", "detail", "error_message", "error_description", "title", "reason")

# How the engine's message begins where it found none in the body, and how much of a body it repeats.
_NO_WORDS = ("HTTP ", "The provider reported an error: ")
_MAX_TEXT = 500

# Objects inside objects that are looked into.
_MAX_DEPTH = 4


# Types and codes that say exactly what is wrong, whatever the status.
_EXACT: Mapping[str, str] = {
    "insufficient_credits": "InsufficientCreditsError",
    "payment_required": "InsufficientCreditsError",
    "billing_error": "InsufficientCreditsError",
    "band_access_denied": "BandAccessDeniedError",
    "rate_limit_exceeded": "RateLimitError",
    "rate_limit_error": "RateLimitError",
    "rate_limited": "RateLimitError",
    "too_many_requests": "RateLimitError",
    "authentication_error": "AuthenticationError",
    "invalid_api_key": "AuthenticationError",
    "unauthorized": "AuthenticationError",
    "permission_error": "PermissionDeniedError",
    "permission_denied": "PermissionDeniedError",
    "forbidden": "PermissionDeniedError",
    "not_found_error": "NotFoundError",
    "not_found": "NotFoundError",
    "model_not_found": "NotFoundError",
    "conflict_error": "ConflictError",
}

_BY_STATUS: Mapping[int, str] = {
    400: "ValidationError",
    401: "AuthenticationError",
    402: "InsufficientCreditsError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    413: "ValidationError",
    422: "ValidationError",
    429: "RateLimitError",
}

# Words that servers send with many statuses: they decide only where no status does.
_VAGUE: Mapping[str, str] = {
    "invalid_request_error": "ValidationError",
    "invalid_request": "ValidationError",
    "bad_request": "ValidationError",
    "validation_error": "ValidationError",
    "request_too_large": "ValidationError",
    "insufficient_quota": "RateLimitError",
    "api_error": "ServerError",
    "server_error": "ServerError",
    "internal_server_error": "ServerError",
    "service_unavailable": "ServerError",
    "overloaded_error": "ServerError",
    "timeout": "ServerError",
    "timeout_error": "ServerError",
}


def parse(content: bytes) -> Any:
    """A body as JSON, else as text (what is not UTF-8 is replaced), None when empty."""
    if not content:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode(errors="replace")


def places(body: Any) -> _Places:
    """The objects of a body in which fields of the error may stand, best first."""
    return list(_objects(body, _MAX_DEPTH))


def _objects(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, Mapping)), None)
    if not depth or not isinstance(value, Mapping):
        return
    yield from _objects(value.get("error"), depth - 1)
    yield value
    for name in ("details", "detail"):
        yield from _objects(value.get(name), depth - 1)


def first(found: _Places, name: str) -> Any:
    """The field of the first object that has it, None where none has."""
    return next((place[name] for place in found if place.get(name) is not None), None)


def words(found: _Places) -> list[str]:
    """What may name the kind of the error: types, codes, and an ``error`` that is a string; in lower case."""
    values = (place.get(name) for place in found for name in ("type", "code", "error"))
    return [value.lower().replace(" ", "_").replace("-", "_") for value in values if isinstance(value, str)]


def told_status(found: _Places) -> int | None:
    """The status that a failure inside a 2xx tells of itself: a number from 400 to 599."""
    values = (number(place.get(name)) for place in found for name in ("code", "status_code", "status"))
    return next((int(value) for value in values if value is not None and 400 <= value < 600), None)


def number(value: Any) -> float | None:
    """A number from 0 up, or the text of one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) and read >= 0 else None


def fuller_message(message: str, body: Any, found: _Places) -> str:
    """The engine's message; where that only names a status or repeats JSON, the words of the body, if it has any."""
    if not message.startswith(_NO_WORDS):
        return message
    # A text that begins so is a page for browsers.
    values = [place.get(name) for place in found for name in _MESSAGES] or [body]
    texts = (value.strip() for value in values if isinstance(value, str))
    return next((text[:_MAX_TEXT] for text in texts if text and not text.startswith("<")), message)


def class_name(named: list[str], status: int) -> str:
    """The class of an error with these words and this status; a status below 400 decides nothing."""
    exact = next((_EXACT[word] for word in named if word in _EXACT), None)
    if status >= 400:
        by_status = "ServerError" if 500 <= status < 600 else _BY_STATUS.get(status)
        return exact or by_status or "APIError"
    return exact or next((_VAGUE[word] for word in named if word in _VAGUE), "APIError")
