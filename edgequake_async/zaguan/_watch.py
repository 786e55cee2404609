"""One call as its hooks see it: a start, its retries, and one end or failure, whichever comes first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .. import _eq_core
from ._error_mapping import from_engine
from .errors import ZaguanError
from .observability import ErrorEvent, ObservabilityHook, RequestEvent, ResponseEvent, RetryEvent, fire
from .thinking import read_field

if TYPE_CHECKING:
    from typing_extensions import Self

    from .retry import RetryConfig

__all__ = ["Watch"]


class Watch:
    """Entered when the request is sent. What it is left by is reported, and an engine's failure is raised as ours.

    Attributes:
        request_id: the id of the call.
    """

    __slots__ = ("_began", "_given_up", "_hooks", "_max_retries", "_method", "_model", "_over", "_url", "request_id")

    def __init__(
        self,
        hooks: Sequence[ObservabilityHook],
        request_id: str,
        method: str,
        url: str,
        model: str | None,
        retry: RetryConfig | None,
    ) -> None:
        self._hooks = hooks
        self.request_id = request_id
        self._method = method
        self._url = url
        self._model = model
        self._max_retries = 0 if retry is None else retry.max_retries
        self._began = 0.0
        self._given_up: ErrorEvent | None = None
        self._over = False

    def __enter__(self) -> Self:
        if self._hooks:
            self._began = time.perf_counter()
            fire(self._hooks, "on_request_start", RequestEvent(self.request_id, self._method, self._url, self._model))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, _eq_core.EngineError):
            ours = _to_exception(error.args[0], self.request_id)
            self.failed(ours)
            raise ours from None
        if error is not None:
            self.failed(error)

    @property
    def has_hooks(self) -> bool:
        """Whether anybody watches."""
        return bool(self._hooks)

    @property
    def is_open(self) -> bool:
        """Whether anybody still waits to be told of the end."""
        return bool(self._hooks) and not self._over

    @property
    def on_retry(self) -> _eq_core.OnRetry | None:
        """What the engine is to call before it sends again."""
        return self._retrying if self._hooks and self._max_retries else None

    def _retrying(self, payload: dict[str, Any], attempts: int, delay: float) -> None:
        error = from_engine(payload, self.request_id)
        event = RetryEvent(
            self.request_id,
            attempts,
            self._max_retries,
            delay * 1000,
            type(error).__name__,
            error.message,
            getattr(error, "status_code", None),
        )
        fire(self._hooks, "on_request_retry", event)

    def failed(self, error: BaseException) -> None:
        """The call failed, or was given up."""
        if self.is_open:
            self._end("on_request_error", self._failure(error))

    def ended(self, status: int, usage: object = None) -> None:
        """The call ended well; ``usage`` is what the answer tells of its tokens."""
        if self.is_open:
            latency = (time.perf_counter() - self._began) * 1000
            self._end("on_request_end", ResponseEvent(self.request_id, status, latency, self._model, **_used(usage)))

    def paused(self, error: BaseException) -> None:
        """A wait for more of a stream was cancelled: the call's failure, unless more of it is read."""
        self._given_up = self._failure(error)

    def resumed(self) -> None:
        """More of it was read."""
        self._given_up = None

    def left(self, status: int, usage: object = None) -> None:
        """A stream was left before its end: given up where a wait for more had been cancelled, else ended well."""
        if self._given_up is None:
            self.ended(status, usage)
        elif self.is_open:
            self._end("on_request_error", self._given_up)

    def _failure(self, error: BaseException) -> ErrorEvent:
        attempts = error.attempts if isinstance(error, ZaguanError) else 1
        status = getattr(error, "status_code", None)
        return ErrorEvent(self.request_id, type(error).__name__, str(error), status, max(attempts - 1, 0))

    def _end(self, name: str, event: ErrorEvent | ResponseEvent) -> None:
        self._over = True
        fire(self._hooks, name, event)


def _to_exception(payload: dict[str, Any], request_id: str) -> Exception:
    """What the engine tells of a failure; that of a file of the caller's as Python tells it."""
    number = payload["os_error"]
    return from_engine(payload, request_id) if number is None else OSError(number, payload["message"])


def _used(usage: object) -> dict[str, Any]:
    """Tokens and cost of a usage, OpenAI's names before Anthropic's; None for what is no number."""
    prompt = _number(usage, "prompt_tokens", "input_tokens")
    completion = _number(usage, "completion_tokens", "output_tokens")
    total = _number(usage, "total_tokens")
    if total is None and (prompt, completion) != (None, None):
        total = (prompt or 0) + (completion or 0)
    details = read_field(usage, "completion_tokens_details") or read_field(usage, "output_tokens_details")
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": total,
        "reasoning_tokens": _number(details, "reasoning_tokens"),
        "cost": _number(usage, "cost"),
    }


def _number(value: object, *names: str) -> Any:
    values = (read_field(value, name) for name in names)
    return next((value for value in values if isinstance(value, (int, float))), None)
