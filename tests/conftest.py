"""One fixture runs a test on asyncio, uvloop and trio; another gives it a provider of its own on a real socket."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from edgequake_async.testing import FakeProvider

_BACKENDS = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(
        ("asyncio", {"use_uvloop": True}),
        id="uvloop",
        marks=pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not run on Windows"),
    ),
    pytest.param(("trio", {}), id="trio"),
]


@pytest.fixture(params=_BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """The event loop that an async test runs on."""
    return request.param


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    """A fake provider of the test's own."""
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def target(fake: FakeProvider) -> dict[str, Any]:
    """The keyword arguments that send a call to the fake provider, without retries."""
    return {"model": "openai/fake", "api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}


@pytest.fixture(autouse=True)
def _no_outside_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, proxies and files of the person who runs the tests play no part."""
    monkeypatch.setenv("EDGEQUAKE_CONFIG", "/nonexistent/config.toml")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
