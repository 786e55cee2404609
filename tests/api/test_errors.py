"""Failures that a server reports: the right class and every detail, whatever shape the body has."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, raw, refuse, reset, verbatim

from .ways import Way

STATUSES: dict[int, str] = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "PaymentRequiredError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "Timeout",
    409: "BadRequestError",
    413: "BadRequestError",
    418: "BadRequestError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    500: "InternalServerError",
    501: "InternalServerError",
    502: "BadGatewayError",
    503: "ServiceUnavailableError",
    504: "Timeout",
    529: "ServiceUnavailableError",
}


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_its_class(
    way: Way, fake: FakeProvider, ask: dict[str, Any], status: int, stream: bool
) -> None:
    headers = {"x-request-id": "req-77", "x-ratelimit-remaining-requests": "0"}
    fake.script(error(status, "So it is.", code="some_code", type="some_type", param="some_param", headers=headers))
    raised = way.watch(**ask, stream=stream).error
    assert type(raised).__name__ == STATUSES[status]
    assert isinstance(raised, eq.EQError)
    assert raised.status_code == status
    assert "So it is." in str(raised)
    assert (raised.code, raised.type, raised.param) == ("some_code", "some_type", "some_param")
    assert (raised.llm_provider, raised.model) == ("openai", "fake")
    assert raised.request_id == "req-77"
    assert raised.body == {
        "message": "So it is.",
        "type": "some_type",
        "param": "some_param",
        "code": "some_code",
    }
    assert raised.headers["X-RateLimit-Remaining-Requests"] == "0"
    assert raised.response.status_code == status
    assert raised.response.headers["x-request-id"] == "req-77"
    assert raised.response.json()["error"]["code"] == "some_code"
    assert raised.attempts == 1
    assert raised.timeout_kind == ("upstream" if status in (408, 504) else None)


def test_errors_of_embeddings_too(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(error(404, "No such model.", code="model_not_found", headers={"x-request-id": "req-78"}))
    with pytest.raises(eq.NotFoundError, match="No such model") as caught:
        way.embedding(**target, input="x")
    assert caught.value.request_id == "req-78"
    assert caught.value.code == "model_not_found"


SPECIAL_400: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "code": ({"code": "context_length_exceeded"}, eq.ContextWindowExceededError),
    "words": (
        {"message": "This model's maximum context length is 8192 tokens."},
        eq.ContextWindowExceededError,
    ),
    "policy": ({"code": "content_policy_violation"}, eq.ContentPolicyViolationError),
    "filter": ({"code": "content_filter"}, eq.ContentPolicyViolationError),
    "plain": ({"message": "The context is lovely."}, eq.BadRequestError),
}


@pytest.mark.parametrize("case", SPECIAL_400)
def test_bad_requests_that_programs_tell_apart(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fields, kind = SPECIAL_400[case]
    fake.script(error(400, **fields))
    raised = way.watch(**ask).error
    assert type(raised) is kind
    assert isinstance(raised, eq.BadRequestError)
    assert raised.status_code == 400


# Bodies of a 503, and what the message must hold.
BODIES: dict[str, tuple[Any, str]] = {
    "error object": ('{"error":{"message":"Busy."}}', "Busy."),
    "error text": ('{"error":"Busy."}', "Busy."),
    "error list": ('{"error":["Busy.","Later."]}', "Busy."),
    "error null": ('{"error":null}', "503"),
    "error number": ('{"error":7}', "503"),
    "message": ('{"message":"Busy."}', "Busy."),
    "detail": ('{"detail":"Busy."}', "Busy."),
    "detail list": ('{"detail":[{"loc":["body"],"msg":"Busy.","type":"x"}]}', "Busy."),
    "flat": ('{"object":"error","message":"Busy.","code":503}', "Busy."),
    "integer code": ('{"error":{"message":"Busy.","code":503}}', "Busy."),
    "a JSON list": ('[{"error":{"message":"Busy."}}]', ""),
    "JSON text": ('"Busy."', "Busy."),
    "HTML": ("<html><body><h1>503 Busy</h1></body></html>", "503"),
    "text": ("Busy.", "Busy."),
    "empty": ("", "503"),
    "not UTF-8": (b'{"error":{"message":"B\xfcsy."}}', "sy."),
    "not UTF-8, not JSON": (b"\xff\xfe\x00B\x00", "B"),
    "truncated": ('{"error":{"message":"Bus', "Bus"),
    "very long": ("Busy. " + "x" * 1_000_000, "Busy."),
    "deep": ("[" * 100_000, "[["),
}


@pytest.mark.parametrize("body", BODIES)
def test_every_body_of_a_failure(way: Way, fake: FakeProvider, ask: dict[str, Any], body: str) -> None:
    content, words = BODIES[body]
    fake.script(raw(503, {"x-request-id": "req-1"}, content))
    raised = way.watch(**ask).error
    assert type(raised) is eq.ServiceUnavailableError
    assert words in str(raised)
    assert raised.status_code == 503
    assert raised.request_id == "req-1"
    assert len(str(raised)) < 2_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_failure_is_readable(way: Way, fake: FakeProvider, ask: dict[str, Any], encoding: Any) -> None:
    fake.script(error(404, "Gone fishing.", encoding=encoding))
    with pytest.raises(eq.NotFoundError, match="Gone fishing"):
        way.completion(**ask)


def test_a_failure_whose_body_breaks_off_keeps_its_class(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(drop_after(12, reply=error(429, "Slow down, please.")))
    assert type(way.watch(**ask).error) is eq.RateLimitError


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
def test_a_redirect_takes_the_key_nowhere_else(way: Way, fake: FakeProvider, ask: dict[str, Any], status: int) -> None:
    with FakeProvider() as other:
        fake.script(raw(status, {"location": f"{other.base_url}/chat/completions"}))
        outcome = way.watch(**ask)
        assert all("authorization" not in request.headers for request in other.requests)
    assert outcome.error is None or isinstance(outcome.error, eq.EQError)


NO_ANSWER: dict[str, Any] = {
    "closed before the head": drop_after(),
    "reset before the head": reset(),
    "closed inside the head": verbatim(b"HTTP/1.1 200 OK\r\ncontent-ty"),
    "refused": refuse(),
    "not HTTP": verbatim(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "closed inside the body": drop_after(20, reply=raw(200, (), {"choices": [], "padding": "x" * 100})),
    "reset inside the body": reset(pieces=1, reply=raw(200, (), [b'{"choi', 0.2, b"ces"], chunked=True)),
    "an HTTP chunk that is none": verbatim(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
}


@pytest.mark.parametrize("case", NO_ANSWER)
def test_no_answer_is_a_connection_error(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(NO_ANSWER[case])
    raised = way.watch(**ask).error
    assert isinstance(raised, eq.APIConnectionError), raised
    assert (raised.llm_provider, raised.model) == ("openai", "fake")
    assert fake.host_url.removeprefix("http://") in str(raised)


REPORTED_IN_200: dict[str, tuple[Any, type[Exception], str]] = {
    "error object": ({"error": {"message": "No credit.", "code": 402}}, eq.APIError, "No credit."),
    "rate limit by code": ({"error": {"message": "Slow.", "code": 429}}, eq.RateLimitError, "Slow."),
    "rate limit by type": ({"error": {"message": "Slow.", "type": "rate_limit_error"}}, eq.RateLimitError, "Slow."),
    "error text": ({"error": "It broke."}, eq.EQError, "It broke."),
    "error beside choices": ({"choices": [], "error": {"message": "Broke."}}, eq.InternalServerError, "Broke."),
    "flat": ({"object": "error", "message": "Broke.", "type": "BadRequestError", "code": 400}, eq.BadRequestError, ""),
}


@pytest.mark.parametrize("case", REPORTED_IN_200)
def test_an_error_under_status_200(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    body, kind, words = REPORTED_IN_200[case]
    fake.script(raw(200, {"x-request-id": "req-9"}, body))
    raised = way.watch(**{**ask, "num_retries": 3}).error
    if case == "error object":
        assert raised.status_code == 402
    else:
        assert isinstance(raised, kind), raised
    assert words in str(raised)
    assert raised.request_id == "req-9"
    assert len(fake.requests) == 1, "the provider may have charged for this one"


NO_COMPLETION: dict[str, Any] = {
    "truncated JSON": raw(200, {"content-type": "application/json"}, '{"choices":[{"message":{"content":"Hal'),
    "empty": raw(200, {"content-type": "application/json"}, ""),
    "HTML": raw(200, {"content-type": "text/html"}, "<html>Please sign in</html>"),
    "a JSON list": raw(200, (), "[1]"),
    "JSON text": raw(200, (), '"hello"'),
    "JSON null": raw(200, (), "null"),
    "not UTF-8": raw(200, (), b'{"choices":[{"message":{"content":"\xff"}}]}'),
    "204": raw(204),
    "deep nesting": raw(200, (), '{"choices":' + "[" * 200_000),
}


@pytest.mark.parametrize("case", NO_COMPLETION)
def test_a_success_that_is_no_completion(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(NO_COMPLETION[case])
    raised = way.watch(**{**ask, "num_retries": 3}).error
    assert isinstance(raised, eq.APIResponseValidationError), raised
    assert len(fake.requests) == 1


@pytest.mark.parametrize("status", [400, 429, 503])
def test_errors_survive_pickle_and_copy(way: Way, fake: FakeProvider, ask: dict[str, Any], status: int) -> None:
    fake.script(error(status, "So.", code="c", headers={"x-request-id": "r", "retry-after": "2"}))
    raised = way.watch(**ask).error
    for twin in (pickle.loads(pickle.dumps(raised)), copy.copy(raised), copy.deepcopy(raised)):
        assert type(twin) is type(raised)
        assert str(twin) == str(raised)
        for name in ("status_code", "code", "request_id", "retry_after", "body", "llm_provider", "model", "attempts"):
            assert getattr(twin, name) == getattr(raised, name), name
        assert dict(twin.headers) == dict(raised.headers)


def test_errors_are_openais_where_openai_is_loaded(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    openai = pytest.importorskip("openai")
    fake.script(error(429), error(404), error(500), refuse(), error(400, code="context_length_exceeded"))
    kinds = (
        openai.RateLimitError,
        openai.NotFoundError,
        openai.InternalServerError,
        openai.APIConnectionError,
        openai.BadRequestError,
    )
    for kind in kinds:
        raised = way.watch(**ask).error
        assert isinstance(raised, kind)
        assert isinstance(raised, openai.OpenAIError)
        assert isinstance(raised.message, str)


def test_an_error_does_not_name_our_insides(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    """The cause a person sees is the error itself, without the engine's own exception above it."""
    fake.script(error(429))
    raised = way.watch(**ask).error
    assert raised.__cause__ is None
    assert raised.__context__ is None or raised.__suppress_context__
    assert "EngineError" not in str(raised)
    assert json.dumps(raised.body)
