"""Providers added while a program runs: their names work wherever one of the table does, and stop when taken out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.request import resolve
from edgequake_async.testing import FakeProvider, error, text

from .ways import USER, Way


@pytest.fixture
def acme(fake: FakeProvider) -> Iterator[FakeProvider]:
    """The fake provider under a name of its own."""
    eq.register_provider(
        "acme",
        api_base=fake.base_url,
        key_vars=["ACME_KEY", "ACME_TOKEN"],
        base_vars=["ACME_BASE"],
        aliases=["acm", "acme-labs"],
        headers={"x-acme": "1", "x-client": "table"},
    )
    yield fake
    eq.unregister_provider("acme")


@pytest.mark.parametrize("model", ["acme/some/model", "Acme/some/model", "acm/some/model", "acme-labs/some/model"])
def test_its_names_reach_it(way: Way, acme: FakeProvider, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setenv("ACME_TOKEN", acme.api_key)
    acme.script(text("Hello"))
    response = way.completion(model=model, messages=USER, num_retries=0)
    assert response.content == "Hello"
    assert response._hidden_params["custom_llm_provider"] == "acme"
    assert eq.get_llm_provider(model) == ("some/model", "acme", acme.api_key, acme.base_url)
    [request] = acme.requests
    assert (request.path, request.json["model"]) == ("/v1/chat/completions", "some/model")
    assert request.headers["authorization"] == f"Bearer {acme.api_key}"
    assert (request.headers["x-acme"], request.headers["x-client"]) == ("1", "table")


def test_streams_and_vectors(way: Way, acme: FakeProvider) -> None:
    acme.script(text("Hello"))
    assert way.stream(model="acme/m", messages=USER, api_key=acme.api_key)
    response = way.embedding(model="acme/m", input=["one", "two"], api_key=acme.api_key)
    assert len(response.data) == 2


def test_the_calls_own_terms_win(way: Way, acme: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_BASE", f"{acme.host_url}/v1/other")
    eq.acme_key = acme.api_key
    try:
        acme.script(text("Hello"))
        way.completion(model="m", messages=USER, custom_llm_provider="acm", extra_headers={"x-client": "call"})
    finally:
        del eq.acme_key
    [request] = acme.requests
    assert request.path == "/v1/other/chat/completions"
    assert (request.headers["x-acme"], request.headers["x-client"]) == ("1", "call")


def test_errors_name_it(way: Way, acme: FakeProvider) -> None:
    acme.script(error(429, "slow down"))
    failed = way.watch(model="acme/m", messages=USER, api_key=acme.api_key, num_retries=0).error
    assert isinstance(failed, eq.RateLimitError)
    assert failed.llm_provider == "acme"
    with pytest.raises(eq.AuthenticationError, match="ACME_KEY or ACME_TOKEN"):
        way.completion(model="acme/m", messages=USER)
    with pytest.raises(eq.BadRequestError, match="names a provider and no model"):
        way.completion(model="acme/", messages=USER)


def test_one_without_keys_needs_none(way: Way, fake: FakeProvider) -> None:
    eq.register_provider("local", api_base=fake.base_url)
    try:
        fake.script(text("Hello"))
        assert way.completion(model="local/m", messages=USER).content == "Hello"
        assert "authorization" not in fake.requests[0].headers
    finally:
        eq.unregister_provider("local")


def test_one_without_an_address_says_what_is_missing(way: Way) -> None:
    eq.register_provider("nowhere", base_vars=["NOWHERE_BASE"])
    try:
        with pytest.raises(eq.BadRequestError, match="pass api_base or set NOWHERE_BASE"):
            way.completion(model="nowhere/m", messages=USER)
    finally:
        eq.unregister_provider("nowhere")


def test_one_that_was_taken_out_is_unknown(way: Way, fake: FakeProvider) -> None:
    for _ in range(2):
        with pytest.raises(eq.LiteLLMUnknownProvider, match="acme"):
            way.completion(model="acme/m", messages=USER)
        eq.register_provider("acme", api_base=fake.base_url)
        fake.script(text("Hello"))
        assert way.completion(model="acme/m", messages=USER).content == "Hello"
        eq.unregister_provider("acme")


def test_a_name_is_anothers_no_more_when_it_is_taken_out(fake: FakeProvider) -> None:
    """The old meaning of a string is not remembered, nor a new one found by calls that name another provider."""
    assert resolve("late/m", "openrouter") == ("openrouter", "late/m")
    eq.register_provider("late", api_base=fake.base_url)
    try:
        assert resolve("late/m") == ("late", "m")
        assert resolve("late/m", "late") == ("late", "m")
        assert resolve("late/m", "openrouter") == ("openrouter", "late/m")
        assert resolve("openai/m", "late") == ("late", "openai/m")
    finally:
        eq.unregister_provider("late")


TAKEN = ["openai", "lmstudio", "acme", "acm"]


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_that_is_taken_is_refused(acme: FakeProvider, name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is a name of provider"):
        eq.register_provider(name, api_base="http://elsewhere/v1")
    with pytest.raises(ValueError, match=f"'{name}' is a name of provider"):
        eq.register_provider("other", api_base="http://elsewhere/v1", aliases=[name])
    with pytest.raises(ValueError, match="'twice' is a name of provider"):
        eq.register_provider("twice", aliases=["twice"])
    assert resolve("acm/x") == ("acme", "x")


@pytest.mark.parametrize("name", ["", "a/b", "a b", "Acme", "1a", "é", "a\n"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a provider"):
        eq.register_provider(name, api_base="http://elsewhere/v1")


WRONG: list[dict[str, Any]] = [
    {"name": 1},
    {"name": "x", "api_base": 1},
    {"name": "x", "key_vars": [1]},
    {"name": "x", "aliases": [None]},
    {"name": "x", "headers": ["a"]},
]


@pytest.mark.parametrize("arguments", WRONG, ids=str)
def test_what_has_the_wrong_type_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"must be (a string|strings|a dict), not"):
        eq.register_provider(**arguments)


def test_registering_the_same_again_is_no_error() -> None:
    for _ in range(2):
        eq.register_provider("same", api_base="http://here/v1", key_vars="SAME_KEY")
    eq.unregister_provider("same")
    with pytest.raises(ValueError, match="'same' was not registered"):
        eq.unregister_provider("same")
    with pytest.raises(ValueError, match="'openai' was not registered"):
        eq.unregister_provider("openai")


def test_threads_may_register_at_once() -> None:
    names = [f"thread{number}" for number in range(32)]
    ready = threading.Barrier(len(names))

    def register(name: str) -> None:
        ready.wait()
        eq.register_provider(name, api_base="http://here/v1")
        resolve(f"{name}/m")

    threads = [threading.Thread(target=register, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [resolve(f"{name}/m") for name in names] == [(name, "m") for name in names]
    for name in names:
        eq.unregister_provider(name)
