"""HTTP/2 where the server offers it: a hundred calls at once share one connection, and streams still end early."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from edgequake_async import acompletion

from .conftest import Authority

pytestmark = pytest.mark.anyio


@pytest.fixture
def server(authority: Authority) -> Iterator[subprocess.Popen[str]]:
    """hypercorn in a process of its own; its first line is its port."""
    process = subprocess.Popen(
        [
            *(sys.executable, Path(__file__).parent / "programs" / "http2_server.py"),
            *(authority.certificate, authority.key),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def http2(server: subprocess.Popen[str], authority: Authority) -> dict[str, Any]:
    """The keyword arguments that send a call to it."""
    assert server.stdout is not None
    return {
        "model": "openai/fake",
        "messages": [{"role": "user", "content": "hi"}],
        "api_base": f"https://127.0.0.1:{int(server.stdout.readline())}/v1",
        "api_key": "k",
        "num_retries": 0,
        "ssl_verify": authority.ca,
    }


async def test_a_hundred_calls_share_one_connection(http2: dict[str, Any]) -> None:
    told: list[tuple[str, str, int]] = []

    async def one() -> None:
        version, peer, together = (await acompletion(**http2)).model.split()
        told.append((version, peer, int(together)))

    await one()
    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(one)
    assert len(told) == 101
    assert {version for version, _, _ in told} == {"2"}
    assert len({peer for _, peer, _ in told}) == 1
    assert max(together for _, _, together in told) > 50


async def test_leaving_a_stream_resets_it_and_keeps_the_connection(
    http2: dict[str, Any], server: subprocess.Popen[str]
) -> None:
    assert server.stdout is not None
    first = (await acompletion(**http2)).model.split()
    chunks = await acompletion(**http2, stream=True)
    assert (await chunks.__anext__()).choices[0].delta.content == "tick"
    await chunks.aclose()
    with anyio.fail_after(30):
        assert await anyio.to_thread.run_sync(server.stdout.readline, abandon_on_cancel=True) == "left\n"
    then = (await acompletion(**http2)).model.split()
    assert first[:2] == then[:2]
