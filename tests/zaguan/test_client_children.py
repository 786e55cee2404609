"""Processes that leave, fork or are interrupted in the middle of CoreX's streams, uploads and downloads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import pytest

from edgequake_async.testing import FakeProvider, Received, Reply, hang, raw, stream

PROGRAM = Path(__file__).parent / "programs" / "leaving.py"
# A fifth of what tests/children does: each of these children does several things at once.
RUNS = int(os.environ.get("EDGEQUAKE_EXIT_RUNS", "15")) // 5 or 1
BACKENDS = ["asyncio", "uvloop", "trio", "sync"]


@pytest.fixture
def busy(fake: FakeProvider) -> FakeProvider:
    """A gateway whose streams never end, which keeps uploads and downloads waiting."""

    def choose(record: Received) -> Reply:
        if record.path == "/health":
            return raw(200, (), {"status": "ok"})
        if record.path.endswith("/completions"):
            return stream(repeat("tick"), gap=0.005)
        if record.path.endswith("/speech"):
            return hang(100_000, reply=raw(200, {"content-type": "audio/mpeg"}, bytes(200_000)))
        return hang()

    fake.on_request(choose)
    return fake


@contextmanager
def start(situation: str, backend: str, fake: FakeProvider) -> Iterator[subprocess.Popen[str]]:
    """A child, which does not outlive the block."""
    flags = ["-W", "error", "-W", "ignore::DeprecationWarning"]
    child = subprocess.Popen(
        [sys.executable, *flags, str(PROGRAM), situation, backend, fake.host_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


def ended(child: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = child.communicate(timeout=60)
    return child.returncode, out, err


def run(situation: str, backend: str, fake: FakeProvider) -> tuple[int, str, str]:
    with start(situation, backend, fake) as child:
        return ended(child)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("situation", "code"), [("leave", 0), ("exit", 7), ("hard_exit", 7)])
def test_leaving(busy: FakeProvider, situation: str, code: int, backend: str) -> None:
    for _ in range(RUNS):
        was, out, err = run(situation, backend, busy)
        # anyio and trio wrap SystemExit in a group, as they wrap every exception; the traceback is the program's.
        if situation == "exit" and backend != "sync":
            assert was == 7 or err.count("SystemExit: 7") == 1
            assert "panicked" not in err
            assert "Exception ignored" not in err
        else:
            assert (was, out, err) == (code, "", "")
    busy.wait_for(lambda: busy.connections.open == 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to one process")
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupt_closes_the_stream(busy: FakeProvider, backend: str) -> None:
    with start("interrupt", backend, busy) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        child.send_signal(signal.SIGINT)
        busy.wait_for_abort(30)
        code, out, err = ended(child)
    assert (code, err) == (0, "")
    assert out.replace("begun\n", "") == "interrupted\nok\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("backend", BACKENDS)
def test_forking_after_use(busy: FakeProvider, backend: str) -> None:
    told = "parent: ok, ok\nchild: ok, ok\ncode: 0\nparent: ok, ok\n"
    assert run("fork", backend, busy) == (0, told, "")
    workers = "parent: ok, ok\nworkers: {'ok, ok'}\nparent: ok, ok\n"
    assert run("pool", backend, busy) == (0, workers, "")
