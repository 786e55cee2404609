"""Errors: the tree as drawn, litellm's constructors, lossless copies, openai's classes as bases."""

from __future__ import annotations

import builtins
import copy
import importlib.util
import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from edgequake_async import exceptions
from edgequake_async._error_base import ErrorResponse, Headers
from edgequake_async.exceptions import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    AuthenticationError,
    AzureOpenAIError,
    BadGatewayError,
    BadRequestError,
    BudgetExceededError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    EQError,
    ImageFetchError,
    InternalError,
    InternalServerError,
    InvalidRequestError,
    JSONSchemaValidationError,
    LiteLLMUnknownProvider,
    MidStreamFallbackError,
    MockException,
    ModelNotMappedError,
    NotFoundError,
    OpenAIError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    RejectedRequestError,
    RouterRateLimitError,
    ServiceUnavailableError,
    Timeout,
    UnprocessableEntityError,
    UnsupportedParamsError,
)
from edgequake_async.types import ModelResponse

# Class, positional arguments in litellm's order (m: message, p: provider, n: model, else itself), status.
CONSTRUCTORS: list[tuple[type[EQError], list[Any], int]] = [
    (APIError, [418, "m", "p", "n"], 418),
    (MockException, [418, "m", "p", "n"], 418),
    (AuthenticationError, ["m", "p", "n"], 401),
    (BadRequestError, ["m", "n", "p"], 400),
    (ContextWindowExceededError, ["m", "n", "p"], 400),
    (ContentPolicyViolationError, ["m", "n", "p"], 400),
    (ImageFetchError, ["m", "n", "p"], 400),
    (RejectedRequestError, ["m", "n", "p"], 400),
    (LiteLLMUnknownProvider, ["m", "n", "p"], 400),
    (PaymentRequiredError, ["m", "n", "p"], 402),
    (UnsupportedParamsError, ["m", "p", "n"], 400),
    (InvalidRequestError, ["m", "n", "p"], 400),
    (PermissionDeniedError, ["m", "p", "n", ErrorResponse(403)], 403),
    (PermissionDeniedError, ["m", "p", "n"], 403),
    (NotFoundError, ["m", "n", "p"], 404),
    (UnprocessableEntityError, ["m", "n", "p"], 422),
    (RateLimitError, ["m", "p", "n"], 429),
    (Timeout, ["m", "n", "p"], 408),
    (APIConnectionError, ["m", "p", "n"], 500),
    (InternalServerError, ["m", "p", "n"], 500),
    (InternalError, ["m", "p", "n"], 500),
    (BadGatewayError, ["m", "p", "n"], 502),
    (ServiceUnavailableError, ["m", "p", "n"], 503),
    (MidStreamFallbackError, ["m", "n", "p", ValueError("x")], 503),
    (APIResponseValidationError, ["m", "p", "n"], 500),
    (ModelNotMappedError, ["m", "p", "n"], 500),
]
OTHERS: list[EQError] = [
    JSONSchemaValidationError("n", "p", "{}", "{}"),
    OpenAIError(ValueError("why")),
    AzureOpenAIError(500, "m"),
    BudgetExceededError(2.0, 1.0),
    RouterRateLimitError("n", 5.0, True, []),
    RateLimitError("m", "p", "n", category="c", detail="d", rate_limit_type="t", retry_after=1.5),
    APIError(500, "m", "p", "n", partial=ModelResponse(), generated_content="so far", timeout_kind="idle", attempts=2),
]
ATTRIBUTES = """
    attempts body code generated_content headers litellm_debug_info litellm_response_headers llm_provider max_retries
    message model num_retries param partial request request_id response retry_after status_code timeout_kind type
"""
every_error = pytest.mark.parametrize(
    "error", [*(cls(*args) for cls, args, _ in CONSTRUCTORS), *OTHERS], ids=lambda error: type(error).__name__
)


def classes() -> dict[str, type]:
    return {
        name: value for name, value in vars(exceptions).items() if inspect.isclass(value) and issubclass(value, EQError)
    }


