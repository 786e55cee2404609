"""Failed calls that zaguan-sdk 0.2.0 misreads: one tree of errors, the server's own words, never a success."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, drop_after, hang, raw, refuse, reset, slow_head, verbatim
from edgequake_async.testing.replies import Reply

from .ways import ClientWay
from .wire import CHAT, completion

BODIES: dict[str, tuple[bytes, str]] = {
    "error is a string": (b'{"error": "The gate is shut."}', "The gate is shut."),
    "error is null": (b'{"error": null, "message": "The gate is shut."}', "The gate is shut."),
    "error is a list": (b'{"error": [{"message": "The gate is shut."}]}', "The gate is shut."),
    "a JSON string": (b'"The gate is shut."', "The gate is shut."),
    "a list": (b'["The gate", "is shut."]', "is shut."),
    "a number": (b"17", "17"),
    "null": (b"null", "500"),
    "not UTF-8": (b"The gate is shut: \xff\xfe.", "The gate is shut"),
    "a page": (b"<html><h1>The gate is shut.</h1></html>", "500"),
    "text": (b"The gate is shut.", "The gate is shut."),
    "FastAPI's detail": (b'{"detail": "The gate is shut."}', "The gate is shut."),
    "FastAPI's list": (b'{"detail": [{"loc": ["body"], "msg": "The gate is shut."}]}', "The gate is shut."),
    "a message at the top": (b'{"message": "The gate is shut."}', "The gate is shut."),
    "nothing": (b"", "500"),
}


@pytest.mark.parametrize("case", BODIES)
def test_d8_every_body_of_a_failure_is_read(client_way: ClientWay, fake: FakeProvider, case: str) -> None:
    body, words = BODIES[case]
    fake.script(raw(500, {"x-request-id": "srv-1"}, body))
    with client_way.open(fake) as client, pytest.raises(zaguan.ServerError) as raised:
        client.chat(**CHAT)
    assert words in raised.value.message
    assert "Unknown" not in raised.value.message
    assert (raised.value.status_code, raised.value.request_id) == (500, "srv-1")
    if case == "a page":
        assert raised.value.body == body.decode()


AUDIO = ("talk.mp3", b"ID3\x04")


def _denied(status: int) -> Reply:
    told = {"message": "The key is unknown.", "code": "invalid_api_key"}
    return raw(status, {"x-request-id": "srv-2"}, {"error": told})


@pytest.mark.parametrize("method", ["create_transcription", "create_translation"])
@pytest.mark.parametrize("response_format", ["json", "verbose_json", "text", "srt", "vtt"])
@pytest.mark.parametrize("status", [200, 401])
def test_d10_a_refused_transcript_is_no_transcript(
    client_way: ClientWay, fake: FakeProvider, method: str, response_format: str, status: int
) -> None:
    fake.script(_denied(status))
    with client_way.open(fake) as client, pytest.raises(zaguan.AuthenticationError) as raised:
        getattr(client, method)(AUDIO, response_format=response_format)
    assert (raised.value.message, raised.value.request_id) == ("The key is unknown.", "srv-2")


@pytest.mark.parametrize("response_format", ["text", "srt", "vtt"])
def test_d10_a_transcript_in_text_is_kept_to_the_letter(
    client_way: ClientWay, fake: FakeProvider, response_format: str
) -> None:
    said = '1\n00:00:00,000 --> 00:00:01,000\n{"error": "so she said"} é\n'
    fake.script(raw(200, {"content-type": "text/plain"}, said))
    with client_way.open(fake) as client:
        assert client.create_transcription(AUDIO, response_format=response_format).text == said


@pytest.mark.parametrize("status", [200, 401])
def test_d10_refused_speech_is_an_error_and_no_file(
    client_way: ClientWay, fake: FakeProvider, tmp_path: Path, status: int
) -> None:
    fake.script(_denied(status))
    request = zaguan.AudioSpeechRequest(model="openai/tts-1", input="hi", voice="alloy")
    with client_way.open(fake) as client, pytest.raises(zaguan.AuthenticationError) as raised:
        client.create_speech(request, str(tmp_path / "speech.mp3"))
    assert (raised.value.message, raised.value.code) == ("The key is unknown.", "invalid_api_key")
    assert list(tmp_path.iterdir()) == []


LIMITED: dict[str, tuple[dict[str, str], dict[str, Any], float | None]] = {
    "header": ({"retry-after": "7"}, {"message": "Slow."}, 7),
    "body": ({}, {"message": "Slow.", "retry_after": 8}, 8),
    "details": ({}, {"message": "Slow.", "details": {"retry_after": 9}}, 9),
    "header before body": ({"retry-after": "7"}, {"message": "Slow.", "retry_after": 60}, 7),
    "unsaid": ({}, {"message": "Slow."}, None),
}


@pytest.mark.parametrize("case", LIMITED)
@pytest.mark.parametrize("kind", [None, "rate_limit_exceeded", "rate_limit_error", "some_other_type"])
def test_d12_every_429_is_a_rate_limit(client_way: ClientWay, fake: FakeProvider, case: str, kind: str | None) -> None:
    headers, told, wait = LIMITED[case]
    fake.script(raw(429, headers, {"error": {**told, "type": kind}}))
    with client_way.open(fake) as client, pytest.raises(zaguan.RateLimitError) as raised:
        client.chat(**CHAT)
    assert (raised.value.retry_after, raised.value.type, raised.value.status_code) == (wait, kind, 429)


CREDITS = {"credits_required": 12, "credits_remaining": 3.5, "reset_date": "2026-02-01"}
OUT_OF_CREDITS = {
    "the specification": {"type": "insufficient_credits", **CREDITS},
    "the Go SDK": {"code": "insufficient_credits", "details": CREDITS},
    "by status alone": CREDITS,
}


@pytest.mark.parametrize("shape", OUT_OF_CREDITS)
def test_d12_exhausted_credits_say_when_they_are_renewed(client_way: ClientWay, fake: FakeProvider, shape: str) -> None:
    fake.script(raw(402, (), {"error": {"message": "Too few credits.", **OUT_OF_CREDITS[shape]}}))
    with client_way.open(fake) as client, pytest.raises(zaguan.InsufficientCreditsError) as raised:
        client.chat(**CHAT)
    assert {name: getattr(raised.value, name) for name in CREDITS} == CREDITS


BAND = {"band": "D", "required_tier": "platinum", "current_tier": "pro"}


DENIED_BANDS = {
    "the specification": {"type": "band_access_denied", **BAND},
    "the Go SDK": {"code": "band_access_denied", "details": BAND},
}


@pytest.mark.parametrize("shape", DENIED_BANDS)
def test_d12_a_band_denied_says_which(client_way: ClientWay, fake: FakeProvider, shape: str) -> None:
    fake.script(raw(403, (), {"error": {"message": "Not in your tier.", **DENIED_BANDS[shape]}}))
    with client_way.open(fake) as client, pytest.raises(zaguan.BandAccessDeniedError) as raised:
        client.chat(**CHAT)
    assert {name: getattr(raised.value, name) for name in BAND} == BAND


SPECIAL = {
    402: {"type": "insufficient_credits", "code": "c", "param": "p", **CREDITS},
    403: {"type": "band_access_denied", "code": "c", "param": "p", **BAND},
    429: {"type": "rate_limit_exceeded", "code": "c", "param": "p", "retry_after": 5},
    404: {"type": "not_found_error", "code": "c", "param": "p"},
}


@pytest.mark.parametrize("status", SPECIAL)
def test_d13_every_answered_failure_is_an_api_error_that_travels(
    client_way: ClientWay, fake: FakeProvider, status: int
) -> None:
    told = {"message": "No.", **SPECIAL[status]}
    fake.script(raw(status, {"x-request-id": "srv-3"}, {"error": told}))
    with client_way.open(fake) as client, pytest.raises(zaguan.APIError) as raised:
        client.chat(**CHAT)
    error = raised.value
    assert {name: getattr(error, name) for name in told} == told
    assert (error.status_code, error.request_id, error.attempts) == (status, "srv-3", 1)
    assert (error.body, error.headers["X-Request-ID"]) == ({"error": told}, "srv-3")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error) == "No."
        assert {**vars(twin), "headers": dict(twin.headers)} == {**vars(error), "headers": dict(error.headers)}


UNANSWERED: dict[str, tuple[Reply, type[Exception]]] = {
    "closed": (drop_after(), zaguan.APIConnectionError),
    "reset": (reset(), zaguan.APIConnectionError),
    "refused": (refuse(), zaguan.APIConnectionError),
    "body cut": (drop_after(20, reply=raw(200, (), completion())), zaguan.APIConnectionError),
    "no HTTP": (verbatim(b"SSH-2.0-OpenSSH_9.6\r\n"), zaguan.APIConnectionError),
    "too slow": (slow_head(60), zaguan.APITimeoutError),
    "silent in the body": (hang(20, reply=raw(200, (), completion())), zaguan.APITimeoutError),
}


@pytest.mark.parametrize("case", UNANSWERED)
def test_d14_a_failed_connection_is_an_error_of_ours(client_way: ClientWay, fake: FakeProvider, case: str) -> None:
    reply, expected = UNANSWERED[case]
    fake.script(reply)
    timeout = 0.3 if expected is zaguan.APITimeoutError else 30.0
    with client_way.open(fake, timeout=timeout) as client, pytest.raises(expected) as raised:
        client.chat(**CHAT, request_id="mine-1")
    assert isinstance(raised.value, zaguan.ZaguanError)
    assert not isinstance(raised.value, zaguan.APIError)
    assert raised.value.request_id == "mine-1"
    assert fake.api_key not in repr(raised.value) + str(vars(raised.value))


def test_d14_nobody_listens(client_way: ClientWay, fake: FakeProvider) -> None:
    url = fake.host_url
    fake.close()
    with client_way.open(url, "key-0123456789") as client, pytest.raises(zaguan.APIConnectionError):
        client.chat(**CHAT)


CALLS: dict[str, Callable[[Any], Any]] = {
    "list_models": lambda client: client.list_models(),
    "get_capabilities": lambda client: client.get_capabilities(),
    "get_credits_balance": lambda client: client.get_credits_balance(),
    "health_check": lambda client: client.health_check(),
    "create_embeddings": lambda client: client.create_embeddings(model="m", input="x"),
    "messages": lambda client: client.messages(model="m", max_tokens=1, messages=CHAT["messages"]),
    "count_tokens": lambda client: client.count_tokens(model="m", messages=CHAT["messages"]),
    "list_messages_batches": lambda client: client.list_messages_batches(),
    "create_image": lambda client: client.create_image(model="m", prompt="x"),
    "create_moderation": lambda client: client.create_moderation(input="x"),
    "edit_image": lambda client: client.edit_image(("a.png", b"\x89PNG"), "x"),
    "create_speech": lambda client: client.create_speech(model="m", input="x", voice="alloy"),
}


FAILURES: dict[str, tuple[Reply, type[Exception]]] = {
    "answered": (_denied(401), zaguan.AuthenticationError),
    "unanswered": (drop_after(), zaguan.APIConnectionError),
    "a page": (raw(200, (), b"<html>hello</html>"), zaguan.InvalidResponseError),
}
# Speech is bytes, and there is no telling a page from it.
CASES = [(call, failure) for call in CALLS for failure in FAILURES if (call, failure) != ("create_speech", "a page")]


@pytest.mark.parametrize(("call", "failure"), CASES)
def test_every_method_fails_in_the_same_tree(
    client_way: ClientWay, fake: FakeProvider, call: str, failure: str
) -> None:
    reply, expected = FAILURES[failure]
    fake.script(reply)
    with client_way.open(fake) as client, pytest.raises(expected):
        CALLS[call](client)
