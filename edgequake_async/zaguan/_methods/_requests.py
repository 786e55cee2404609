"""How every method reads what it is given: a request, the call's own options, query parameters.

A request is a model, a mapping or the fields themselves as keywords, never two of these at once, and the caller's
object is not changed. What is no option and no field is a TypeError that names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, TypeVar

from pydantic import BaseModel

from ...timeouts import TimeoutTypes
from .._options import CallOptions, options
from ..retry import RetryConfig

__all__ = ["Options", "query", "read_options", "read_request", "refuse_stream"]

R = TypeVar("R", bound=BaseModel)


class Options(TypedDict, total=False):
    """One call's own terms, given as keywords to any method."""

    timeout: TimeoutTypes | None
    """Seconds, or ``Timeouts`` with the four limits by name; None is no limit. Left out: the client's."""
    headers: Mapping[str, str] | None
    """Sent in addition to the client's; one of the same name replaces it."""
    retry: RetryConfig | None
    """Which failures are tried again. Left out: the client's."""


def read_options(given: Mapping[str, object], request_id: str | None) -> CallOptions:
    """The terms of a call that has no other keywords.

    Raises:
        TypeError: a keyword that is no option.
    """
    fields = dict(given)
    call = options(fields, request_id)
    if fields:
        raise TypeError(
            f"unexpected keyword arguments: {_names(fields)} (a call's options are timeout, headers, retry)"
        )
    return call


def read_request(
    cls: type[R], request: R | Mapping[str, Any] | None, request_id: str | None, fields: dict[str, Any]
) -> tuple[R, CallOptions]:
    """The request that was given, as a ``cls``, and the terms of its call.

    Args:
        cls: the model of the request.
        request: a ``cls``, a mapping of its fields, or None where ``fields`` has them.
        request_id: the call's id, None for a new one.
        fields: the keywords of the call: its options, and the request's fields where there is no ``request``.

    Raises:
        TypeError: fields beside a request, or a request of another type.
        pydantic.ValidationError: the fields are not those of a ``cls``.
    """
    call = options(fields, request_id)
    if request is None:
        return cls.model_validate(fields), call
    if fields:
        raise TypeError(f"{_names(fields)} given beside a request: put them into the {cls.__name__}")
    if isinstance(request, cls):
        return request, call
    if isinstance(request, Mapping):
        return cls.model_validate(dict(request)), call
    raise TypeError(f"the request is no {cls.__name__} and no mapping but {type(request).__name__}")


def refuse_stream(request: object, instead: str) -> None:
    """Refuse ``stream=True`` in a method that returns one document.

    Raises:
        ValueError: the request asks for a stream.
    """
    if getattr(request, "stream", None):
        raise ValueError(f"the request says stream=True, which this method cannot answer: call {instead}")


def query(**values: str | float | date | Sequence[str] | None) -> dict[str, str]:
    """Query parameters as they are sent: None left out, dates in ISO 8601, lists joined by commas."""
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: str | float | date | Sequence[str]) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else ",".join(value)


def _names(fields: Mapping[str, object]) -> str:
    return ", ".join(sorted(fields))
