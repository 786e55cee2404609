"""When a failed call is sent again, and after how long.

A client sends again by itself where it is given a ``RetryConfig``: under the same ``X-Request-Id``, by which CoreX
charges once. The helpers here do the same around any function that raises this package's errors; what such a function
sends has an id of its own each time, unless it passes one.
"""

from __future__ import annotations

import functools
import inspect
import math
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import anyio

from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    BandAccessDeniedError,
    InsufficientCreditsError,
    PermissionDeniedError,
    ZaguanError,
)

__all__ = ["RetryConfig", "async_with_retry", "with_retry"]

_T = TypeVar("_T")
_Function = TypeVar("_Function", bound=Callable[..., Any])

# Sending again cannot help, whatever the status.
_FINAL = (AuthenticationError, BandAccessDeniedError, InsufficientCreditsError, PermissionDeniedError)


@dataclass(frozen=True)
class RetryConfig:
    """How often, when, and after how long.

    Attributes:
        max_retries: requests after the first.
        initial_delay: seconds before the first retry.
        max_delay: seconds that a delay does not exceed, unless the server asks for longer.
        exponential_base: by what the delay grows each time.
        jitter: take up to half off each delay, at random, so that callers do not come back together.
        retry_on_status_codes: statuses that may pass.

    Raises:
        ValueError: a value is negative, not finite, or no status.
    """

    max_retries: int = 3
    initial_delay: float = 1.0
    max_delay: float = 60.0
    exponential_base: float = 2.0
    jitter: bool = True
    retry_on_status_codes: tuple[int, ...] = (408, 429, 500, 502, 503, 504)

    def __post_init__(self) -> None:
        if isinstance(self.max_retries, bool) or not isinstance(self.max_retries, int) or self.max_retries < 0:
            raise ValueError(f"max_retries must be a whole number from 0 up, not {self.max_retries!r}")
        for name, least in (("initial_delay", 0.0), ("max_delay", 0.0), ("exponential_base", 1.0)):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not math.isfinite(value) or value < least:
                raise ValueError(f"{name} must be a finite number from {least:g} up, not {value!r}")
        codes = tuple(cast("Iterable[int]", self.retry_on_status_codes))
        if not all(isinstance(code, int) and 400 <= code < 600 for code in codes):
            raise ValueError(f"retry_on_status_codes must be from 400 to 599, not {codes!r}")
        object.__setattr__(self, "retry_on_status_codes", codes)

    def calculate_delay(self, attempt: int) -> float:
        """Seconds before retry number ``attempt``, counted from 0."""
        try:
            delay = self.initial_delay * self.exponential_base**attempt
        except OverflowError:
            delay = self.max_delay
        delay = min(delay, self.max_delay)
        return delay * random.uniform(0.5, 1.0) if self.jitter else delay

    def should_retry(self, exception: BaseException, attempt: int) -> bool:
        """Whether to send again after ``attempt`` retries.

        Yes after a connection that failed before an answer began or took too long to open, and after an answer with one
        of the statuses. No after other time limits and after an answer that broke off, for the call may have been
        charged, nor where the key, the tier or the credits do not suffice.
        """
        if attempt >= self.max_retries or isinstance(exception, _FINAL):
            return False
        if isinstance(exception, APIConnectionError):
            return exception.status_code is None
        if isinstance(exception, APITimeoutError):
            return exception.timeout_kind == "connect"
        return isinstance(exception, APIError) and exception.status_code in self.retry_on_status_codes

    def _wait(self, exception: ZaguanError, attempt: int) -> float:
        asked = exception.retry_after if isinstance(exception, APIError) else None
        return self.calculate_delay(attempt) if asked is None else asked


def with_retry(config: RetryConfig | None = None) -> Callable[[_Function], _Function]:
    """Decorator: call a function again while it fails in a way that may pass.

    Args:
        config: the terms; the defaults of :class:`RetryConfig` where None.

    Returns:
        A decorator of functions and of coroutine functions. The last failure is raised as it is.
    """
    terms = RetryConfig() if config is None else config

    def decorate(function: _Function) -> _Function:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def async_wrapper(*args: Any, **kwargs: Any) -> Any:
                return await async_with_retry(function, terms, *args, **kwargs)

            return cast("_Function", async_wrapper)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            attempt = 0
            while True:
                try:
                    return function(*args, **kwargs)
                except ZaguanError as error:
                    if not terms.should_retry(error, attempt):
                        raise
                    delay = terms._wait(error, attempt)
                time.sleep(delay)
                attempt += 1

        return cast("_Function", wrapper)

    return decorate


async def async_with_retry(
    func: Callable[..., Awaitable[_T]], config: RetryConfig | None = None, *args: Any, **kwargs: Any
) -> _T:
    """Await ``func(*args, **kwargs)`` again while it fails in a way that may pass; on any loop.

    Args:
        func: makes an awaitable anew each time.
        config: the terms; the defaults of :class:`RetryConfig` where None.

    Raises:
        ZaguanError: the last failure, as it is.
    """
    terms = RetryConfig() if config is None else config
    attempt = 0
    while True:
        try:
            return await func(*args, **kwargs)
        except ZaguanError as error:
            if not terms.should_retry(error, attempt):
                raise
            delay = terms._wait(error, attempt)
        await anyio.sleep(delay)
        attempt += 1
