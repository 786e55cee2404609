"""What a client tells its hooks of every call: its start, its end or failure, and each retry.

Hooks are plain functions of an object, called on the thread of the event loop, and of a stream that is closed or
forgotten, on the thread that does so: they must be quick. One that raises breaks no call; what it raises is logged.
Promises that no event, and nothing logged here, holds a key, a body or a header.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Protocol, runtime_checkable

__all__ = [
    "CompositeHook",
    "ErrorEvent",
    "LoggingHook",
    "MetricsCollector",
    "ObservabilityHook",
    "RequestEvent",
    "ResponseEvent",
    "RetryEvent",
    "fire",
]

_logger = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(timezone.utc)


class _Stamped:
    timestamp: datetime

    def __post_init__(self) -> None:
        if self.timestamp is None:
            object.__setattr__(self, "timestamp", _now())


@dataclass(frozen=True)
class RequestEvent(_Stamped):
    """A call begins. ``url`` has no query, ``timestamp`` is in UTC, now where None."""

    request_id: str
    method: str
    url: str
    model: str | None = None
    timestamp: datetime = field(default_factory=_now)


@dataclass(frozen=True)
class ResponseEvent(_Stamped):
    """A call ended well; of a stream, when its end arrived.

    ``latency_ms`` is from the start of the call, retries included; tokens and ``cost`` are None where not sent.
    """

    request_id: str
    status_code: int
    latency_ms: float
    model: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: float | None = None
    timestamp: datetime = field(default_factory=_now)


@dataclass(frozen=True)
class ErrorEvent(_Stamped):
    """A call failed for good. ``error_type`` is the name of the error's class, ``retry_attempt`` counts retries."""

    request_id: str
    error_type: str
    error_message: str
    status_code: int | None = None
    retry_attempt: int | None = None
    timestamp: datetime = field(default_factory=_now)


@dataclass(frozen=True)
class RetryEvent(_Stamped):
    """A request failed and is sent again after ``delay_ms``; ``attempt`` counts retries from 1."""

    request_id: str
    attempt: int
    max_retries: int
    delay_ms: float
    error_type: str
    error_message: str
    status_code: int | None = None
    timestamp: datetime = field(default_factory=_now)


@runtime_checkable
class ObservabilityHook(Protocol):
    """What a hook has; ``on_request_retry(event: RetryEvent)`` may be there too."""

    def on_request_start(self, event: RequestEvent) -> None:
        """A call begins."""

    def on_request_end(self, event: ResponseEvent) -> None:
        """A call ended well."""

    def on_request_error(self, event: ErrorEvent) -> None:
        """A call failed for good."""


def fire(hooks: Sequence[object], name: str, event: object) -> None:
    """Call the method ``name`` of each hook that has it; what one raises is logged, and the next is called."""
    for hook in hooks:
        method = getattr(hook, name, None)
        if method is None:
            continue
        try:
            method(event)
        except Exception:
            _logger.exception("%s of %s raised", name, type(hook).__name__)


class LoggingHook:
    """Logs calls to the logger ``edgequake_async.zaguan.observability``: ends at INFO, retries and failures at WARNING.

    Args:
        verbose: log starts, models, tokens, costs and error messages too.
    """

    def __init__(self, verbose: bool = False) -> None:
        self.verbose = verbose

    def _log(self, level: int, text: str, event: object, *names: str) -> None:
        values = ((name, getattr(event, name)) for name in names if self.verbose)
        details = "".join(f" {name}={value}" for name, value in values if value is not None)
        _logger.log(level, "%s%s", text, details)

    def on_request_start(self, event: RequestEvent) -> None:
        if self.verbose:
            self._log(logging.INFO, f"Request {event.request_id}: {event.method} {event.url}", event, "model")

    def on_request_end(self, event: ResponseEvent) -> None:
        text = f"Request {event.request_id}: status {event.status_code} after {event.latency_ms:.2f} ms"
        tokens = ("prompt_tokens", "completion_tokens", "total_tokens", "reasoning_tokens")
        self._log(logging.INFO, text, event, "model", *tokens, "cost")

    def on_request_error(self, event: ErrorEvent) -> None:
        text = f"Request {event.request_id}: {event.error_type}"
        self._log(logging.WARNING, text, event, "status_code", "retry_attempt", "error_message")

    def on_request_retry(self, event: RetryEvent) -> None:
        retry = f"retry {event.attempt} of {event.max_retries} in {event.delay_ms:.0f} ms"
        text = f"Request {event.request_id}: {event.error_type}, {retry}"
        self._log(logging.WARNING, text, event, "status_code", "error_message")


