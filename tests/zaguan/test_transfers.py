"""Files on their way: what a form says of them, and downloads that appear whole or not at all."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from edgequake_async.testing import FakeProvider, Received, Reply, drop_after, error, hang, raw
from edgequake_async.zaguan import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AsyncZaguanClient,
    RateLimitError,
    RetryConfig,
)

from .forms import parts
from .ways import ClientWay

FILE = '{"id": "file-1", "object": "file", "filename": "x", "bytes": 1, "purpose": "batch"}'
JSON, AUDIO = {"content-type": "application/json"}, {"content-type": "audio/mpeg"}
OLD, NEW = b"what was there", b"what comes " * 50_000
SPEECH = {"model": "openai/tts-1", "input": "Hello", "voice": "alloy"}


@pytest.mark.parametrize("name", ['a "quoted" name.txt', "line\r\nbreak.txt", "naïve 文.txt", "semi;colon=.txt"])
def test_a_name_stays_one_name(client_way: ClientWay, fake: FakeProvider, name: str) -> None:
    fake.script(raw(200, JSON, FILE))
    with client_way.open(fake) as client:
        client.upload_file((name, b"content"), "batch")
    body = fake.requests[0].body
    # As browsers write it, so that servers read it: UTF-8, and only what would end the name is escaped.
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    assert f'filename="{escaped}"\r\n'.encode() in body
    assert b"filename*" not in body
    assert {part.name for part in parts(fake.requests[0])} == {"file", "purpose"}


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are UTF-8 here")
def test_a_path_that_is_no_utf8(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    path.write_bytes(b"RIFF")
    fake.script(raw(200, JSON, FILE))
    with client_way.open(fake) as client:
        client.upload_file(path, "batch")
    assert [(part.file_name, part.content) for part in parts(fake.requests[0]) if part.file_name] == [
        ("caf?.wav", b"RIFF")
    ]


def test_a_folder_is_no_file(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    with client_way.open(fake) as client, pytest.raises(IsADirectoryError):
        client.upload_file(tmp_path, "batch")
    assert fake.requests == []


def test_a_large_file_is_read_while_it_is_sent(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    path.write_bytes(bytes(range(256)) * 32_768)
    fake.script(raw(200, JSON, FILE))
    with client_way.open(fake) as client:
        assert client.upload_file(path, "batch").id == "file-1"
    (file,) = [part for part in parts(fake.requests[0]) if part.name == "file"]
    assert (file.file_name, file.content) == ("large.jsonl", path.read_bytes())
    assert int(fake.requests[0].headers["content-length"]) == len(fake.requests[0].body)


def test_each_attempt_sends_the_file_again(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    fake.script(error(503), error(503), raw(200, JSON, FILE))
    with client_way.open(fake, retry=RetryConfig(max_retries=2, initial_delay=0.01)) as client:
        client.upload_file(path, "batch")
    assert [[part.content for part in parts(record) if part.file_name] for record in fake.requests] == [[b"{}\n"]] * 3
    assert len({record.headers["x-request-id"] for record in fake.requests}) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_has_no_length(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    path = tmp_path / "pipe.wav"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"RIFF" * 1000,))
    writer.start()
    fake.script(raw(200, JSON, FILE))
    with client_way.open(fake) as client:
        client.upload_file(path, "batch")
    writer.join()
    assert [part.content for part in parts(fake.requests[0]) if part.file_name] == [b"RIFF" * 1000]


def _failures() -> dict[str, tuple[Reply, type[Exception]]]:
    return {
        "refused": (error(429, "Slow down", code="rate_limit_exceeded"), RateLimitError),
        "cut": (drop_after(100_000, reply=raw(200, AUDIO, NEW)), APIConnectionError),
        "stalled": (hang(100_000, reply=raw(200, AUDIO, NEW)), APITimeoutError),
        "an error that says 200": (raw(200, JSON, '{"error": {"message": "no voice"}}'), APIError),
    }


@pytest.mark.parametrize("case", _failures())
def test_a_download_that_fails_leaves_what_was_there(
    client_way: ClientWay, fake: FakeProvider, tmp_path: Path, case: str
) -> None:
    reply, expected = _failures()[case]
    path = tmp_path / "speech.mp3"
    path.write_bytes(OLD)
    fake.script(reply)
    with client_way.open(fake) as client, pytest.raises(expected):
        client.create_speech(SPEECH, path, timeout={"idle": 0.3})
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_download_replaces_what_was_there(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    path = tmp_path / "speech.mp3"
    path.write_bytes(OLD)
    fake.script(raw(200, AUDIO, NEW))
    with client_way.open(fake) as client:
        client.create_speech(SPEECH, path)
    assert path.read_bytes() == NEW
    assert list(tmp_path.iterdir()) == [path]


def test_where_no_file_can_be(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    fake.script(raw(200, AUDIO, NEW))
    with client_way.open(fake) as client, pytest.raises(FileNotFoundError, match="missing"):
        client.create_speech(SPEECH, tmp_path / "missing" / "speech.mp3")


@pytest.mark.anyio
async def test_a_cancelled_download_closes_and_cleans_up(fake: FakeProvider, tmp_path: Path) -> None:
    import anyio

    fake.script(hang(100_000, reply=raw(200, AUDIO, NEW)))
    async with AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.create_speech, SPEECH, tmp_path / "speech.mp3")
            await anyio.to_thread.run_sync(fake.wait_for, lambda: list(tmp_path.glob("*.part")))
            tasks.cancel_scope.cancel()
        await anyio.to_thread.run_sync(fake.wait_for_abort)
        with anyio.fail_after(5):
            while list(tmp_path.iterdir()):
                await anyio.sleep(0.01)


@pytest.mark.parametrize("body", [b'{"error": {"message": "a file about an error"}}', b'{"object": "error"}', b""])
def test_a_file_is_given_back_whatever_it_says(
    client_way: ClientWay, fake: FakeProvider, tmp_path: Path, body: bytes
) -> None:
    def answer(record: Received) -> Any:
        return raw(200, JSON, body)

    fake.on_request(answer)
    with client_way.open(fake) as client:
        assert client.get_file_content("file-1") == body
        client.download_file("file-1", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == body
