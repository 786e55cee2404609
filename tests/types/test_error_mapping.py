"""What the engine tells of a failure arrives in the exception, whole."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from edgequake_async import exceptions
from edgequake_async._error_mapping import to_exception

PAYLOAD: dict[str, Any] = {
    "kind": "RateLimitError",
    "message": "slow down",
    "provider": "openai",
    "status": 429,
    "code": "rate_limit_exceeded",
    "type": "requests",
    "param": None,
    "request_id": "req_1",
    "retry_after": 2.5,
    "headers": [("Retry-After", "2.5"), ("x-request-id", "req_1")],
    "body": b'{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}',
    "timeout_kind": None,
    "attempts": 3,
}
# The engine's kinds, with the status of an answer and of none.
KINDS = {
    "APIConnectionError": 500,
    "APIResponseValidationError": 500,
    "AuthenticationError": 401,
    "BadGatewayError": 502,
    "BadRequestError": 400,
    "ContentPolicyViolationError": 400,
    "ContextWindowExceededError": 400,
    "InternalError": 500,
    "InternalServerError": 500,
    "LiteLLMUnknownProvider": 400,
    "NotFoundError": 404,
    "PaymentRequiredError": 402,
    "PermissionDeniedError": 403,
    "RateLimitError": 429,
    "ServiceUnavailableError": 503,
    "Timeout": 408,
    "UnprocessableEntityError": 422,
    "UnsupportedParamsError": 400,
    "APIError": 500,
}


def test_everything_arrives() -> None:
    error = to_exception(PAYLOAD, "gpt")
    for each in (error, pickle.loads(pickle.dumps(error))):
        assert type(each) is exceptions.RateLimitError
        assert str(each) == each.message == "litellm.RateLimitError: slow down"
        assert (each.llm_provider, each.model, each.status_code, each.attempts) == ("openai", "gpt", 429, 3)
        assert (each.code, each.type, each.param) == ("rate_limit_exceeded", "requests", None)
        assert (each.request_id, each.retry_after, each.timeout_kind) == ("req_1", 2.5, None)
        assert each.body == {"message": "slow down", "code": "rate_limit_exceeded"}
        assert each.headers == each.litellm_response_headers == each.response.headers
        assert each.headers is not None
        assert each.headers["retry-AFTER"] == "2.5"
        assert (each.response.status_code, each.response.content) == (429, PAYLOAD["body"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_class_and_status(kind: str) -> None:
    unanswered = to_exception({**PAYLOAD, "kind": kind, "status": None, "headers": [], "body": b""}, "gpt")
    assert type(unanswered).__name__ == kind
    assert (unanswered.status_code, unanswered.model, unanswered.body) == (KINDS[kind], "gpt", None)
    assert to_exception({**PAYLOAD, "kind": kind, "status": 529}, "gpt").status_code == 529


def test_a_timeout_says_which() -> None:
    error = to_exception({**PAYLOAD, "kind": "Timeout", "timeout_kind": "first_token", "status": None}, "gpt")
    assert (error.timeout_kind, error.response) == ("first_token", None)


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b'{"error": {"code": 1}}', {"code": 1}),
        (b'{"error": "text", "code": 2}', {"error": "text", "code": 2}),
        (b'{"error": null}', {"error": None}),
        (b'["a"]', ["a"]),
        (b"<html>\xff", "<html>\ufffd"),
        (b"", None),
        (b"[" * 100_000, "[" * 100_000),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_bodies(content: bytes, body: Any) -> None:
    assert to_exception({**PAYLOAD, "body": content}, "gpt").body == body