def test_public_names() -> None:
    assert exceptions.__all__ == sorted(exceptions.__all__)
    assert set(exceptions.__all__) == set(classes()) - {"ModelFirst"}
    assert {type(error).__name__ for error in OTHERS} | {cls.__name__ for cls, _, _ in CONSTRUCTORS} | {
        "EQError"
    } == set(exceptions.__all__)
    hidden = {"EQError", "InternalError", "PaymentRequiredError"}
    assert set(exceptions.TOP_LEVEL) < set(exceptions.__all__) - hidden


def test_the_tree_is_as_drawn() -> None:
    above: list[str] = []
    drawn: dict[str, str] = {}
    for line in (exceptions.__doc__ or "").splitlines():
        name = line.strip("+-| ").partition(" ")[0]
        if line.startswith("    ") and name in exceptions.__all__:
            depth = (line.index(name) - 4) // 4
            above[depth:] = [name]
            if depth:
                drawn[name] = above[depth - 1]
    assert drawn.keys() == set(exceptions.__all__) - {"EQError"}
    for name, parent in drawn.items():
        ours = [base.__name__ for base in classes()[name].__mro__[1:] if base.__name__ in exceptions.__all__]
        assert ours[0] == parent, name


@pytest.mark.parametrize(("cls", "args", "status"), CONSTRUCTORS, ids=lambda value: getattr(value, "__name__", ""))
def test_positional_orders_are_litellms(cls: type[EQError], args: list[Any], status: int) -> None:
    error = cls(*args)
    assert error.message == str(error) == f"litellm.{cls.__name__}: m"
    assert (error.llm_provider, error.model, error.status_code) == ("p", "n", status)
    names = ["message", "llm_provider", "model"]
    keywords: dict[str, Any] = {"message": "m", "llm_provider": "p", "model": "n"}
    if issubclass(cls, APIError):
        keywords["status_code"] = 418
    assert [getattr(cls(**keywords), name) for name in names] == [getattr(error, name) for name in names]


@every_error
def test_every_attribute_is_there(error: EQError) -> None:
    for name in ATTRIBUTES.split():
        assert hasattr(error, name), name
    assert repr(error).startswith(f"{type(error).__name__}(")
    with pytest.raises(TypeError, match="nonsense"):
        EQError("m", nonsense=1)


