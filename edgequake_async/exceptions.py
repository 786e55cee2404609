"""Every error that this package raises.

    EQError
    +-- APIError                            any status without a class of its own
    |   +-- MockException
    +-- AuthenticationError                 401
    +-- PermissionDeniedError               403
    +-- NotFoundError                       404
    +-- UnprocessableEntityError            422
    +-- RateLimitError                      429
    +-- Timeout                             408; `timeout_kind` says which limit
    +-- APIConnectionError                  no answer
    +-- InternalServerError                 500
    |   +-- InternalError                   a defect of ours
    +-- BadGatewayError                     502
    +-- ServiceUnavailableError             503
    |   +-- MidStreamFallbackError
    +-- BadRequestError                     400
    |   +-- ContextWindowExceededError
    |   +-- ContentPolicyViolationError
    |   +-- UnsupportedParamsError
    |   +-- PaymentRequiredError            402
    |   +-- ImageFetchError
    |   +-- RejectedRequestError
    |   +-- LiteLLMUnknownProvider
    +-- InvalidRequestError                 400
    +-- APIResponseValidationError          an answer that is no answer
    |   +-- JSONSchemaValidationError
    +-- OpenAIError
    +-- AzureOpenAIError
    +-- BudgetExceededError
    +-- ModelNotMappedError
    +-- RouterRateLimitError                also a ValueError

Names, the order of positional arguments, attributes and the prefix of messages are litellm's. Promises: all pickle and
copy losslessly, ``str(e)`` follows ``e.message``, and in programs that have imported ``openai`` the classes are also
subclasses of that package's (``except openai.RateLimitError`` works), though this package never imports it.
"""

from __future__ import annotations

from typing import Any

from ._error_base import EQError, ModelFirst

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BudgetExceededError",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "EQError",
    "ImageFetchError",
    "InternalError",
    "InternalServerError",
    "InvalidRequestError",
    "JSONSchemaValidationError",
    "LiteLLMUnknownProvider",
    "MidStreamFallbackError",
    "MockException",
    "ModelNotMappedError",
    "NotFoundError",
    "OpenAIError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RejectedRequestError",
    "RouterRateLimitError",
    "ServiceUnavailableError",
    "Timeout",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
]

# What `dir(edgequake_async)` shows: aider refuses to start where it sees an ``*Error`` that it does not know.
TOP_LEVEL = tuple(
    name
    for name in __all__
    if name
    not in {
        "EQError",
        "InternalError",
        "MidStreamFallbackError",
        "ModelNotMappedError",
        "PaymentRequiredError",
        "RejectedRequestError",
    }
)


class APIError(EQError):
    """An answer whose status has no class of its own."""

    openai_base = "APIError"

    def __init__(
        self, status_code: int, message: str, llm_provider: str, model: str, request: Any = None, **details: Any
    ) -> None:
        super().__init__(message, llm_provider, model, status_code=status_code, request=request, **details)


class MockException(APIError):
    """Raised on purpose, by tests."""


class AuthenticationError(EQError):
    """No key, or one that is not accepted."""

    status_code = 401
    openai_base = "AuthenticationError"


class PermissionDeniedError(EQError):
    """The key may not do this."""

    status_code = 403
    openai_base = "PermissionDeniedError"


class NotFoundError(ModelFirst):
    """No such model, or no such address."""

    status_code = 404
    openai_base = "NotFoundError"


class UnprocessableEntityError(ModelFirst):
    """The provider read the request and rejects what it says."""

    status_code = 422
    openai_base = "UnprocessableEntityError"


class RateLimitError(EQError):
    """Too many requests, or no quota; ``retry_after`` says how long to wait where the provider did."""

    status_code = 429
    openai_base = "RateLimitError"

    def __init__(
        self, *args: Any, category: Any = None, rate_limit_type: Any = None, detail: Any = None, **details: Any
    ) -> None:
        super().__init__(*args, **details)
        self.category = category
        self.rate_limit_type = rate_limit_type
        self.detail = detail


class Timeout(EQError):
    """A limit was reached, ours (``timeout_kind``) or the provider's (``upstream``)."""

    status_code = 408
    openai_base = "APITimeoutError"
    answered = False

    def __init__(
        self,
        message: str,
        model: str,
        llm_provider: str,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        headers: Any = None,
        exception_status_code: int | None = None,
        response: Any = None,
        **details: Any,
    ) -> None:
        details.setdefault("status_code", exception_status_code)
        retries = {"max_retries": max_retries, "num_retries": num_retries}
        details.update(retries, headers=headers, litellm_debug_info=litellm_debug_info)
        super().__init__(message, llm_provider, model, response, **details)


