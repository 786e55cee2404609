"""Where a request goes and under which headers: URL, model and headers are what the caller said."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_async.testing import FakeProvider, text

from .ways import Way


def test_extra_headers_win(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    headers = {"X-Trace": "t-1", "user-agent": "mine/1", "Accept": "application/x-mine"}
    before = dict(headers)
    way.completion(**ask, extra_headers=headers, headers={"X-Trace": "loses", "X-Other": "o"}, organization="org-1")
    received = fake.requests[0].headers
    assert headers == before
    assert {name: received[name] for name in ("x-trace", "x-other", "user-agent", "accept", "openai-organization")} == {
        "x-trace": "t-1",
        "x-other": "o",
        "user-agent": "mine/1",
        "accept": "application/x-mine",
        "openai-organization": "org-1",
    }
    assert received["authorization"] == f"Bearer {ask['api_key']}"


def test_the_headers_of_a_plain_call(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    way.completion(**ask)
    names = {name.lower() for name, _ in fake.requests[0].headers.raw}
    expected = {"accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent"}
    assert names == expected
    assert fake.requests[0].headers["user-agent"].startswith("edgequake_async/")


BASES = {
    "plain": ("{}/v1", "/v1/chat/completions", {}),
    "slash at the end": ("{}/v1/", "/v1/chat/completions", {}),
    "no version": ("{}", "/chat/completions", {}),
    "deep": ("{}/a/b%20c/v9", "/a/b%20c/v9/chat/completions", {}),
    "query": ("{}/v1?api-version=2024-10-21&x=%C3%A4", "/v1/chat/completions", {"api-version": "2024-10-21", "x": "ä"}),
    "whole": ("{}/v1/chat/completions", "/v1/chat/completions", {}),
}


@pytest.mark.parametrize("argument", ["api_base", "base_url"])
@pytest.mark.parametrize("base", BASES)
def test_the_base_url_is_kept(way: Way, fake: FakeProvider, ask: dict[str, Any], base: str, argument: str) -> None:
    pattern, path, query = BASES[base]
    del ask["api_base"]
    fake.on_request(lambda _: text("ok"))
    way.completion(**ask, **{argument: pattern.format(fake.host_url)})
    assert (fake.requests[0].path, fake.requests[0].query) == (path, query)


@pytest.mark.parametrize(
    ("model", "wire"),
    [
        ("openai/gpt-4o", "gpt-4o"),
        ("gpt-4o", "gpt-4o"),
        ("openai/org/model", "org/model"),
        ("openai/ft:gpt-4o:ä::1", "ft:gpt-4o:ä::1"),
        ("hosted_vllm/meta-llama/Llama-3", "meta-llama/Llama-3"),
    ],
)
def test_only_the_provider_leaves_the_model(
    way: Way, fake: FakeProvider, ask: dict[str, Any], model: str, wire: str
) -> None:
    way.completion(**{**ask, "model": model})
    assert fake.requests[0].json["model"] == wire
