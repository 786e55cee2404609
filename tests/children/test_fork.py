"""Forking after first use: the child works with a runtime of its own, and the parent never notices."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from edgequake_async.testing import FakeProvider, text

from .running import PROGRAMS, run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture
def answering(fake: FakeProvider) -> FakeProvider:
    fake.on_request(lambda record: text("pong", delay=0.02))
    return fake


EXPECTED = {
    "between_runs": "parent: pong, pong\nchild: pong, pong\ncode: 0\nparent: pong, pong\n",
    "with_calls_in_flight": "child: pong, pong\ncode: 0\nparent: 50 {'pong'}\n",
    "with_sync_threads": "child: pong, pong\n" * 5 + "codes: [0, 0, 0, 0, 0]\nparent: {'pong'}\n",
    "grandchild": ("parent: pong, pong\nchild: pong, pong\nchild: pong, pong; grandchild's code 0\ncode: 0\n"),
    "exit_normally": "parent: pong, pong\nchild: pong, pong\ncode: 0\nparent: pong, pong\n",
}


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
@pytest.mark.parametrize("situation", list(EXPECTED))
def test_fork(answering: FakeProvider, backend: str, situation: str) -> None:
    ended = run("fork_once", backend, situation, answering.base_url, flags=["-W", "ignore::DeprecationWarning"])
    assert (ended.code, ended.err) == (0, "")
    if situation == "grandchild":
        # The grandchild's line comes first, as its buffer is its own.
        assert sorted(ended.out.splitlines()) == sorted(EXPECTED[situation].splitlines())
    else:
        assert ended.out == EXPECTED[situation]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_process_pools_with_calls_in_flight_in_the_parent(answering: FakeProvider, method: str) -> None:
    ended = run("fork_pool", method, answering.base_url, flags=["-W", "ignore::DeprecationWarning"])
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "workers: {('pong', 'pong')}\nparent: {'pong'} pong\n"


@pytest.fixture
def gunicorn(answering: FakeProvider) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """gunicorn with two uvicorn workers and an app that has called before they were forked."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listener.set_inheritable(True)
        port = listener.getsockname()[1]
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--log-level", "warning"),
                *("--worker-class", "uvicorn.workers.UvicornWorker", "--graceful-timeout", "10"),
                "--no-control-socket",
                *("--bind", f"fd://{listener.fileno()}", "web_app:app"),
            ],
            cwd=PROGRAMS,
            env={**os.environ, "FAKE_URL": answering.base_url},
            pass_fds=[listener.fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    yield f"http://127.0.0.1:{port}/", server
    server.kill()
    server.communicate()


def test_gunicorn_preload(gunicorn: tuple[str, subprocess.Popen[str]]) -> None:
    url, server = gunicorn
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    seen: set[int] = set()
    # The kernel deals the connections out: two workers are met within a few dozen.
    for _ in range(200):
        with opener.open(url, timeout=30) as answer:
            told = json.load(answer)
        assert (told["preloaded"], told["answer"], told["parent"]) == ("pong", "pong", server.pid)
        seen.add(told["pid"])
        if len(seen) == 2:
            break
    assert len(seen) == 2
    assert server.pid not in seen
    server.send_signal(signal.SIGTERM)
    out, _ = server.communicate(timeout=30)
    assert server.returncode == 0, out
    assert out == ""
