"""Calls that go elsewhere than their model string says: to litellm's proxy, to the model behind an alias."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, text

from .ways import USER, Way


@pytest.fixture
def proxy(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """A litellm proxy, as the environment names it, and a key of the provider that calls name."""
    monkeypatch.setenv("LITELLM_PROXY_API_BASE", fake.base_url)
    monkeypatch.setenv("LITELLM_PROXY_API_KEY", "key-of-the-proxy")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-anthropic")
    yield fake
    del eq.use_litellm_proxy, eq.model_alias_map, eq.model_fallbacks


def test_every_call_goes_to_the_proxy(way: Way, proxy: FakeProvider) -> None:
    eq.use_litellm_proxy = True
    for model in ("anthropic/claude-sonnet-4-5", "litellm_proxy/anthropic/claude-sonnet-4-5"):
        answer = way.completion(model=model, messages=USER)
        assert answer._hidden_params["custom_llm_provider"] == "litellm_proxy"
    way.embedding(model="voyage/voyage-3", input="a")
    asked = [(request.path, request.json["model"], request.headers["authorization"]) for request in proxy.requests]
    assert asked == [
        ("/v1/chat/completions", "anthropic/claude-sonnet-4-5", "Bearer key-of-the-proxy"),
        ("/v1/chat/completions", "anthropic/claude-sonnet-4-5", "Bearer key-of-the-proxy"),
        ("/v1/embeddings", "voyage/voyage-3", "Bearer key-of-the-proxy"),
    ]


def test_the_other_functions_go_there_too(proxy: FakeProvider) -> None:
    eq.use_litellm_proxy = True
    # The fake lacks the first endpoint: what counts is that it is asked for.
    with pytest.raises(eq.NotFoundError):
        eq.text_completion("Once", "anthropic/claude-sonnet-4-5", num_retries=0)
    eq.responses("Once", "anthropic/claude-sonnet-4-5")
    eq.image_generation("A hat", "vertex_ai/imagen-4")
    eq.file_list()
    asked = [(request.path, request.headers["authorization"]) for request in proxy.requests]
    paths = ("/v1/completions", "/v1/responses", "/v1/images/generations", "/v1/files")
    assert asked == [(path, "Bearer key-of-the-proxy") for path in paths]
    found = eq.get_llm_provider("anthropic/claude-sonnet-4-5")
    assert found == ("anthropic/claude-sonnet-4-5", "litellm_proxy", "key-of-the-proxy", proxy.base_url)


def test_a_call_has_its_own_word(way: Way, proxy: FakeProvider) -> None:
    way.completion(model="anthropic/claude-sonnet-4-5", messages=USER, use_litellm_proxy=True)
    eq.use_litellm_proxy = True
    way.completion(model="anthropic/claude-sonnet-4-5", messages=USER, use_litellm_proxy=False, api_base=proxy.host_url)
    assert [request.path for request in proxy.requests] == ["/v1/chat/completions", "/v1/messages"]
    assert all("use_litellm_proxy" not in request.json for request in proxy.requests)


def test_a_handler_in_python_is_not_asked_instead(proxy: FakeProvider) -> None:
    eq.custom_provider_map = [{"provider": "anthropic", "custom_handler": eq.CustomLLM()}]
    eq.use_litellm_proxy = True
    try:
        assert eq.completion("anthropic/claude-sonnet-4-5", USER).content
    finally:
        del eq.custom_provider_map


def test_without_an_address_the_error_says_where_to_name_it(
    way: Way, proxy: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LITELLM_PROXY_API_BASE")
    failed = way.watch(model="openai/gpt-4o", messages=USER, use_litellm_proxy=True).error
    assert isinstance(failed, eq.BadRequestError)
    assert "LITELLM_PROXY_API_BASE" in str(failed)


def test_an_alias_is_another_model(way: Way, ask: dict[str, Any], proxy: FakeProvider) -> None:
    eq.model_alias_map["mine"] = ask["model"]
    way.completion(**{**ask, "model": "mine"})
    eq.model_alias_map = {"mine": "openai/other"}
    way.completion(**{**ask, "model": "mine"})
    assert [request.json["model"] for request in proxy.requests] == ["fake", "other"]
    assert eq.get_llm_provider("mine")[:2] == ("other", "openai")


def test_model_fallbacks_are_those_of_calls_that_name_none(way: Way, ask: dict[str, Any], proxy: FakeProvider) -> None:
    eq.model_fallbacks = ["openai/second", "openai/third"]
    proxy.script(error(500, "One."), error(500, "Two."), text("Three."), error(500, "Alone."))
    assert way.completion(**ask).content == "Three."
    assert isinstance(way.watch(**ask, fallbacks=[]).error, eq.InternalServerError)
    assert [request.json["model"] for request in proxy.requests] == ["fake", "second", "third", "fake"]
    assert all("fallbacks" not in request.json for request in proxy.requests)
