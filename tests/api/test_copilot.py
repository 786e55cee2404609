"""GitHub Copilot: GitHub's tokens exchanged for Copilot's, and the host that GitHub names, over sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, raw

from .ways import USER, WAYS, Way

(WAY,) = [way for way in WAYS if way.name == "asyncio"]
EDITOR = {"Editor-Version": "mine/1.0", "Copilot-Integration-Id": "mine", "User-Agent": "mine/1.0"}


class GitHub:
    """Who exchanges tokens; Copilot itself is another server. Tokens are numbered."""

    def __init__(self, fake: FakeProvider, copilot: FakeProvider) -> None:
        self.fake, self.copilot = fake, copilot
        self.life = 1800
        fake.on_request(self.answer)

    def answer(self, request: Received) -> Any:
        assert (request.method, request.path) == ("GET", "/copilot_internal/v2/token")
        if not request.headers["authorization"].startswith("token g"):
            return raw(401, (), {"message": f"Bad credentials {request.headers['authorization']}"})
        token = f"tid={len(self.fake.requests)};exp=1"
        ends = {"expires_at": int(time.time()) + self.life, "refresh_in": self.life - 300}
        return raw(200, (), {"token": token, **ends, "endpoints": {"api": self.copilot.host_url}})

    def call(self, key: str, **more: Any) -> dict[str, Any]:
        """A call without an address; each test has a key of its own, because tokens are kept for the process."""
        where = {"copilot_token_url": f"{self.fake.host_url}/copilot_internal/v2/token", "api_key": key}
        return {"model": "github_copilot/gpt-4o", "messages": USER, "num_retries": 0, **where, **more}


@pytest.fixture
def github(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    for name in ("GITHUB_COPILOT_TOKEN", "GITHUB_COPILOT_API_BASE", "GITHUB_COPILOT_API_KEY_URL"):
        monkeypatch.delenv(name, raising=False)
    with FakeProvider() as copilot:
        yield GitHub(fake, copilot)


def test_a_github_token_is_exchanged_once_and_the_host_is_the_one_it_names(way: Way, github: GitHub) -> None:
    key = f"ghu_of-{way.name}-0123456789"
    for _ in range(2):
        response = way.completion(**github.call(key), extra_headers=EDITOR)
        assert response.choices[0].message.content == "You said: Say it."
    chunks = way.stream(**github.call(key), extra_headers=EDITOR)
    assert chunks
    assert way.embedding(**{**github.call(key), "messages": None, "model": "github_copilot/e", "input": ["a"]}).data
    [asked] = github.fake.requests
    assert asked.headers["authorization"] == f"token {key}"
    assert {name: asked.headers[name.lower()] for name in EDITOR} == EDITOR
    paths = [request.path for request in github.copilot.requests]
    assert paths == ["/chat/completions", "/chat/completions", "/chat/completions", "/embeddings"]
    assert {request.headers["authorization"] for request in github.copilot.requests} == {"Bearer tid=1;exp=1"}
    assert github.copilot.requests[0].headers["editor-version"] == "mine/1.0"


def test_an_address_that_is_given_is_kept(github: GitHub, fake: FakeProvider) -> None:
    with FakeProvider() as mine:
        WAY.completion(**github.call("gho_an-address-0123456789", api_base=f"{mine.host_url}/mine"))
        assert [request.path for request in mine.requests] == ["/mine/chat/completions"]
        assert mine.requests[0].headers["authorization"] == "Bearer tid=1;exp=1"
        # Copilot's own token is shown as it is.
        WAY.completion(**github.call("tid=mine;exp=2", api_base=mine.host_url))
        assert mine.requests[1].headers["authorization"] == "Bearer tid=mine;exp=2"
    assert (len(fake.requests), github.copilot.requests) == (1, [])


def test_a_token_that_ends_or_is_refused_is_exchanged_anew(github: GitHub) -> None:
    call = github.call("ghp_that-ends-0123456789")
    github.life = 0
    for _ in range(2):
        WAY.completion(**call)
    github.life = 1800
    WAY.completion(**call)
    github.copilot.script(*[raw(401, (), {"error": {"message": f"token expired: tid={id};exp=1"}}) for id in (3, 4)])
    with pytest.raises(eq.AuthenticationError, match="token expired") as raised:
        WAY.completion(**call)
    assert "tid=4" not in f"{raised.value!r} {raised.value.body!r}"
    WAY.completion(**call)
    shown = [request.headers["authorization"] for request in github.copilot.requests]
    assert shown == [f"Bearer tid={number};exp=1" for number in (1, 2, 3, 3, 4, 5)]


def test_github_says_no(github: GitHub) -> None:
    call = github.call("ghu_of-nobody-0123456789")
    said = {"error_details": {"message": "Your subscription has ended, ghu_of-nobody-0123456789."}}
    for status, body, why in (
        (401, {"message": "Bad credentials"}, "Bad credentials"),
        (403, said, "Your subscription has ended"),
        (404, {"message": "Not Found"}, "Not Found"),
    ):
        github.fake.script(raw(status, (), body))
        with pytest.raises(
            eq.AuthenticationError, match=f"GitHub gives no Copilot token for this key: {why}"
        ) as raised:
            WAY.completion(**call)
        assert "ghu_of-nobody" not in f"{raised.value!r} {raised.value.body!r}"
    github.fake.script(raw(503, (), {"message": "Later"}), raw(200, (), {"endpoints": {}}))
    with pytest.raises(eq.ServiceUnavailableError, match=r"No token from http://127.*: Later"):
        WAY.completion(**call)
    with pytest.raises(eq.AuthenticationError, match="gave no token"):
        WAY.completion(**call)
    assert github.copilot.requests == []


def test_the_variables(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_COPILOT_TOKEN", "github_pat_of-the-environment")
    monkeypatch.setenv("GITHUB_COPILOT_API_KEY_URL", f"{github.fake.host_url}/copilot_internal/v2/token")
    WAY.completion(model="github_copilot/gpt-4o", messages=USER)
    assert github.fake.requests[0].headers["authorization"] == "token github_pat_of-the-environment"
    monkeypatch.delenv("GITHUB_COPILOT_TOKEN")
    with pytest.raises(eq.AuthenticationError, match="GITHUB_COPILOT_TOKEN"):
        WAY.completion(model="github_copilot/gpt-4o", messages=USER)
