"""A call's own terms, the ids in its path, and how its headers join the client's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..timeouts import TimeoutTypes
from .retry import RetryConfig

__all__ = ["NOT_GIVEN", "CallOptions", "merged", "options", "path", "request_id"]


class _NotGiven:
    def __repr__(self) -> str:
        return "not given"


NOT_GIVEN: Any = _NotGiven()


@dataclass(frozen=True)
class CallOptions:
    """One call's own terms.

    Attributes:
        request_id: sent as ``X-Request-Id``, the same for every attempt; a new one where None.
        timeout: as the client's; the client's where not given.
        headers: win over the client's.
        retry: as the client's; the client's where not given, none where None.
    """

    request_id: str | None = None
    timeout: TimeoutTypes | None = NOT_GIVEN
    headers: Mapping[str, str] | None = None
    retry: RetryConfig | None = NOT_GIVEN


def options(fields: dict[str, Any], request_id: str | None) -> CallOptions:
    """The options among keyword arguments, which are taken out of ``fields``."""
    return CallOptions(
        request_id=request_id,
        timeout=fields.pop("timeout", NOT_GIVEN),
        headers=fields.pop("headers", None),
        retry=fields.pop("retry", NOT_GIVEN),
    )


def path(template: str, *ids: str) -> str:
    """A path with ids in it, each percent-encoded as a whole.

    Raises:
        ValueError: an id is empty, or one of the two that URLs resolve away ("." and "..").
    """
    for given in ids:
        if not isinstance(given, str) or given in ("", ".", ".."):
            raise ValueError(f"an id must be a text that is not empty, '.' or '..', not {given!r}")
    return template.format(*(quote(given, safe="") for given in ids))


def request_id(call: CallOptions, headers: Mapping[str, str]) -> str:
    """The call's id; one among the headers counts as given."""
    return call.request_id or _find_id(call.headers) or _find_id(headers) or str(uuid.uuid4())


def _find_id(headers: Mapping[str, str] | None) -> str | None:
    return next((value for name, value in (headers or {}).items() if name.lower() == "x-request-id"), None)


def merged(ours: Mapping[str, str], theirs: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    if not ours and not theirs:
        return ()
    merged = {name.lower(): (name, value) for headers in (ours, theirs or {}) for name, value in headers.items()}
    # The id belongs to the call, not to the target that calls share.
    return tuple(pair for name, pair in merged.items() if name != "x-request-id")
