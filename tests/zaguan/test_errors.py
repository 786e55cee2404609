"""Every failure becomes one class of the tree, with all that is known of it, and survives pickling."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from edgequake_async.zaguan import errors
from edgequake_async.zaguan._error_mapping import from_engine
from edgequake_async.zaguan.errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    BandAccessDeniedError,
    ConflictError,
    InsufficientCreditsError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
    ZaguanError,
)

CREDITS = {"credits_required": 10, "credits_remaining": 2.5, "reset_date": "2026-12-01"}
BAND = {"band": "C", "required_tier": "pro", "current_tier": "free"}


def payload(status: int | None, body: Any = b"", **told: Any) -> dict[str, Any]:
    """What the engine says of a failure."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {
        "kind": "BadRequestError",
        "message": "It failed.",
        "status": status,
        "code": None,
        "type": None,
        "param": None,
        "request_id": None,
        "retry_after": None,
        "headers": [],
        "body": content,
        "timeout_kind": None,
        "attempts": 1,
        **told,
    }


def refused(status: int, body: Any = b"", **told: Any) -> APIError:
    error = from_engine(payload(status, body, **told), "sent-1")
    assert isinstance(error, APIError)
    return error


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ValidationError),
        (401, AuthenticationError),
        (402, InsufficientCreditsError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (408, APIError),
        (409, ConflictError),
        (413, ValidationError),
        (418, APIError),
        (422, ValidationError),
        (429, RateLimitError),
        (500, ServerError),
        (502, ServerError),
        (504, ServerError),
        (529, ServerError),
    ],
)
@pytest.mark.parametrize("kind", ["Timeout", "APIConnectionError", "APIResponseValidationError", "InternalServerError"])
def test_a_status_has_a_class_whatever_the_engine_calls_it(status: int, expected: type, kind: str) -> None:
    error = refused(status, kind=kind, timeout_kind="upstream" if kind == "Timeout" else None)
    assert type(error) is expected
    assert (error.status_code, error.message, str(error)) == (status, "It failed.", "It failed.")


@pytest.mark.parametrize(
    ("status", "word", "expected"),
    [
        (400, "insufficient_credits", InsufficientCreditsError),
        (403, "INSUFFICIENT_CREDITS", InsufficientCreditsError),
        (403, "band_access_denied", BandAccessDeniedError),
        (402, "Band-Access-Denied", BandAccessDeniedError),
        (503, "rate_limit_exceeded", RateLimitError),
        (400, "rate limit error", RateLimitError),
        (403, "authentication_error", AuthenticationError),
        (401, "permission_error", PermissionDeniedError),
        (400, "not_found_error", NotFoundError),
        # Words that say little leave it to the status.
        (404, "invalid_request_error", NotFoundError),
        (429, "api_error", RateLimitError),
        (500, "invalid_request_error", ServerError),
        (429, "insufficient_quota", RateLimitError),
        (400, "context_length_exceeded", ValidationError),
    ],
)
@pytest.mark.parametrize("where", ["type", "code", "error", "top"])
def test_an_exact_word_wins_over_the_status(status: int, word: str, expected: type, where: str) -> None:
    body = {
        "type": {"error": {"type": word, "code": "x"}},
        "code": {"error": {"type": "x", "code": word}},
        "error": {"error": word, "message": "m"},
        "top": {"type": word, "message": "m"},
    }[where]
    assert type(refused(status, body)) is expected


def test_what_the_engine_read_counts_too() -> None:
    assert type(refused(400, type="Insufficient_Credits")) is InsufficientCreditsError
    assert type(refused(400, code="rate_limit_exceeded")) is RateLimitError


PLACES = {
    "error": lambda fields: {"error": {"message": "m", **fields}},
    "details": lambda fields: {"error": {"message": "m", "details": fields}},
    "details in a list": lambda fields: {"error": {"message": "m", "details": ["x", fields]}},
    "top": lambda fields: {"error": {"message": "m"}, **fields},
    "beside a string": lambda fields: {"error": "m", **fields},
    "detail": lambda fields: {"detail": {"message": "m", **fields}},
    "error in detail": lambda fields: {"detail": {"error": {"message": "m", **fields}}},
    "list": lambda fields: [{"error": {"message": "m", **fields}}],
}


@pytest.mark.parametrize("place", PLACES)
def test_extras_are_found_where_any_sdk_looks(place: str) -> None:
    around = PLACES[place]
    credit = refused(402, around(CREDITS))
    assert isinstance(credit, InsufficientCreditsError)
    assert (credit.credits_required, credit.credits_remaining, credit.reset_date) == (10, 2.5, "2026-12-01")
    band = refused(403, around({"type": "band_access_denied", **BAND}))
    assert isinstance(band, BandAccessDeniedError)
    assert (band.band, band.required_tier, band.current_tier) == ("C", "pro", "free")
    assert refused(429, around({"retry_after": "7", "reset_date": "x"})).retry_after == 7.0