class MetricsCollector:
    """Counts calls, retries, tokens and costs; may be shared by threads and clients.

    Attributes:
        total_requests: calls that began.
        successful_requests, failed_requests: calls that ended well, or failed for good.
        total_retries: requests after the first of a call.
        total_latency_ms: sum over calls that ended well.
        total_tokens, total_prompt_tokens, total_completion_tokens, total_reasoning_tokens, total_cost: sums of what the
            answers tell.
        requests_by_model: calls that ended well, by model.
        errors_by_type: calls that failed, by the name of the error's class.
    """

    def __init__(self) -> None:
        # Reentrant: the garbage collector may end a forgotten stream, whose end is told, while the lock is held.
        self._lock = threading.RLock()
        self.total_requests = 0
        self.successful_requests = 0
        self.failed_requests = 0
        self.total_retries = 0
        self.total_latency_ms = 0.0
        self.total_tokens = 0
        self.total_prompt_tokens = 0
        self.total_completion_tokens = 0
        self.total_reasoning_tokens = 0
        self.total_cost = 0.0
        self.requests_by_model: dict[str, int] = {}
        self.errors_by_type: dict[str, int] = {}

    def on_request_start(self, event: RequestEvent) -> None:
        with self._lock:
            self.total_requests += 1

    def on_request_end(self, event: ResponseEvent) -> None:
        with self._lock:
            self.successful_requests += 1
            self.total_latency_ms += event.latency_ms
            if event.model:
                self.requests_by_model[event.model] = self.requests_by_model.get(event.model, 0) + 1
            self.total_tokens += event.total_tokens or 0
            self.total_prompt_tokens += event.prompt_tokens or 0
            self.total_completion_tokens += event.completion_tokens or 0
            self.total_reasoning_tokens += event.reasoning_tokens or 0
            self.total_cost += event.cost or 0.0

    def on_request_error(self, event: ErrorEvent) -> None:
        with self._lock:
            self.failed_requests += 1
            self.errors_by_type[event.error_type] = self.errors_by_type.get(event.error_type, 0) + 1

    def on_request_retry(self, event: RetryEvent) -> None:
        with self._lock:
            self.total_retries += 1

    @property
    def average_latency_ms(self) -> float:
        """Of calls that ended well; 0.0 before the first."""
        return self.total_latency_ms / self.successful_requests if self.successful_requests else 0.0

    @property
    def success_rate(self) -> float:
        """The part, from 0 to 1, of calls begun that ended well; 0.0 before the first."""
        return self.successful_requests / self.total_requests if self.total_requests else 0.0

    def get_summary(self) -> dict[str, Any]:
        """All counts of one moment, and the two rates."""
        with self._lock:
            counts = {name: value for name, value in vars(self).items() if name != "_lock"}
            rates = {"success_rate": self.success_rate, "average_latency_ms": self.average_latency_ms}
            by = {name: dict(counts[name]) for name in ("requests_by_model", "errors_by_type")}
            return {**counts, **rates, **by}


class CompositeHook:
    """Several hooks as one; one that raises keeps no event from the others."""

    def __init__(self, hooks: Iterable[object]) -> None:
        self.hooks = list(hooks)

    def on_request_start(self, event: RequestEvent) -> None:
        fire(self.hooks, "on_request_start", event)

    def on_request_end(self, event: ResponseEvent) -> None:
        fire(self.hooks, "on_request_end", event)

    def on_request_error(self, event: ErrorEvent) -> None:
        fire(self.hooks, "on_request_error", event)

    def on_request_retry(self, event: RetryEvent) -> None:
        fire(self.hooks, "on_request_retry", event)
