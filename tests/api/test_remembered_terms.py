"""What follows from settings, environment and arguments is remembered between calls while it is true, and no longer."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async import register_provider, unregister_provider
from edgequake_async.exceptions import AuthenticationError, BadRequestError
from edgequake_async.testing import FakeProvider

from .ways import Way

_HELLO = [{"role": "user", "content": "Hello"}]


def _shown(fake: FakeProvider) -> str:
    return fake.requests[-1].headers["authorization"]


@pytest.fixture
def bare(fake: FakeProvider) -> dict[str, Any]:
    """A call without a key."""
    return {"model": "openai/fake", "messages": _HELLO, "api_base": fake.base_url, "num_retries": 0}


def test_a_variable_that_changes(
    way: Way, fake: FakeProvider, bare: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("sk-first", "sk-second", "sk-first"):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        fake.api_key = key
        way.completion(**bare)
        assert _shown(fake) == f"Bearer {key}"
    monkeypatch.delenv("OPENAI_API_KEY")
    fake.api_key = ""
    way.completion(**bare)
    assert "authorization" not in fake.requests[-1].headers


def test_a_key_that_is_assigned_and_taken_back(
    way: Way, fake: FakeProvider, bare: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    for key in ("sk-assigned", "sk-other", None):
        monkeypatch.setattr(eq, "openai_key", key)
        fake.api_key = key or "sk-environment"
        way.completion(**bare)
        assert _shown(fake) == f"Bearer {fake.api_key}"


def test_headers_that_are_changed_in_place(
    way: Way, fake: FakeProvider, target: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, settings = {"X-Own": "1"}, {"X-Setting": "1"}
    monkeypatch.setattr(eq, "headers", settings)
    for value in ("1", "2"):
        own["X-Own"] = settings["X-Setting"] = value
        way.completion(**target, messages=_HELLO, extra_headers=own)
        received = fake.requests[-1].headers
        assert (received["x-own"], received["x-setting"]) == (value, value)


def test_values_that_are_equal_and_not_the_same(way: Way, target: dict[str, Any]) -> None:
    way.completion(**target, messages=_HELLO, timeout=1)
    with pytest.raises(BadRequestError, match="timeout"):
        way.completion(**target, messages=_HELLO, timeout=True)
    del target["num_retries"]
    way.completion(**target, messages=_HELLO, num_retries=1)
    with pytest.raises(BadRequestError, match="num_retries"):
        way.completion(**target, messages=_HELLO, num_retries=1.0)


def test_a_provider_that_is_registered_anew(way: Way, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"model": "remembered/m", "messages": _HELLO, "num_retries": 0}
    for variable, path in (("FIRST_KEY", "/one"), ("SECOND_KEY", "/two")):
        register_provider("remembered", api_base=f"{fake.host_url}{path}", key_vars=[variable])
        try:
            with pytest.raises(AuthenticationError, match=variable):
                way.completion(**asked)
            monkeypatch.setenv(variable, fake.api_key)
            way.completion(**asked)
            assert fake.requests[-1].path == f"{path}/chat/completions"
        finally:
            unregister_provider("remembered")


def test_options_of_a_provider(way: Way, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"model": "vertex_ai/gemini-2.5-flash", "messages": _HELLO}
    asked |= {"api_base": fake.base_url, "api_key": fake.api_key}
    for project in ("one", "two"):
        monkeypatch.setenv("VERTEXAI_PROJECT", project)
        way.completion(**asked, num_retries=0)
        assert f"/projects/{project}/" in fake.requests[-1].path
    monkeypatch.setattr(eq, "vertex_project", "three")
    way.completion(**asked, num_retries=0)
    assert "/projects/three/" in fake.requests[-1].path
    way.completion(**asked, num_retries=0, vertex_project="four")
    assert "/projects/four/" in fake.requests[-1].path
