"""Few threads, and none of Rust's ever attaches to the interpreter.

Each attach of a foreign thread takes a fresh thread state, and the interpreter numbers these; so if the numbers have no
gap over a thousand calls, streams and cancels, nobody attached.
"""

from __future__ import annotations

import json

import pytest

from edgequake_async.testing import FakeProvider, Received, Reply, stream, text

from .running import run


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_a_thousand_calls_in_flight_take_few_threads_and_attach_none(fake: FakeProvider, backend: str) -> None:
    def choose(record: Received) -> Reply:
        return stream(["x"] * 20, gap=0.001) if record.json.get("stream") else text("pong", delay=0.5)

    fake.on_request(choose)
    ended = run("threads", backend, fake.base_url, 1000)
    assert (ended.code, ended.err) == (0, "")
    told = json.loads(ended.out)
    assert told["chunks"] >= 20
    assert told["threads"] <= 12
    assert told["python_threads"] == 1
    assert told["states_taken"] == 0
