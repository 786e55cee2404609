"""Files that go up from disk and come down to it: they are sent again whole, leave nothing behind, hold no loop up."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from anyio import to_thread

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, Reply, drop_after, error, hang, raw
from edgequake_async.testing.corex.multipart import form

from .ways import Way


@pytest.fixture
def at(fake: FakeProvider) -> dict[str, Any]:
    """Where the fake provider is."""
    return {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_file_on_disk_is_read_again_for_a_retry(
    way: Way, fake: FakeProvider, at: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"1")

    @fake.on_request
    def change(record: Received) -> Reply | None:
        path.write_bytes(b"2")
        return error(503, "busy", headers={"retry-after": "0"}) if len(fake.requests) == 1 else None

    stored = way.call("create_file", file=path, purpose="batch", **{**at, "num_retries": 1})
    assert stored.filename == "a.jsonl"
    assert [form(request).file("file").content for request in fake.requests] == [b"1", b"2"]


def test_an_open_file_is_read_once_and_sent_again(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    fake.script(error(503, "busy", headers={"retry-after": "0"}))
    with tempfile.TemporaryFile() as file:
        file.write(b"not this, but this")
        file.seek(10)
        way.call("create_file", file=("a", file), purpose="batch", **{**at, "num_retries": 1})
    assert [form(request).file("file").content for request in fake.requests] == [b"but this"] * 2


@pytest.mark.anyio
async def test_the_loop_goes_on_while_a_file_is_read(fake: FakeProvider, at: dict[str, Any]) -> None:
    reading, writing = os.pipe()
    # Were the loop waiting for the end of the pipe, it would not come to write it.
    rescue = threading.Timer(10, os.close, (writing,))
    rescue.start()
    with open(reading, "rb") as file:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(eq.acreate_file, file=("a", file), purpose="batch", **at))
            for _ in range(100):
                await anyio.lowlevel.checkpoint()
            rescue.cancel()
            os.write(writing, b"written")
            os.close(writing)
    assert form(fake.requests[-1]).file("file").content == b"written"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_named_pipe_is_read_once_and_sent_again(
    way: Way, fake: FakeProvider, at: dict[str, Any], tmp_path: Path
) -> None:
    fake.script(error(503, "busy", headers={"retry-after": "0"}))
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"through the pipe",))
    writer.start()
    way.call("create_file", file=tmp_path / "pipe", purpose="batch", **{**at, "num_retries": 1})
    writer.join()
    assert [form(request).file("file").content for request in fake.requests] == [b"through the pipe"] * 2


@pytest.mark.anyio
async def test_who_waits_for_a_pipe_can_leave(fake: FakeProvider, at: dict[str, Any]) -> None:
    reading, writing = os.pipe()
    rescue = threading.Timer(10, os.close, (writing,))
    rescue.start()
    with open(reading, "rb") as file:
        with anyio.move_on_after(0.1) as scope:
            await eq.acreate_file(file=("a", file), purpose="batch", **at)
        assert scope.cancelled_caught
        assert rescue.is_alive(), "it waited until the pipe was closed"
        rescue.cancel()
        os.close(writing)
    assert fake.requests == []


def test_a_content_lies_on_disk_for_as_long_as_it_is_wanted(
    way: Way, at: dict[str, Any], folder: Path, tmp_path: Path
) -> None:
    whole = os.urandom(300_000)
    stored = way.call("create_file", file=("a.bin", whole), purpose="user_data", **at)
    content = way.call("file_content", file_id=stored.id, **at)
    [private] = folder.iterdir()
    assert [file.name for file in private.iterdir()] == ["content"]
    if os.name == "posix":
        assert private.stat().st_mode & 0o077 == 0
    assert content.content == content.read() == b"".join(content.iter_bytes(1000)) == whole
    content.stream_to_file(private.parent / "mine")
    assert (folder / "mine").read_bytes() == whole
    (folder / "mine").unlink()
    content.close()
    content.close()
    assert list(folder.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        content.read()


def test_a_content_that_nobody_has_any_more_is_removed(at: dict[str, Any], folder: Path) -> None:
    stored = eq.create_file(file=("a.bin", b"abc"), purpose="user_data", **at)
    contents = [eq.file_content(stored.id, **at) for _ in range(3)]
    assert len(list(folder.iterdir())) == 3
    contents.clear()
    gc.collect()
    assert list(folder.iterdir()) == []


PROGRAM = """
import sys
import warnings
warnings.simplefilter("ignore")
import edgequake_async as eq
content = eq.file_content(sys.argv[1], api_base=sys.argv[2], api_key=sys.argv[3])
print(content.text)
"""


def test_nothing_is_left_at_the_end_of_a_program(fake: FakeProvider, at: dict[str, Any], folder: Path) -> None:
    stored = eq.create_file(file=("a.txt", b"abc"), purpose="user_data", **at)
    command = [sys.executable, "-c", PROGRAM, stored.id, fake.base_url, fake.api_key]
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("abc\n", "", 0)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_leaves_its_parents_file(at: dict[str, Any], folder: Path) -> None:
    stored = eq.create_file(file=("a.txt", b"abc"), purpose="user_data", **at)
    content = eq.file_content(stored.id, **at)
    child = os.fork()
    if child == 0:
        content.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert content.content == b"abc"


def test_a_failed_call_leaves_nothing(way: Way, fake: FakeProvider, at: dict[str, Any], folder: Path) -> None:
    begun = raw(200, {}, [b"x" * 1000, b"y"], chunked=True)
    fake.script(error(404, "none"), drop_after(300, reply=begun), hang(pieces=1, reply=begun))
    for kind in (eq.NotFoundError, eq.APIConnectionError, eq.Timeout):
        with pytest.raises(kind):
            way.call("file_content", file_id="file-a", timeout=0.5, **at)
    assert list(folder.iterdir()) == []


@pytest.mark.anyio
async def test_a_cancelled_call_leaves_nothing(fake: FakeProvider, at: dict[str, Any], folder: Path) -> None:
    fake.script(hang(pieces=1, reply=raw(200, {}, [b"x" * 1000, b"y"], chunked=True)))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(partial(eq.afile_content, file_id="file-a", **at))
        while not any(private.name.endswith(".part") for private in folder.glob("*/*")):
            await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
    await to_thread.run_sync(fake.wait_for_abort)
    assert list(folder.iterdir()) == []


def test_without_a_place_for_it_the_content_stays_in_memory(
    way: Way, at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = eq.create_file(file=("a.txt", b"abc"), purpose="user_data", **at)
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    assert way.call("file_content", file_id=stored.id, **at).content == b"abc"


def test_a_file_is_no_error_whatever_it_holds(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    whole = b'{"error": {"message": "of somebody else", "code": "rate_limit_exceeded"}}'
    fake.script(raw(200, {"content-type": "application/json"}, whole))
    assert way.call("file_content", file_id="file-a", **at).content == whole


@pytest.mark.anyio
async def test_a_content_is_read_and_written_in_threads(at: dict[str, Any], folder: Path) -> None:
    whole = os.urandom(100_000)
    stored = await eq.acreate_file(file=("a.bin", whole), purpose="user_data", **at)
    content = await eq.afile_content(stored.id, **at)
    assert await content.aread() == whole
    assert b"".join([piece async for piece in content.aiter_bytes()]) == whole
    await content.astream_to_file(folder / "mine")
    assert (folder / "mine").read_bytes() == whole
    await content.aclose()
    assert [path.name for path in folder.iterdir()] == ["mine"]
