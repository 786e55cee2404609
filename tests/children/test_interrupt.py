"""Ctrl-C: the call that waits is given up within 200 ms, the provider sees it, and the program can go on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import repeat

import pytest

from edgequake_async.testing import FakeProvider, Received, Reply, hang, stream, text

from .running import interrupt, start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to one process")


@pytest.fixture
def patient(fake: FakeProvider) -> FakeProvider:
    """A provider that keeps its clients waiting, in the way that the request's ``user`` asks for."""

    def choose(record: Received) -> Reply:
        if record.json.get("user") == "answer":
            return text("still here")
        if record.json.get("user") == "tick":
            return stream(repeat("tick"), gap=0.02)
        return hang(pieces=1, reply=stream(["a", "b"])) if record.json.get("stream") else hang()

    fake.on_request(choose)
    return fake


@pytest.fixture
def child(request: pytest.FixtureRequest, patient: FakeProvider) -> Iterator[subprocess.Popen[str]]:
    process = start("interrupted", request.param, patient.base_url)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(
    "child",
    [
        "completion",
        "stream",
        "stream_paced",
        "running_loop",
        *(f"waiting-{backend}" for backend in ("asyncio", "trio")),
        *(f"reading-{backend}" for backend in ("asyncio", "trio")),
    ],
    indirect=True,
)
def test_an_interrupt_gives_the_call_up(child: subprocess.Popen[str], patient: FakeProvider) -> None:
    record = patient.wait_for_request(timeout=30)
    if record.json.get("stream"):
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
    ended, took = interrupt(child)
    assert (ended.code, ended.out, ended.err) == (0, "interrupted\nstill here\n", "")
    abort = patient.wait_for_abort()
    assert abort.request is record
    # From the signal to the end of the process, a further call and the interpreter's exit included; 200 ms is the
    # promise for the interrupt alone.
    assert took < 2.0