def test_the_error_object_goes_before_its_details_and_these_before_the_top() -> None:
    body = {"error": {"details": {"credits_required": 2, "credits_remaining": 3}, "credits_required": 1}}
    error = refused(402, {**body, "credits_remaining": 4, "reset_date": "5"})
    assert isinstance(error, InsufficientCreditsError)
    assert (error.credits_required, error.credits_remaining, error.reset_date) == (1, 3, "5")


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        (2.5, 9, 2.5),
        (0.0, 9, 0.0),
        (None, 9, 9.0),
        (None, "1.5", 1.5),
        (None, -1, None),
        (None, "soon", None),
        (None, True, None),
        (None, float("nan"), None),
        (None, float("inf"), None),
        (None, 10**400, None),
        (None, None, None),
    ],
)
def test_how_long_to_wait_is_what_the_header_says_then_the_body(header: Any, body: Any, expected: Any) -> None:
    error = refused(429, {"error": {"retry_after": body}}, retry_after=header)
    assert error.retry_after == expected
    assert expected is None or isinstance(error.retry_after, float)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"", None),
        (b"null", None),
        (b'"gone"', "gone"),
        (b"[1, 2]", [1, 2]),
        (b"17", 17),
        (b'{"error": null}', {"error": None}),
        (b'{"error": []}', {"error": []}),
        (b'{"error": 3}', {"error": 3}),
        (
            b'{"error": {"type": ["x"], "code": {}, "details": [[]]}}',
            {"error": {"type": ["x"], "code": {}, "details": [[]]}},
        ),
        (b"<html>gone</html>", "<html>gone</html>"),
        (b"gone \xff", "gone �"),
        (b'{"error": ', '{"error": '),
        (b"[" * 100_000, "[" * 100_000),
    ],
)
@pytest.mark.parametrize("status", [200, 404, 503])
def test_no_body_is_too_strange(body: bytes, kept: Any, status: int) -> None:
    error = from_engine(payload(status, body, kind="InternalServerError"), "sent-1")
    assert isinstance(error, APIError)
    assert error.body == kept
    assert (error.message, error.status_code, error.request_id) == ("It failed.", status, "sent-1")


def test_errors_nested_in_errors_are_followed_only_so_far() -> None:
    for depth, expected in ((3, 1), (4, None), (900, None)):
        body = b'{"error":' * depth + b'{"credits_required": 1}' + b"}" * depth
        error = refused(402, body)
        assert isinstance(error, InsufficientCreditsError)
        assert error.credits_required == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"type": "x"}, "message": "The gate is shut."}, "The gate is shut."),
        ({"error": {"details": {"reason": " The gate is shut. "}}}, "The gate is shut."),
        ({"error": {"error_description": "The gate is shut."}}, "The gate is shut."),
        ({"title": "The gate is shut."}, "The gate is shut."),
        ("The gate is shut.", "The gate is shut."),
        ("x" * 900, "x" * 500),
        ({"error": {"message": 3}}, "HTTP 500 Internal Server Error"),
        (b"<html>gone</html>", "HTTP 500 Internal Server Error"),
        (b"", "HTTP 500 Internal Server Error"),
        (["a"], "HTTP 500 Internal Server Error"),
    ],
)
def test_where_the_engine_only_names_the_status_the_body_speaks(body: Any, expected: str) -> None:
    assert refused(500, body, message="HTTP 500 Internal Server Error").message == expected
    assert refused(500, body).message == "It failed."


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"error": {"message": "m", "code": 429}}, 429, RateLimitError),
        ({"error": {"message": "m", "code": "402"}}, 402, InsufficientCreditsError),
        ({"error": {"message": "m", "status_code": 503}}, 503, ServerError),
        ({"error": {"message": "m"}, "status": 404}, 404, NotFoundError),
        ({"error": {"message": "m", "code": 200}}, 200, APIError),
        ({"error": {"message": "m", "code": 999}}, 200, APIError),
        ({"error": {"message": "m", "type": "insufficient_credits"}}, 200, InsufficientCreditsError),
        ({"type": "error", "error": {"type": "overloaded_error", "message": "m"}}, 200, ServerError),
        ({"error": {"type": "timeout_error", "message": "m"}}, 200, ServerError),
        ({"error": {"type": "invalid_request_error", "message": "m"}}, 200, ValidationError),
        ({"error": "rate_limit_exceeded"}, 200, RateLimitError),
    ],
)
def test_a_failure_inside_a_success_tells_its_own_status(body: Any, status: int, expected: type) -> None:
    error = from_engine(payload(200, body, kind="Timeout", timeout_kind="upstream"), None)
    assert type(error) is expected
    assert isinstance(error, APIError)
    assert error.status_code == status


@pytest.mark.parametrize("status", [None, 200])
def test_failures_without_a_whole_answer(status: int | None) -> None:
    for limit in ("connect", "first_token", "idle", "total"):
        slow = from_engine(payload(status, kind="Timeout", timeout_kind=limit, attempts=2), "sent-1")
        assert type(slow) is APITimeoutError
        assert (slow.timeout_kind, slow.status_code, slow.request_id, slow.attempts) == (limit, status, "sent-1", 2)
    cut = from_engine(payload(status, kind="APIConnectionError"), "sent-1")
    assert type(cut) is APIConnectionError
    assert (cut.status_code, cut.request_id, cut.message) == (status, "sent-1", "It failed.")


