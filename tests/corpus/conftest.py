"""One server for the recorded exchanges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edgequake_async.testing import FakeProvider

from . import recordings
from .replay import Replay


@pytest.fixture
def replay() -> Iterator[Replay]:
    """A server for every exchange."""
    with FakeProvider() as fake:
        yield Replay(fake, recordings.everything())
