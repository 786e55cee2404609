"""A process may end at any moment: exit code as meant, nothing on stderr, and never a hang or a crash.

``EDGEQUAKE_EXIT_RUNS`` says how often each is tried; a release is tried 300 times.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import repeat

import pytest

from edgequake_async.testing import FakeProvider, Received, Reply, stream, text

from .running import run, run_often, unclean

BACKENDS = ["asyncio", "uvloop", "trio"]


@pytest.fixture(scope="module")
def busy() -> Iterator[FakeProvider]:
    """A provider whose answers arrive spread over half a second and whose streams never end."""
    chance = random.Random(1)

    def choose(record: Received) -> Reply:
        if record.json.get("stream"):
            return stream(repeat("tick"), gap=0.001)
        return text("an answer", delay=chance.random() * 0.5)

    with FakeProvider() as provider:
        provider.on_request(choose)
        yield provider


@pytest.mark.parametrize("situation", ["in_flight", "idle", "mid_stream", "abandoned"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_exit_from_a_loop(busy: FakeProvider, backend: str, situation: str) -> None:
    assert unclean(run_often("exit_async", backend, situation, busy.base_url)) == []


@pytest.mark.parametrize(
    "situation", ["portal_open", "stream_open", "daemon_threads", "daemon_streams", "daemon_loop", "everything"]
)
def test_exit_from_sync_code(busy: FakeProvider, situation: str) -> None:
    assert unclean(run_often("exit_sync", situation, busy.base_url)) == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_sys_exit_in_a_task(busy: FakeProvider, backend: str) -> None:
    ended = run("exit_async", backend, "sys_exit", busy.base_url)
    assert ended.code in {1, 7}  # anyio and trio wrap it in a group, as they wrap every exception
    assert "panicked" not in ended.err


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_unhandled_exception_is_all_that_is_printed(busy: FakeProvider, backend: str) -> None:
    ended = run("exit_async", backend, "unhandled", busy.base_url)
    assert ended.code == 1
    assert ended.err.count("LookupError: the program's own mistake") == 1
    for noise in ("panicked", "never retrieved", "was destroyed", "never awaited", "Exception ignored"):
        assert noise not in ended.err