def test_an_answer_that_is_none() -> None:
    told = {"kind": "APIResponseValidationError", "headers": [("Content-Type", "text/html")]}
    error = from_engine(payload(200, b"<html>", **told), "sent-1")
    assert type(error) is InvalidResponseError
    assert (error.body, error.status_code, error.headers["content-type"]) == ("<html>", 200, "text/html")


@pytest.mark.parametrize("kind", ["BadRequestError", "InternalError"])
def test_what_was_never_sent_is_no_answer(kind: str) -> None:
    error = from_engine(payload(None, kind=kind, attempts=0), "sent-1")
    assert type(error) is ZaguanError
    assert (error.message, error.request_id, error.attempts) == ("It failed.", "sent-1", 1)


@pytest.mark.parametrize(
    ("told", "headers", "expected"),
    [
        ("srv-1", [("x-request-id", "srv-1")], "srv-1"),
        (None, [], "sent-1"),
        ("8a-FRA", [("CF-Ray", "8a-FRA")], "sent-1"),
        ("srv-1", [("x-request-id", "srv-1"), ("cf-ray", "8a-FRA")], "srv-1"),
    ],
)
def test_the_request_id_is_the_servers_else_the_one_sent(told: str | None, headers: Any, expected: str) -> None:
    for kind in ("RateLimitError", "APIConnectionError", "APIResponseValidationError"):
        error = from_engine(payload(200, b"x", kind=kind, request_id=told, headers=headers), "sent-1")
        assert error.request_id == expected


def test_everything_arrives() -> None:
    body = {"error": {"message": "m", "type": "t", "code": "c", "param": "p", "reset_date": "d"}}
    told = {"type": "t", "code": "c", "param": "p", "attempts": 4, "headers": [("X-Tier", "pro")]}
    error = refused(400, body, **told)
    assert (error.type, error.code, error.param, error.attempts, error.reset_date) == ("t", "c", "p", 4, "d")
    assert (error.body, error.headers["x-tier"], error.partial) == (body, "pro", None)


def test_positional_arguments_are_zaguan_sdks() -> None:
    plain = APIError(418, "m", "r")
    assert (plain.status_code, plain.message, plain.request_id, plain.retry_after) == (418, "m", "r", None)
    credit = InsufficientCreditsError("m", 10, 2)
    assert (credit.credits_required, credit.credits_remaining, credit.status_code) == (10, 2, 402)
    band = BandAccessDeniedError("m", "C", "pro", "free")
    assert (band.band, band.required_tier, band.current_tier, band.status_code) == ("C", "pro", "free", 403)
    limit = RateLimitError("m", 7)
    assert (limit.retry_after, limit.status_code, limit.request_id) == (7, 429, None)
    assert all(isinstance(error, APIError) for error in (plain, credit, band, limit))
    assert APIError(500, "m", headers={"X-A": "1"}).headers["x-a"] == "1"


class Special(RateLimitError):
    """A user's class, made in another way."""

    def __init__(self, *, why: str) -> None:
        super().__init__(f"because {why}", 3.0, request_id="r")
        self.why = why


class Bare(APIError):
    """A user's class that does not call ours."""

    def __init__(self, one: int, two: int) -> None:
        pass


ALL = [
    ZaguanError("m", "r", attempts=2),
    APIConnectionError("m", "r", status_code=200),
    APITimeoutError("m", "r", timeout_kind="idle"),
    InvalidResponseError("m", "r", body=[1], status_code=200, headers={"A": "b"}),
    InsufficientCreditsError("m", 1, 2, reset_date="d", body={"a": 1}, headers={"A": "b"}),
    BandAccessDeniedError("m", "C", "pro", "free", retry_after=3.0),
    RateLimitError("m", 3, code="c"),
    *(
        cls(418, "m", "r", type="t", code="c", param="p", attempts=3)
        for cls in (APIError, ValidationError, AuthenticationError, PermissionDeniedError)
    ),
    *(cls(418, "m", "r") for cls in (NotFoundError, ConflictError, ServerError)),
    Special(why="so"),
    Bare(1, two=2),
]


@pytest.mark.parametrize("error", ALL, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("again", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_pickles_and_copies_keep_everything(error: ZaguanError, again: Any) -> None:
    error = copy.copy(error)
    error.partial = {"said": "so far"}
    error.message = error.message and "changed"
    twin = again(error)
    assert type(twin) is type(error)
    assert twin is not error
    told, expected = vars(twin), vars(error)
    for attributes in (told, expected):
        attributes["headers"] = dict(attributes.get("headers") or {})
    assert told == expected
    assert (twin.args, str(twin), repr(twin)) == (error.args, str(error), repr(error))


def test_the_tree_is_listed_and_drawn() -> None:
    classes = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert sorted(classes) == errors.__all__
    assert all(name in (errors.__doc__ or "") for name in classes)
