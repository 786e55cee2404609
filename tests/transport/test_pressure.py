"""A consumer that is slower than the provider: the provider is held back, and what waits here is bounded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import anyio
import psutil
import pytest

from edgequake_async import acompletion, completion
from edgequake_async.testing import FakeProvider, stream

ASK: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]
PIECE = "x" * 2000


@pytest.fixture
def hasty() -> Iterator[FakeProvider]:
    """A provider that streams as fast as it is read, for ever, with small buffers on the way."""
    with FakeProvider(send_buffer=65536) as provider:
        provider.on_request(lambda record: stream(repeat(PIECE)))
        yield provider


def to(provider: FakeProvider) -> dict[str, Any]:
    return {"model": "openai/fake", "messages": ASK, "api_base": provider.base_url, "api_key": "k", "stream": True}


@pytest.mark.anyio
async def test_a_consumer_that_stops_holds_the_provider_back(hasty: FakeProvider) -> None:
    chunks = await acompletion(**to(hasty))
    record = hasty.requests[0]
    await anyio.to_thread.run_sync(lambda: hasty.wait_for(lambda: record.held_back, timeout=30))
    stalled = record.bytes_written
    # Our buffer holds 256 KiB; the rest waits in the kernel's.
    assert stalled < 16 * 2**20
    for _ in range(2 * stalled // len(PIECE)):
        await chunks.__anext__()
    assert record.bytes_written > stalled
    await chunks.aclose()
    abort = await anyio.to_thread.run_sync(hasty.wait_for_abort)
    assert abort.request is record


@pytest.mark.anyio
async def test_twenty_stopped_streams_take_little_memory(hasty: FakeProvider) -> None:
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    streams = [await acompletion(**to(hasty)) for _ in range(20)]
    await anyio.to_thread.run_sync(
        lambda: hasty.wait_for(lambda: all(record.held_back for record in hasty.requests), timeout=60)
    )
    # 20 x 256 KiB in our buffers, and as much again on the way to them.
    assert process.memory_info().rss - before < 64 * 2**20
    for chunks in streams:
        await chunks.aclose()


def test_a_sync_consumer_that_stops_holds_the_provider_back(hasty: FakeProvider) -> None:
    with completion(**to(hasty)) as chunks:
        next(chunks)
        record = hasty.requests[0]
        hasty.wait_for(lambda: record.held_back, timeout=30)
        assert record.bytes_written < 16 * 2**20
    assert hasty.wait_for_abort().request is record
