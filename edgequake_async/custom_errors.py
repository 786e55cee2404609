"""What a handler raised, as an error of this package's tree; the original is its ``__cause__``.

By status where the exception has one (``CustomLLMError``, openai's errors), as an HTTP answer's. Else a timeout is
``Timeout``, a failed connection ``APIConnectionError``, anything else ``InternalServerError``. Errors of this package
stay what they are.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from . import exceptions
from .exceptions import APIResponseValidationError, EQError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .terms import CallInfo

__all__ = ["failure", "no_answer", "translated"]

_BY_STATUS: Mapping[int, Callable[..., EQError]] = {
    400: exceptions.BadRequestError,
    401: exceptions.AuthenticationError,
    402: exceptions.PaymentRequiredError,
    403: exceptions.PermissionDeniedError,
    404: exceptions.NotFoundError,
    408: exceptions.Timeout,
    422: exceptions.UnprocessableEntityError,
    429: exceptions.RateLimitError,
    502: exceptions.BadGatewayError,
    503: exceptions.ServiceUnavailableError,
    504: exceptions.Timeout,
    529: exceptions.ServiceUnavailableError,
}


def failure(error: Exception, info: CallInfo) -> EQError:
    """What the caller of a handler is told."""
    if isinstance(error, EQError):
        return error
    status, told = getattr(error, "status_code", None), str(getattr(error, "message", None) or error)
    if isinstance(status, int) and status >= 400:
        cls: Callable[..., EQError] = _BY_STATUS.get(
            status, exceptions.InternalServerError if status >= 500 else exceptions.APIError
        )
    else:
        # Of the timeouts, asyncio's is the builtin one since Python 3.11.
        status, name = 500, type(error).__name__
        if isinstance(error, TimeoutError) or name in {"TimeoutError", "TooSlowError"}:
            cls, status = exceptions.Timeout, 408
        elif isinstance(error, ConnectionError):
            cls = exceptions.APIConnectionError
        else:
            cls, told = exceptions.InternalServerError, f"{name}: {told}"
    message = f"{info.provider}: {told}"
    failed = cls(message=message, llm_provider=info.provider, model=info.model, status_code=status)
    failed.__cause__ = error
    return failed


@contextlib.contextmanager
def translated(info: CallInfo) -> Iterator[None]:
    """Whatever a handler raises inside, the caller is told."""
    try:
        yield
    except Exception as error:
        raise failure(error, info)  # noqa: B904 (it has its cause)


def no_answer(why: str, info: CallInfo) -> APIResponseValidationError:
    """A handler gave what is no answer."""
    return APIResponseValidationError(f"{info.provider}: its handler {why}", info.provider, info.model)
