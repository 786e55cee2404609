"""The corpus suite runs where the corpus is, and says why where it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edgequake_async.testing import FakeProvider

from . import recordings
from .replay import Replay


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not recordings.available():
        for item in items:
            item.add_marker(pytest.mark.skip(reason=recordings.ABSENT))


@pytest.fixture
def replay() -> Iterator[Replay]:
    """A server for every chat and embeddings exchange."""
    with FakeProvider() as fake:
        yield Replay(fake, [*recordings.chat(), *recordings.embeddings()])
