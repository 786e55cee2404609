"""A test that takes ``way`` runs on the three loops and through the sync shim."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edgequake_async.testing import FakeProvider

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


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the person's AWS plays a part, and no instance is asked."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def bedrock(fake: FakeProvider, no_aws: None) -> dict[str, Any]:
    """A call of the fake Bedrock, without a word of who calls."""
    where = {"api_base": fake.host_url, "aws_region_name": "eu-central-1", "num_retries": 0}
    return {"model": "bedrock/amazon.nova-lite-v1:0", "messages": USER, **where}


@pytest.fixture
def other() -> Iterator[FakeProvider]:
    """Another server: the container's endpoint, the instance's, or STS."""
    with FakeProvider() as provider:
        yield provider
