"""What the engine tells of a failure, as the exception that users catch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import exceptions
from ._error_base import EQError, ErrorResponse, Headers

__all__ = ["to_exception"]

_AS_THEY_ARE = ("code", "type", "param", "request_id", "retry_after", "timeout_kind", "attempts")


def to_exception(payload: Mapping[str, Any], model: str) -> EQError:
    """The exception of a failure.

    Args:
        payload: the engine's words: ``kind`` (name of a class), ``message``, ``provider``, ``status``, ``headers``
            (pairs), ``body`` (bytes), ``retry_after`` (seconds), ``code``, ``type``, ``param``, ``request_id``,
            ``timeout_kind``, ``attempts``.
        model: the model that was asked for.
    """
    status = payload["status"]
    cls = getattr(exceptions, payload["kind"])
    content = payload["body"]
    response = None
    if status is not None:
        response = ErrorResponse(status, Headers(payload["headers"]), content)
        if status < 400:
            # The answer began as a success; the error's own status is its class's.
            status = None
    if status is None and cls is exceptions.APIError:
        status = cls.status_code
    details: dict[str, Any] = {name: payload[name] for name in _AS_THEY_ARE}
    details |= {"response": response, "status_code": status, "body": _body(content)}
    error: EQError = cls(message=payload["message"], llm_provider=payload["provider"], model=model, **details)
    return error


def _body(content: bytes) -> Any:
    """The ``error`` object of an answer, as openai's SDK has it; else the JSON, else the text, None when empty."""
    if not content:
        return None
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return content.decode(errors="replace")
    inner = document.get("error") if isinstance(document, dict) else None
    return inner if isinstance(inner, dict) else document
