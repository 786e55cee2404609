"""The base of all errors, and the HTTP answer that an error may carry.

Promises lossless pickling and copying, and that ``openai``'s classes are adopted as bases without importing them.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

if TYPE_CHECKING:
    from .types import ModelResponse, ResponsesAPIResponse

__all__ = ["EQError", "ErrorResponse", "Headers", "ModelFirst", "adopt_openai_bases"]


class Headers(Mapping[str, str]):
    """HTTP headers, found in any case; of a repeated one, the last."""

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        items = cast("Iterable[tuple[str, str]]", pairs.items() if isinstance(pairs, Mapping) else pairs)
        self._values = {name.lower(): value for name, value in items}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


class ErrorResponse:
    """The HTTP answer behind an error, in the shape of httpx's: enough for those who look into ``e.response``.

    Attributes:
        status_code: HTTP status.
        headers: found in any case.
        content: the body.
        request: always None, for requests hold keys.
    """

    request: None = None

    def __init__(self, status_code: int, headers: Headers | None = None, content: bytes = b"") -> None:
        self.status_code = status_code
        self.headers = Headers() if headers is None else headers
        self.content = content

    @property
    def text(self) -> str:
        """The body as UTF-8; what is not, is replaced."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.content)

    def __repr__(self) -> str:
        return f"<ErrorResponse [{self.status_code}]>"


# Keyword arguments of every error, and what they are when not given.
_DETAILS: Mapping[str, Any] = {
    "code": None,
    "type": None,
    "param": None,
    "request": None,
    "request_id": None,
    "headers": None,
    "retry_after": None,
    "attempts": 0,
    "timeout_kind": None,
    "partial": None,
    "generated_content": "",
}


_PACKAGES = {__name__.partition(".")[0], "litellm"}


def _rebuild(cls: type[EQError], args: tuple[Any, ...]) -> EQError:
    adopt_openai_bases()
    return cls.__new__(cls, *args)


class EQError(Exception):
    """Base of all errors.

    Attributes:
        message: ``litellm.<Class>: ...``; may be changed.
        status_code: the wire's status, else the class's.
        llm_provider, model: whom was asked, and for what.
        response: the HTTP answer, None where there was none.
        body: the ``error`` object of the answer, else its JSON, else its text.
        code, type, param: what that object says.
        request_id: the provider's name for the call.
        headers, litellm_response_headers: of the answer.
        retry_after: seconds that the provider asked to wait.
        attempts: requests that were sent, 0 where none was.
        timeout_kind: ``connect``, ``first_token``, ``idle``, ``total``, ``upstream`` or None.
        partial, generated_content: what had arrived when a stream failed.
    """

    status_code: int = 500
    body: Any
    code: str | None
    type: str | None
    param: str | None
    request: Any
    request_id: str | None
    headers: Mapping[str, str] | None
    retry_after: float | None
    attempts: int
    timeout_kind: str | None
    partial: ModelResponse | ResponsesAPIResponse | None
    generated_content: str

    # Name of the class in openai's package that this one extends once that package is imported.
    openai_base: ClassVar[str | None] = None
    # Whether an error made without a response has an empty one, for there is a status to tell of.
    answered: ClassVar[bool] = True

    def __init__(
        self,
        message: str = "",
        llm_provider: str | None = "",
        model: str | None = "",
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: Any = None,
        *,
        status_code: int | None = None,
        **details: Any,
    ) -> None:
        adopt_openai_bases()
        Exception.__init__(self, message)
        if unknown := details.keys() - _DETAILS.keys():
            raise TypeError(f"{type(self).__name__}() got unexpected arguments: {sorted(unknown)}")
        self.message = self._prefixed(message)
        if status_code is not None:
            self.status_code = status_code
        self.llm_provider = llm_provider
        self.model = model
        self.response = ErrorResponse(self.status_code) if response is None and self.answered else response
        self.litellm_debug_info = litellm_debug_info
        self.max_retries = max_retries
        self.num_retries = num_retries
        self.body = body
        said = {key: body.get(key) for key in ("code", "type", "param")} if isinstance(body, dict) else {}
        vars(self).update({**_DETAILS, **said, **details})
        if self.headers is None:
            self.headers = getattr(self.response, "headers", None)
        self.litellm_response_headers = self.headers

    def _prefixed(self, message: str) -> str:
        # Of a user's subclass, the class of ours that it extends.
        name = next(cls.__name__ for cls in type(self).__mro__ if cls.__module__.partition(".")[0] in _PACKAGES)
        prefix = f"litellm.{name}: "
        return message if message.startswith(prefix) else prefix + message

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args), vars(self)


class ModelFirst(EQError):
    """The order of arguments of those errors that name the model before the provider."""

    def __init__(
        self,
        message: str = "",
        model: str | None = "",
        llm_provider: str | None = "",
        response: Any = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: Any = None,
        **details: Any,
    ) -> None:
        super().__init__(
            message, llm_provider, model, response, litellm_debug_info, max_retries, num_retries, body, **details
        )


def _families(cls: type[EQError]) -> Iterator[type[EQError]]:
    for subclass in cls.__subclasses__():
        if "openai_base" in vars(subclass):
            yield subclass
        yield from _families(subclass)


_adopted: Any = None


def adopt_openai_bases() -> None:
    """Make our classes subclasses of openai's too, if that package has been imported by now.

    Costs 0.1 us where there is nothing to do. A class that cannot take another base (a user's subclass orders its bases
    otherwise) is left as it is.
    """
    global _adopted
    module = sys.modules.get("openai")
    if module is _adopted or not isinstance(getattr(module, "APIStatusError", None), type):
        return
    whole = True
    for cls in _families(EQError):
        base = getattr(module, cls.openai_base or "", None)
        if not (isinstance(base, type) and issubclass(base, Exception)):
            # Another thread is still importing the package.
            whole = whole and cls.openai_base is None
        elif not issubclass(cls, base):
            with contextlib.suppress(TypeError):
                cls.__bases__ = (*cls.__bases__, base)
    if whole:
        _adopted = module
