"""Errors in Google's shape: a number, a message, the word of the status, and details.

https://ai.google.dev/gemini-api/docs/troubleshooting and https://cloud.google.com/apis/design/errors
"""

from __future__ import annotations

from typing import Any

from .replies import Error

Json = dict[str, Any]

_RPC = "type.googleapis.com/google.rpc."
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def failure(reply: Error) -> Json:
    """An error as Google's object. ``code`` is told as the reason, ``param`` as the field that is wrong."""
    status = _STATUSES.get(reply.status, "INTERNAL" if reply.status >= 500 else "INVALID_ARGUMENT")
    error: Json = {"code": reply.status, "message": reply.message, "status": reply.type or status}
    details: list[Json] = []
    if reply.code is not None:
        details.append({"@type": _RPC + "ErrorInfo", "reason": str(reply.code), "domain": "googleapis.com"})
    if reply.param is not None:
        violation = {"field": reply.param, "description": reply.message}
        details.append({"@type": _RPC + "BadRequest", "fieldViolations": [violation]})
    return {"error": {**error, "details": details} if details else error}
