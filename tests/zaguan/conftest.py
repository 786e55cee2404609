"""A way to call, and an environment without Zaguan's variables."""

from __future__ import annotations

import pytest

from .ways import CLIENT_WAYS, ClientWay


@pytest.fixture(params=CLIENT_WAYS, ids=lambda way: way.name)
def client_way(request: pytest.FixtureRequest) -> ClientWay:
    """How the test calls CoreX: ``with client_way.open(fake) as client: client.chat(...)``."""
    chosen: ClientWay = request.param
    if chosen.options.get("use_uvloop"):
        pytest.importorskip("uvloop")
    return chosen


@pytest.fixture(autouse=True)
def _no_zaguan_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZAGUAN_API_KEY", "ZAGUAN_BASE_URL", "ZAGUAN_API_BASE"):
        monkeypatch.delenv(name, raising=False)
