"""Nobody's credentials but the test's own are found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edgequake_async.testing import FakeProvider

from .google import Cloud

_VARIABLES = (
    "CLOUDSDK_CONFIG GCE_METADATA_HOST GCE_METADATA_IP GOOGLE_APPLICATION_CREDENTIALS GOOGLE_CLOUD_LOCATION "
    "GOOGLE_CLOUD_PROJECT VERTEXAI_API_BASE VERTEXAI_CREDENTIALS VERTEXAI_LOCATION VERTEXAI_PROJECT VERTEX_API_BASE "
    "VERTEX_LOCATION VERTEX_PROJECT"
).split()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and no metadata server."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "home"))
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")
    return tmp_path / "home"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Google Cloud, on loopback."""
    with FakeProvider() as fake:
        yield Cloud(fake)