class APIConnectionError(EQError):
    """No answer: refused, reset, no such host, or TLS that does not verify."""

    openai_base = "APIConnectionError"
    answered = False

    def __init__(self, message: str, llm_provider: str, model: str, request: Any = None, **details: Any) -> None:
        super().__init__(message, llm_provider, model, request=request, **details)


class InternalServerError(EQError):
    """The provider failed."""

    openai_base = "InternalServerError"


class InternalError(InternalServerError):
    """We failed: a defect of this package, worth a report."""

    answered = False


class BadGatewayError(EQError):
    """Something before the provider failed."""

    status_code = 502
    openai_base = "APIStatusError"


class ServiceUnavailableError(EQError):
    """The provider is overloaded or down."""

    status_code = 503
    openai_base = "APIStatusError"


class MidStreamFallbackError(ServiceUnavailableError):
    """A stream failed after it began."""

    def __init__(
        self,
        message: str,
        model: str,
        llm_provider: str,
        original_exception: BaseException | None = None,
        *,
        is_pre_first_chunk: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message, llm_provider, model, **details)
        self.original_exception = original_exception
        self.is_pre_first_chunk = is_pre_first_chunk


class BadRequestError(ModelFirst):
    """The request is wrong."""

    status_code = 400
    openai_base = "BadRequestError"


class ContextWindowExceededError(BadRequestError):
    """More tokens than the model takes."""


class ContentPolicyViolationError(BadRequestError):
    """Refused by a content filter."""


class UnsupportedParamsError(BadRequestError):
    """A parameter that the provider does not take, or this package does not."""

    def __init__(
        self, message: str, llm_provider: str = "", model: str = "", status_code: int | None = None, **details: Any
    ) -> None:
        super().__init__(message, model, llm_provider, status_code=status_code, **details)


class PaymentRequiredError(BadRequestError):
    """No credit left."""

    status_code = 402


class ImageFetchError(BadRequestError):
    """An image could not be fetched."""


class RejectedRequestError(BadRequestError):
    """Refused before it was sent."""


class LiteLLMUnknownProvider(BadRequestError):
    """The model names no provider that is known."""


class InvalidRequestError(ModelFirst):
    """The older name of a wrong request."""

    status_code = 400
    openai_base = "BadRequestError"


class APIResponseValidationError(EQError):
    """An answer that is not what the protocol says."""

    openai_base = "APIResponseValidationError"


class JSONSchemaValidationError(APIResponseValidationError):
    """An answer that does not fit the schema that was asked for."""

    def __init__(self, model: str, llm_provider: str, raw_response: str, schema: str, **details: Any) -> None:
        message = f"model={model}, returned an invalid response={raw_response}, for schema={schema}"
        super().__init__(message, llm_provider, model, **details)
        self.raw_response = raw_response
        self.schema = schema


class OpenAIError(EQError):
    """Any failure of an OpenAI call, in litellm's older programs."""

    openai_base = "OpenAIError"
    answered = False

    def __init__(self, original_exception: BaseException | None = None, **details: Any) -> None:
        super().__init__(str(original_exception or ""), "openai", **details)
        self.original_exception = original_exception


class AzureOpenAIError(EQError):
    """A failure of an Azure call, in litellm's older programs."""

    def __init__(self, status_code: int, message: str = "", headers: Any = None, **details: Any) -> None:
        super().__init__(message, "azure", status_code=status_code, headers=headers, **details)


class BudgetExceededError(EQError):
    """More was spent than allowed."""

    status_code = 429

    def __init__(self, current_cost: float, max_budget: float, message: str | None = None, **details: Any) -> None:
        told = message or f"Budget has been exceeded! Current cost: {current_cost}, Max budget: {max_budget}"
        super().__init__(told, **details)
        self.current_cost = current_cost
        self.max_budget = max_budget


class ModelNotMappedError(EQError):
    """The price list does not have the model."""

    answered = False


class RouterRateLimitError(EQError, ValueError):
    """No deployment is free."""

    status_code = 429

    def __init__(
        self, model: str, cooldown_time: float, enable_pre_call_checks: bool, cooldown_list: list[Any], **details: Any
    ) -> None:
        message = (
            f"No deployments available for selected model, Try again in {cooldown_time} seconds. "
            f"Passed model={model}. pre-call-checks={enable_pre_call_checks}, cooldown_list={cooldown_list}"
        )
        super().__init__(message, model=model, **details)
        self.cooldown_time = cooldown_time
        self.enable_pre_call_checks = enable_pre_call_checks
        self.cooldown_list = cooldown_list
