"""Every error that a Zaguan client raises.

    ZaguanError
    +-- APIConnectionError              no answer, or one that was cut before its end
    +-- APITimeoutError                 a limit of ours was reached; `timeout_kind` says which
    +-- InvalidResponseError            a success whose body is not what the protocol says
    +-- APIError                        CoreX answered with an error
        +-- ValidationError             400, 413, 422
        +-- AuthenticationError         401
        +-- InsufficientCreditsError    402
        +-- PermissionDeniedError       403
        +-- BandAccessDeniedError       403, of a model's band
        +-- NotFoundError               404
        +-- ConflictError               409
        +-- RateLimitError              429
        +-- ServerError                 5xx

The kind is recognised by the body's type or code where these are exact, else by the status. Promises: ``str(e)`` is
``e.message``, the server's own words where it sent any; all errors pickle and copy with every attribute; no error
carries a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from .._error_base import Headers

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AuthenticationError",
    "BandAccessDeniedError",
    "ConflictError",
    "InsufficientCreditsError",
    "InvalidResponseError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "ValidationError",
    "ZaguanError",
]


def _rebuild(cls: type[ZaguanError], args: tuple[Any, ...]) -> ZaguanError:
    # Without `__init__`: those of subclasses take other arguments.
    return cls.__new__(cls, *args)


class ZaguanError(Exception):
    """Base of all errors.

    Attributes:
        message: what went wrong, in the server's words where it sent any.
        request_id: CoreX's id of the call (``X-Request-Id``), else the one that was sent.
        attempts: how many requests were sent.
        partial: what had arrived of a stream that failed, None where nothing had.
    """

    message: str = ""
    request_id: str | None = None
    attempts: int = 1
    partial: Any = None

    def __init__(
        self, message: str = "", request_id: str | None = None, *, attempts: int = 1, partial: Any = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.request_id = request_id
        self.attempts = attempts
        self.partial = partial

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r}, request_id={self.request_id!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args), vars(self)


class APIConnectionError(ZaguanError):
    """No answer (refused, reset, no such host, TLS that does not verify), or one that was cut before its end.

    Attributes:
        status_code: of an answer that was cut; None where none began.
    """

    status_code: int | None = None

    def __init__(
        self, message: str = "", request_id: str | None = None, *, status_code: int | None = None, attempts: int = 1
    ) -> None:
        super().__init__(message, request_id, attempts=attempts)
        self.status_code = status_code


class APITimeoutError(ZaguanError):
    """A limit of ours was reached.

    Attributes:
        timeout_kind: ``connect``, ``first_token``, ``idle`` or ``total``.
        status_code: of an answer that had begun; None where none had.
    """

    timeout_kind: str | None = None
    status_code: int | None = None

    def __init__(
        self,
        message: str = "",
        request_id: str | None = None,
        *,
        timeout_kind: str | None = None,
        status_code: int | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message, request_id, attempts=attempts)
        self.timeout_kind = timeout_kind
        self.status_code = status_code


class InvalidResponseError(ZaguanError):
    """A success whose body is not what the protocol says.

    Attributes:
        body: the body, parsed where it is JSON, else as text; None when empty.
        status_code: of the answer.
        headers: of the answer, found in any case.
    """

    body: Any = None
    status_code: int | None = None
    headers: Mapping[str, str] = Headers()

    def __init__(
        self,
        message: str = "",
        request_id: str | None = None,
        *,
        body: Any = None,
        status_code: int | None = None,
        headers: Mapping[str, str] | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message, request_id, attempts=attempts)
        self.body = body
        self.status_code = status_code
        self.headers = Headers(headers or ())


class _Answer(TypedDict, total=False):
    request_id: str | None
    type: str | None
    code: str | None
    param: str | None
    body: Any
    headers: Mapping[str, str] | None
    reset_date: str | None
    attempts: int


class _WithWait(_Answer, total=False):
    retry_after: float | None


class APIError(ZaguanError):
    """CoreX answered with an error.

    Attributes:
        status_code: HTTP status; of a failure reported inside a success, the status that the report tells, if any.
        type, code, param: what the error object says.
        body: the body, parsed where it is JSON, else as text; None when empty.
        headers: of the answer, found in any case.
        retry_after: seconds that the server asks to wait: the ``Retry-After`` header, else the body.
        reset_date: when credits are renewed, as sent.
    """

    status_code: int = 0
    type: str | None = None
    code: str | None = None
    param: str | None = None
    body: Any = None
    headers: Mapping[str, str] = Headers()
    retry_after: float | None = None
    reset_date: str | None = None

    def __init__(
        self,
        status_code: int,
        message: str,
        request_id: str | None = None,
        *,
        type: str | None = None,
        code: str | None = None,
        param: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        reset_date: str | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message, request_id, attempts=attempts)
        self.status_code = status_code
        self.type = type
        self.code = code
        self.param = param
        self.body = body
        self.headers = Headers(headers or ())
        self.retry_after = retry_after
        self.reset_date = reset_date

    def __repr__(self) -> str:
        name = self.__class__.__name__
        return f"{name}({self.message!r}, status_code={self.status_code!r}, request_id={self.request_id!r})"


class ValidationError(APIError):
    """The request is wrong (400, 422) or too large (413)."""


class AuthenticationError(APIError):
    """No key, or one that is not accepted (401)."""


class PermissionDeniedError(APIError):
    """The key may not do this (403)."""


class NotFoundError(APIError):
    """No such model, object or address (404)."""


class ConflictError(APIError):
    """The object is in a state that does not allow this (409)."""


class ServerError(APIError):
    """CoreX or the provider behind it failed (5xx)."""


class InsufficientCreditsError(APIError):
    """Not enough credits (402).

    Attributes:
        credits_required, credits_remaining: as sent, None where not sent.
    """

    credits_required: float | None = None
    credits_remaining: float | None = None

    def __init__(
        self,
        message: str,
        credits_required: float | None = None,
        credits_remaining: float | None = None,
        *,
        status_code: int = 402,
        **answer: Unpack[_WithWait],
    ) -> None:
        super().__init__(status_code, message, **answer)
        self.credits_required = credits_required
        self.credits_remaining = credits_remaining


class BandAccessDeniedError(APIError):
    """The tier has no access to the model's band (403).

    Attributes:
        band, required_tier, current_tier: as sent, None where not sent.
    """

    band: str | None = None
    required_tier: str | None = None
    current_tier: str | None = None

    def __init__(
        self,
        message: str,
        band: str | None = None,
        required_tier: str | None = None,
        current_tier: str | None = None,
        *,
        status_code: int = 403,
        **answer: Unpack[_WithWait],
    ) -> None:
        super().__init__(status_code, message, **answer)
        self.band = band
        self.required_tier = required_tier
        self.current_tier = current_tier


class RateLimitError(APIError):
    """Too many requests (429); ``retry_after`` says how long to wait where the server did."""

    def __init__(
        self, message: str, retry_after: float | None = None, *, status_code: int = 429, **answer: Unpack[_Answer]
    ) -> None:
        super().__init__(status_code, message, retry_after=retry_after, **answer)
