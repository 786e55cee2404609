"""The sync client is the async client's shim: the same methods, the same arguments, nothing to await."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from edgequake_async.testing import FakeProvider, raw, sse
from edgequake_async.zaguan import AsyncZaguanClient, SyncStream, ZaguanClient


def public(cls: type) -> dict[str, Any]:
    """The methods of a client."""
    return {name: value for name, value in inspect.getmembers(cls, inspect.isfunction) if not name.startswith("_")}


SYNC, ASYNC = public(ZaguanClient), public(AsyncZaguanClient)


def test_both_have_the_same_methods() -> None:
    assert set(SYNC) == set(ASYNC) - {"aclose"}
    assert len(SYNC) > 70
    assert set(SYNC) <= set(dir(ZaguanClient))


@pytest.mark.parametrize("name", ["__init__", *SYNC])
def test_each_takes_the_same_arguments(name: str) -> None:
    ours, theirs = getattr(ZaguanClient, name), getattr(AsyncZaguanClient, name)
    assert inspect.signature(ours).parameters == inspect.signature(theirs).parameters
    assert name == "__init__" or ours.__doc__
    assert ours.__name__ == name


@pytest.mark.parametrize("name", SYNC)
def test_none_is_to_be_awaited(name: str) -> None:
    returns = inspect.signature(SYNC[name]).return_annotation
    assert not inspect.iscoroutinefunction(inspect.unwrap(SYNC[name]))
    assert "Async" not in returns
    asynchronous = inspect.signature(ASYNC[name]).return_annotation
    assert returns == asynchronous.replace("AsyncStream", "SyncStream").replace("AsyncIterator", "Iterator")


def test_what_it_returns(fake: FakeProvider) -> None:
    chunk = {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}
    fake.script(raw(200, (), {"status": "ok"}), sse([chunk, "[DONE]"]), raw(200, (), {"entries": []}))
    with ZaguanClient(fake.host_url, fake.api_key) as client:
        assert client.health_check() == {"status": "ok"}
        stream = client.chat_stream(model="m", messages=[{"role": "user", "content": "x"}])
        assert isinstance(stream, SyncStream)
        assert [chunk.choices[0].delta.content for chunk in stream] == ["a"]
        history = client.iter_credits_history()
        assert isinstance(history, Iterator)
        assert list(history) == []


@pytest.mark.anyio
async def test_inside_a_running_loop(fake: FakeProvider) -> None:
    """As a notebook does, also with what the loop's own client is doing."""
    fake.on_request(lambda _: raw(200, (), {"status": "ok"}))
    assert ZaguanClient(fake.host_url, fake.api_key).health_check() == {"status": "ok"}
    async with AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        assert await client.health_check() == {"status": "ok"}
        await anyio.sleep(0)


IMPORTED = """
import socket, sys, threading
def never(*args, **kwargs): raise AssertionError("a socket")
socket.socket.connect = socket.create_connection = never
import edgequake_async
assert "edgequake_async.zaguan" not in sys.modules
before = threading.active_count()
import edgequake_async.zaguan as zaguan
with zaguan.ZaguanClient("http://127.0.0.1:9", "k") as client:
    zaguan.AsyncZaguanClient("http://127.0.0.1:9", "k"), client.chat_stream(model="m", messages=[{"role": "user"}])
assert threading.active_count() == before == 1, threading.enumerate()
assert set(zaguan.__all__) <= set(dir(zaguan))
assert len(zaguan.__all__) == len(set(zaguan.__all__))
"""


def test_importing_starts_nothing() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", IMPORTED], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
