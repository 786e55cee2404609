"""A parameter that a provider's own protocol has no word for: refused by name, left out, or sent as it is."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider

from .ways import USER, Way


@pytest.fixture
def native(fake: FakeProvider) -> dict[str, Any]:
    """A call to the fake provider in Anthropic's protocol, with a parameter that Anthropic has not."""
    target = {"model": "anthropic/claude-sonnet-4-5", "api_base": fake.base_url, "api_key": fake.api_key}
    return {**target, "num_retries": 0, "messages": USER, "seed": 7, "top_k": 3}


def test_it_is_refused_by_name_before_anything_is_sent(way: Way, fake: FakeProvider, native: dict[str, Any]) -> None:
    with pytest.raises(eq.UnsupportedParamsError, match=r"does not support parameters: \['seed'\]"):
        way.completion(**native)
    assert fake.requests == []


def test_it_is_left_out_or_sent_where_the_call_says_so(way: Way, fake: FakeProvider, native: dict[str, Any]) -> None:
    way.completion(**native, drop_params=True)
    way.completion(**native, allowed_openai_params=["seed"])
    way.completion(**native, additional_drop_params=["seed", "top_k"])
    sent = [request.json for request in fake.requests]
    assert [(body.get("seed"), body.get("top_k")) for body in sent] == [(None, 3), (7, 3), (None, None)]


def test_the_setting_holds_for_calls_that_do_not_say(
    way: Way, fake: FakeProvider, native: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eq, "drop_params", True)
    way.completion(**native)
    assert "seed" not in fake.requests[0].json
    with pytest.raises(eq.UnsupportedParamsError):
        way.completion(**native, drop_params=False)
