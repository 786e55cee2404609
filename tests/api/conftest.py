"""A test that takes ``way`` runs on the three loops and through the sync shim."""

from __future__ import annotations

from typing import Any

import pytest

from .ways import USER, WAYS, Way


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """How the test calls the library."""
    chosen: Way = request.param
    if chosen.options.get("use_uvloop"):
        pytest.importorskip("uvloop")
    return chosen


@pytest.fixture
def ask(target: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a call to the fake provider: target and one message."""
    return {**target, "messages": USER}
