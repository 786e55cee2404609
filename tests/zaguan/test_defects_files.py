"""Files that go out and come in: under their names and types, in pieces, and without holding up the loop."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import anyio
import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, raw

from .forms import Sent, parts
from .ways import ClientWay

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
IMAGES = {"created": 1, "data": [{"url": "https://images.example/1.png"}]}


@pytest.mark.parametrize(("name", "kind"), [("cat.png", "image/png"), ("cat.webp", "image/webp")])
def test_d20_an_image_goes_out_under_its_name_and_type(
    client_way: ClientWay, fake: FakeProvider, tmp_path: Path, name: str, kind: str
) -> None:
    fake.on_request(lambda _: raw(200, (), IMAGES))
    (tmp_path / name).write_bytes(PNG)
    with client_way.open(fake) as client:
        client.edit_image(str(tmp_path / name), "x", mask_path=str(tmp_path / name))
        client.create_image_variation(tmp_path / name)
    image = Sent("image", name, kind, PNG)
    assert [part for part in parts(fake.requests[0]) if part.file_name] == [image, image._replace(name="mask")]
    assert [part for part in parts(fake.requests[1]) if part.file_name] == [image]


class Held(io.RawIOBase):
    """A file whose bytes come when the loop says so; it waits ten seconds for that."""

    name = "talk.mp3"

    def __init__(self) -> None:
        self.reading, self.go, self.was_told = threading.Event(), threading.Event(), False

    def readable(self) -> bool:
        return True

    def readall(self) -> bytes:
        self.reading.set()
        self.was_told = self.go.wait(10)
        return b"ID3"


@pytest.mark.anyio
async def test_d21_reading_a_file_does_not_hold_up_the_loop(fake: FakeProvider) -> None:
    fake.script(raw(200, (), {"text": "hi"}))
    held = Held()
    async with zaguan.AsyncZaguanClient(fake.host_url, fake.api_key) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.create_transcription, held)
        await anyio.to_thread.run_sync(held.reading.wait)
        held.go.set()
    assert held.was_told
    assert [part.content for part in parts(fake.requests[0]) if part.file_name == "talk.mp3"] == [b"ID3"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.anyio
async def test_d21_opening_a_path_does_not_hold_up_the_loop(fake: FakeProvider, tmp_path: Path) -> None:
    fake.script(raw(200, (), {"text": "hi"}))
    pipe, content = tmp_path / "talk.mp3", b"ID3" * 100_000
    os.mkfifo(pipe)
    reading, go = threading.Event(), threading.Event()
    told: list[bool] = []

    def write() -> None:
        with pipe.open("wb") as file:  # waits for a reader
            reading.set()
            told.append(go.wait(10))
            file.write(content)

    writer = threading.Thread(target=write)
    writer.start()
    async with zaguan.AsyncZaguanClient(fake.host_url, fake.api_key) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.create_transcription, pipe)
        await anyio.to_thread.run_sync(reading.wait)
        go.set()
    writer.join()
    assert told == [True]
    assert [part.content for part in parts(fake.requests[0]) if part.file_name == "talk.mp3"] == [content]


def test_d21_speech_comes_in_pieces_or_goes_to_a_file(
    client_way: ClientWay, fake: FakeProvider, tmp_path: Path
) -> None:
    pieces = [bytes([n]) * 1000 for n in range(3)]
    fake.on_request(lambda _: raw(200, {"content-type": "audio/mpeg"}, pieces, gap=0.05, chunked=True))
    speech = zaguan.AudioSpeechRequest(model="openai/tts-1", input="x", voice="alloy")
    with client_way.open(fake) as client:
        assert client.create_speech(speech) == b"".join(pieces)
        assert client.create_speech(speech, tmp_path / "speech.mp3") is None
        streamed = list(client.stream_speech(speech))
    assert (tmp_path / "speech.mp3").read_bytes() == b"".join(streamed) == b"".join(pieces)
    assert len(streamed) > 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["speech.mp3"]
