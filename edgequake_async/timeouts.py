"""What ``timeout=`` may be: seconds, or the four named limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .exceptions import BadRequestError

__all__ = ["TimeoutTypes", "Timeouts", "read_timeout"]


@dataclass(frozen=True)
class Timeouts:
    """The four limits of a call, in seconds; ``None`` is no limit.

    Attributes:
        connect: TCP and TLS set-up of a new connection.
        first_token: from sending the request to the first chunk (stream) or the response head (unary).
        idle: between two pieces of a response.
        total: the whole call, every attempt and the waits between them included.
    """

    connect: float | None = None
    first_token: float | None = None
    idle: float | None = None
    total: float | None = None


TimeoutTypes = float | int | str | Timeouts | Mapping[str, float | None]
# connect, first token, idle, total
Limits = tuple[float | None, float | None, float | None, float | None]

# Seconds to connect where no limit is named; openai's SDK gives 5.
_CONNECT = 10.0

_NAMES = tuple(field.name for field in fields(Timeouts))


def read_timeout(timeout: Any, *, stream: bool, model: str) -> Limits:
    """The limits that a ``timeout`` argument means.

    A number bounds a whole unary call. For a stream it bounds each wait (connecting, the first token, the next chunk)
    and not the whole, so that a long answer is not cut: what an httpx timeout does in other clients. Of a longer one,
    connecting gets 10 seconds, so that a host that does not answer is tried again and not waited for.

    Args:
        timeout: seconds (a number, or a number as text), ``Timeouts``, a mapping with its names, or an
            ``httpx.Timeout`` (its ``read`` is both our ``first_token`` and ``idle``).
        stream: whether the call is streamed.
        model: for the error.

    Raises:
        BadRequestError: not one of these, or a limit that is not a positive number.
    """
    if isinstance(timeout, Timeouts):
        limits: Mapping[str, Any] = {name: getattr(timeout, name) for name in _NAMES}
    elif isinstance(timeout, Mapping):
        if unknown := sorted(set(map(str, timeout)) - set(_NAMES)):
            raise _wrong(f"unknown limits {unknown}; there are {list(_NAMES)}", model)
        limits = timeout
    elif hasattr(timeout, "connect") and hasattr(timeout, "read"):
        limits = {"connect": timeout.connect, "first_token": timeout.read, "idle": timeout.read}
    else:
        seconds = _seconds("timeout", timeout, model)
        connect = _CONNECT if seconds is None or seconds > _CONNECT else seconds
        if stream:
            return connect, seconds, seconds, None
        return connect if connect != seconds else None, None, None, seconds
    values = [_seconds(f"timeout[{name!r}]", limits.get(name), model) for name in _NAMES]
    return values[0], values[1], values[2], values[3]


def _seconds(argument: str, value: Any, model: str) -> float | None:
    if value is None:
        return None
    try:
        seconds = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        seconds = math.nan
    if math.isnan(seconds) or seconds <= 0:
        raise _wrong(f"must be a positive number of seconds, not {value!r}", model, argument)
    return None if math.isinf(seconds) else seconds


def _wrong(why: str, model: str, argument: str = "timeout") -> BadRequestError:
    return BadRequestError(f"{argument}: {why}", model, "")
