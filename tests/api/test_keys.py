"""Keys: the one given for a call is the one that is sent, and none is ever shown, even if the server repeats it."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from functools import partial
from typing import Any

import anyio
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, hang, raw, refuse, sse, verbatim

from .ways import USER, Way

KEY = "sk-TestKey/0123456789+abc=="
JSON_KEY = json.dumps(KEY)[1:-1]


def spellings(shown: Any) -> str:
    """Everything that a program could print, store or send of an error."""
    parts = [str(shown), repr(shown), repr(shown.args), repr(vars(shown)), repr(pickle.dumps(shown))]
    parts += ["".join(traceback.format_exception(shown))]
    parts += [repr(copy.deepcopy(shown)), str(shown.body), str(dict(shown.headers or {}))]
    if shown.response is not None:
        parts += [shown.response.text, repr(shown.response.content), str(dict(shown.response.headers))]
    return "\n".join(parts)


ECHOES: dict[str, Any] = {
    "in the message": error(401, f"Incorrect API key provided: {KEY}."),
    "in the code": error(401, code=KEY, type=KEY, param=KEY),
    "in a header": error(401, headers={"x-request-id": KEY, "x-echo": f"Bearer {KEY}"}),
    "in text": raw(500, {"content-type": "text/plain"}, f"Authorization: Bearer {KEY}"),
    "in HTML": raw(500, {"content-type": "text/html"}, f"<pre>Authorization: Bearer {KEY}</pre>"),
    "in JSON, escaped": raw(400, (), json.dumps({"error": {"message": KEY}}).replace("/", "\\/")),
    "beside bytes that are no text": raw(500, (), b"\xff\xfe" + KEY.encode() + b"\xff"),
    "in a redirect": raw(302, {"location": f"http://127.0.0.1:9/?key={KEY}"}),
    "in a success that is none": raw(200, (), f"key {KEY}"),
    "in a success that breaks off": drop_after(60, reply=raw(200, (), f'{{"key":"{KEY}"' + " " * 100)),
    "in an error under 200": raw(200, (), {"error": {"message": f"bad {KEY}", "code": 401}}),
    "nowhere: no answer": refuse(),
    "nowhere: not HTTP": verbatim(f"{KEY}\r\n\r\n".encode()),
}


@pytest.mark.parametrize("streams", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("case", ECHOES)
def test_a_key_that_the_server_repeats_is_hidden(
    way: Way, fake: FakeProvider, ask: dict[str, Any], caplog: pytest.LogCaptureFixture, case: str, streams: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.script(ECHOES[case])
    raised = way.watch(**{**ask, "api_key": KEY}, stream=streams).error
    assert isinstance(raised, eq.EQError)
    shown = spellings(raised)
    for form in (KEY, KEY.replace("/", "\\/"), KEY[3:]):
        assert form not in shown
        assert form not in caplog.text


IN_STREAM: dict[str, Any] = {
    "error object": sse([{"choices": [{"delta": {"content": "a"}}]}, {"error": {"message": f"bad {KEY}"}}]),
    "error event": sse([b'event: error\ndata: {"message": "bad %b"}\n\n' % KEY.encode()]),
    "chunk that is none": sse([{"choices": [{"delta": {"content": "a"}}]}, f"{{broken {KEY}"]),
}


@pytest.mark.parametrize("case", IN_STREAM)
def test_a_key_inside_a_stream_is_hidden(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(IN_STREAM[case])
    raised = way.watch(**{**ask, "api_key": KEY}, stream=True).error
    assert isinstance(raised, eq.EQError)
    assert KEY not in spellings(raised)


SECRETS: dict[str, dict[str, Any]] = {
    "authorization header": {"extra_headers": {"Authorization": f"Token {KEY}"}},
    "api-key header": {"extra_headers": {"api-key": KEY}},
    "x-api-key header": {"headers": {"X-Api-Key": KEY}},
}


@pytest.mark.parametrize("case", SECRETS)
def test_secret_headers_are_hidden_too(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(error(401, f"No {KEY} here."))
    raised = way.watch(**ask, **SECRETS[case]).error
    assert isinstance(raised, eq.AuthenticationError)
    assert KEY not in spellings(raised)


def test_a_password_in_the_url_is_hidden(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    base = fake.base_url.replace("http://", "http://user:hunter2hunter2@")
    fake.script(error(401, "user:hunter2hunter2 is wrong"), refuse())
    for _ in range(2):
        raised = way.watch(**{**ask, "api_base": base}).error
        assert isinstance(raised, eq.EQError)
        assert "hunter2hunter2" not in spellings(raised)


def test_a_bad_key_is_not_shown(way: Way, ask: dict[str, Any]) -> None:
    for key in (f"{KEY}\n", [KEY], {"key": KEY}):
        raised = way.watch(**{**ask, "api_key": key}).error
        assert isinstance(raised, eq.BadRequestError)
        assert KEY not in spellings(raised)


def test_a_short_key_does_not_shred_messages(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(error(400, "A key is a kind of knowledge."))
    raised = way.watch(**{**ask, "api_key": "k"}).error
    assert "A key is a kind of knowledge." in str(raised)


def test_a_timeout_shows_no_key(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(hang())
    raised = way.watch(**{**ask, "api_key": KEY}, timeout=0.1).error
    assert isinstance(raised, eq.Timeout)
    assert KEY not in spellings(raised)


def test_a_response_shows_no_key(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    for streams in (False, True):
        outcome = way.watch(**{**ask, "api_key": KEY}, stream=streams)
        response = outcome.response
        shown = repr(response) + repr(vars(response)) + repr(response._hidden_params) + repr(response._response_headers)
        assert KEY not in shown
    assert KEY not in repr(pickle.dumps(way.completion(**{**ask, "api_key": KEY})))


def test_the_key_of_the_call_wins(
    way: Way, fake: FakeProvider, ask: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeProvider() as other:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-environment-000000")
        monkeypatch.setenv("OPENAI_BASE_URL", other.base_url)
        monkeypatch.setattr(eq, "openai_key", "sk-variable-000000")
        monkeypatch.setattr(eq, "api_base", other.base_url)
        way.completion(**{**ask, "api_key": "sk-call-000000"})
        way.embedding(model="openai/e", input="x", api_base=fake.base_url, api_key="sk-call-000000")
        assert other.requests == []
    assert [request.headers["authorization"] for request in fake.requests] == ["Bearer sk-call-000000"] * 2


@pytest.mark.anyio
async def test_two_tenants_never_mix(fake: FakeProvider, target: dict[str, Any]) -> None:
    """200 calls at once, each with a key of its own, unary and streamed, over one pool of connections."""
    wrong: list[str] = []

    async def call(number: int) -> None:
        key, name = f"sk-tenant-{number:04d}", f"tenant {number:04d}"
        asked = {**target, "api_key": key, "messages": [{"role": "user", "content": name}]}
        if number % 2:
            chunks = [chunk async for chunk in await eq.acompletion(**asked, stream=True)]
            answer = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        else:
            answer = (await eq.acompletion(**asked)).choices[0].message.content
        if answer != f"You said: {name}":
            wrong.append(answer)

    async with anyio.create_task_group() as tasks:
        for number in range(200):
            tasks.start_soon(partial(call, number))
    assert wrong == []
    sent = {request.headers["authorization"]: request.json["messages"][0]["content"] for request in fake.requests}
    assert sent == {f"Bearer sk-tenant-{number:04d}": f"tenant {number:04d}" for number in range(200)}


def test_no_key_where_none_is_needed(way: Way, fake: FakeProvider) -> None:
    way.completion(model="hosted_vllm/m", messages=USER, api_base=fake.base_url)
    assert "authorization" not in fake.requests[0].headers
