"""Twenty thousand calls of every kind: memory, descriptors and threads stay where the first waves left them."""

from __future__ import annotations

import json

import pytest

from edgequake_async.testing import FakeProvider, Received, Reply, error, stream

from .running import run


@pytest.mark.slow
def test_twenty_thousand_mixed_calls_leave_everything_flat(fake: FakeProvider) -> None:
    def choose(record: Received) -> Reply | None:
        if record.json.get("user") == "fail":
            return error(429)
        return stream(["a", "b", "c", "d"]) if record.json.get("stream") else None

    fake.on_request(choose)
    ended = run("soak", "asyncio", fake.base_url, 20_000, timeout=240)
    assert (ended.code, ended.err) == (0, "")
    waves = [json.loads(line) for line in ended.out.splitlines()]
    assert len(waves) == 10
    # The first three waves fill pools, caches and the allocator.
    memory, descriptors, threads = (list(column) for column in zip(*waves[2:], strict=True))
    assert max(memory) - memory[0] < 16 * 2**20, memory
    # At most the 50 connections of a full wave are open, plus those of calls just cancelled.
    assert max(descriptors) <= 150, descriptors
    assert len(set(threads)) == 1, threads