@every_error
@pytest.mark.parametrize("through", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_copies_are_whole(error: EQError, through: Callable[[EQError], EQError]) -> None:
    error = copy.copy(error)
    error.message += " and more"
    error.note = ["mine"]  # type: ignore[attr-defined]
    again = through(error)
    assert type(again) is type(error)
    assert str(again) == error.message
    assert again.args == error.args
    assert vars(again).keys() == vars(error).keys()
    for name, value in vars(error).items():
        same = vars(again)[name]
        if not isinstance(value, (ErrorResponse, BaseException)):
            assert same == value, name


def test_details_of_some() -> None:
    limited = RateLimitError("m", "p", "n", category="c", detail="d", rate_limit_type="t", retry_after=1.5)
    assert (limited.category, limited.detail, limited.rate_limit_type, limited.retry_after) == ("c", "d", "t", 1.5)
    assert Timeout("m", "n", "p", "debug", 1, 2, {"a": "b"}, 504).status_code == 504
    assert Timeout("m", "n", "p", headers={"a": "b"}).headers == {"a": "b"}
    assert (Timeout("m", "n", "p").response, APIConnectionError("m", "p", "n").response) == (None, None)
    assert AuthenticationError("m", "p", "n").response.status_code == 401
    assert UnsupportedParamsError("m", status_code=422).status_code == 422
    assert isinstance(RouterRateLimitError("n", 5.0, True, []), ValueError)
    assert "Try again in 5.0 seconds" in str(RouterRateLimitError("n", 5.0, True, []))
    assert str(BudgetExceededError(2.0, 1.0)).endswith("Current cost: 2.0, Max budget: 1.0")
    bad = BadRequestError("m", "n", "p", body={"code": "c", "type": "t", "param": "x"})
    assert (bad.code, bad.type, bad.param) == ("c", "t", "x")
    assert BadRequestError(bad.message, "n", "p").message == bad.message


def test_a_users_subclass_keeps_the_prefix_of_ours() -> None:
    class Mine(RateLimitError):
        pass

    assert str(Mine("m", "p", "n")) == "litellm.RateLimitError: m"


def test_error_response() -> None:
    response = ErrorResponse(429, Headers([("Retry-After", "3"), ("X", "1"), ("x", "2")]), b'{"error": "\xc3\xa9"}')
    assert (response.headers["retry-after"], response.headers.get("RETRY-AFTER"), response.headers["x"]) == (
        "3",
        "3",
        "2",
    )
    assert response.headers == {"retry-after": "3", "x": "2"}
    assert (response.text, response.json(), response.request) == ('{"error": "é"}', {"error": "é"}, None)
    assert ErrorResponse(500, content=b"\xff").text == "\ufffd"
    assert "nope" not in response.headers
    with pytest.raises(ValueError):
        ErrorResponse(500, content=b"<html>").json()


PARENTS = {
    "APIConnectionError": "APIConnectionError",
    "APIError": "APIError",
    "APIResponseValidationError": "APIResponseValidationError",
    "AuthenticationError": "AuthenticationError",
    "BadGatewayError": "APIStatusError",
    "BadRequestError": "BadRequestError",
    "ContextWindowExceededError": "BadRequestError",
    "InternalServerError": "InternalServerError",
    "InvalidRequestError": "BadRequestError",
    "NotFoundError": "NotFoundError",
    "OpenAIError": "OpenAIError",
    "PermissionDeniedError": "PermissionDeniedError",
    "RateLimitError": "RateLimitError",
    "ServiceUnavailableError": "APIStatusError",
    "Timeout": "APITimeoutError",
    "UnprocessableEntityError": "UnprocessableEntityError",
}
CATCHING = f"""
import pickle
from edgequake_async import exceptions
for name, parent in {PARENTS!r}.items():
    cls = getattr(exceptions, name)
    error = (
        cls() if name == "OpenAIError" else cls(500, "m", "p", "n") if name == "APIError"
        else cls(message="m", llm_provider="p", model="n", body={{"code": "c"}}, request_id="r")
    )
    for one in (error, pickle.loads(pickle.dumps(error))):
        try:
            raise one
        except getattr(openai, parent) as caught:
            assert caught is one
            assert str(one).startswith("litellm." + name), one
            if name not in ("OpenAIError", "APIError"):
                assert (one.code, one.type, one.request_id, one.request) == ("c", None, "r", None), vars(one)
            assert isinstance(one.status_code, int)
    assert cls.__mro__.index(exceptions.EQError) < cls.__mro__.index(openai.OpenAIError)
"""
ORDERS = {
    "before": "import openai\n" + CATCHING,
    "after": "from edgequake_async import exceptions\nimport openai\n" + CATCHING,
    "after an error was made": (
        "from edgequake_async import exceptions\nexceptions.RateLimitError('m', 'p', 'n')\nimport openai\n" + CATCHING
    ),
    "beside a class whose bases stand in another order": (
        "import openai\nfrom edgequake_async import exceptions\n"
        "class Odd(openai.APIStatusError, exceptions.AuthenticationError): pass\n"
        + CATCHING.replace("'AuthenticationError': 'AuthenticationError', ", "")
        + "assert not issubclass(exceptions.AuthenticationError, openai.OpenAIError)\n"
    ),
}


@pytest.mark.skipif(importlib.util.find_spec("openai") is None, reason="openai is not installed")
@pytest.mark.parametrize("order", ORDERS)
def test_openais_classes_catch_ours(order: str) -> None:
    subprocess.run([sys.executable, "-c", ORDERS[order]], check=True, timeout=120)


def test_openai_is_not_imported_for_it() -> None:
    program = (
        "import sys\nfrom edgequake_async import exceptions\nexceptions.RateLimitError('m', 'p', 'n')\n"
        "assert 'openai' not in sys.modules\n"
        "sys.modules['openai'] = object()\nexceptions.RateLimitError('m', 'p', 'n')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_no_name_hides_a_builtin() -> None:
    assert not set(exceptions.__all__) & set(dir(builtins))
