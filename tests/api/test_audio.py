"""Sound: what is written down, in each format and of each kind of file; what is spoken, and how its bytes are read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, raw
from edgequake_async.testing.corex.multipart import form

from .beside import SOUND
from .ways import Way


@pytest.fixture
def at(fake: FakeProvider) -> dict[str, Any]:
    """Where the fake provider is."""
    return {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}


@pytest.fixture
def ask(at: dict[str, Any]) -> dict[str, Any]:
    """A transcription of a sound."""
    return {"model": "whisper-1", "file": ("a.mp3", b"abc"), **at}


SAID = "a.mp3 has 3 bytes."
FORMATS = {
    None: SAID,
    "json": SAID,
    "verbose_json": SAID,
    "text": f"{SAID}\n",
    "srt": f"1\n00:00:00,000 --> 00:00:02,000\n{SAID}\n\n",
    "vtt": f"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n{SAID}\n\n",
}


@pytest.mark.parametrize("shape", FORMATS)
def test_every_format(way: Way, ask: dict[str, Any], shape: str | None) -> None:
    response = way.call("transcription", response_format=shape, **ask)
    assert isinstance(response, eq.TranscriptionResponse)
    assert response.text == response["text"] == FORMATS[shape]
    assert response._hidden_params["additional_headers"]["llm_provider-content-type"]
    assert response._response_ms is not None
    if shape == "verbose_json":
        assert response.segments[0].start == response["segments"][0]["start"] == 0.0
        assert (response.language, response.duration) == ("english", 2.0)
    else:
        assert not hasattr(response, "segments")


def test_words_are_timed(ask: dict[str, Any]) -> None:
    response = eq.transcription(response_format="verbose_json", timestamp_granularities=["word"], **ask)
    assert [word.word for word in response.words] == SAID.split()


def test_texts_that_come_otherwise(fake: FakeProvider, ask: dict[str, Any]) -> None:
    json = {"content-type": "application/json; charset=utf-8"}
    fake.script(
        raw(200, json, '{"text": "wrapped", "usage": {"type": "duration", "seconds": 2}}'),
        raw(200, json, '"a string"'),
        raw(200, {"content-type": "text/plain"}, '{"text": "spoken braces", "error": 1}'),
        raw(200, {}, b"\xff"),
    )
    wrapped = eq.transcription(response_format="text", **ask)
    assert (wrapped.text, wrapped.usage and wrapped.usage.seconds) == ("wrapped", 2)
    texts = [eq.transcription(response_format="text", **ask).text for _ in range(3)]
    assert texts == ['"a string"', '{"text": "spoken braces", "error": 1}', "\ufffd"]


class Named(io.BytesIO):
    """An open file with a name."""

    name = "/somewhere/of ours/x.flac"


def test_every_kind_of_file(way: Way, fake: FakeProvider, ask: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / 'süß "a".wav'
    path.write_bytes(SOUND)
    with open(path, "rb") as opened:
        for file, name, kind in (
            (path, path.name, "audio/wav"),
            (opened, path.name, "audio/wav"),
            (SOUND, "upload.wav", "audio/wav"),
            (bytearray(SOUND), "upload.wav", "audio/wav"),
            (b"who knows", "upload", "application/octet-stream"),
            (io.BytesIO(SOUND), "upload.wav", "audio/wav"),
            (Named(SOUND), "x.flac", "audio/flac"),
            ((None, SOUND), "upload.wav", "audio/wav"),
            (("a.ogg", path), "a.ogg", "audio/ogg"),
            (("a.ogg", io.BytesIO(SOUND), "audio/x"), "a.ogg", "audio/x"),
            (("a.ogg", SOUND, None, {}), "a.ogg", "audio/ogg"),
        ):
            way.call("transcription", **{**ask, "file": file})
            upload = form(fake.requests[-1]).file("file")
            assert (upload.filename, upload.content_type) == (name, kind)
            assert upload.content in (SOUND, b"who knows")


class Later:
    """What a web framework hands over."""

    name = "a.wav"

    async def read(self) -> bytes:
        return SOUND


def test_what_is_no_file_is_said(way: Way, fake: FakeProvider, ask: dict[str, Any], tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("a")
    with open(text) as opened:
        for wrong, said in (
            ("/etc/passwd", "a text is no file"),
            (("a.wav", "/etc/passwd"), "a text is no file"),
            (None, "file: must be given"),
            (5, "file: must be a path"),
            ([SOUND], "file: must be a path"),
            (opened, "open as text"),
            (Later(), "read asynchronously"),
            (tmp_path, f"cannot read {tmp_path}"),
            (tmp_path / "none", "cannot read .*none: No such file"),
            (("a",), "a tuple must be"),
            ((1, b""), "the name must be a string"),
            (("a", b"", 1), "the content type must be a string"),
            (("a", b"", "no type"), "is not a content type"),
            (("a", b"", "audio/wav", {"x": "1"}), "headers of its own"),
        ):
            with pytest.raises(eq.BadRequestError, match=said):
                way.call("transcription", **{**ask, "file": wrong})
    assert fake.requests == []


TEXT = "one two three"


def test_speech(way: Way, fake: FakeProvider, at: dict[str, Any], tmp_path: Path) -> None:
    response = way.call("speech", model="tts-1", input=TEXT, voice="alloy", response_format="pcm", speed=2, **at)
    assert isinstance(response, eq.HttpxBinaryResponseContent)
    assert len(response.content) == 3 * 1600
    assert response.read() == b"".join(response.iter_bytes()) == b"".join(response.iter_raw(7)) == response.content
    assert {len(piece) for piece in response.iter_bytes(1000)} == {1000, 800}
    assert response.response.headers["content-type"] == "audio/pcm"
    assert response.status_code == 200
    response.stream_to_file(tmp_path / "a.pcm")
    response.write_to_file(str(tmp_path / "b.pcm"))
    assert (tmp_path / "a.pcm").read_bytes() == (tmp_path / "b.pcm").read_bytes() == response.content
    response.close()
    assert response.content
    assert fake.requests[-1].headers["accept"] == "*/*"
    body = {"model": "tts-1", "input": TEXT, "voice": "alloy", "response_format": "pcm", "speed": 2}
    assert fake.requests[-1].json == body


@pytest.mark.anyio
async def test_speech_is_read_and_written_in_threads(at: dict[str, Any], tmp_path: Path) -> None:
    response = await eq.aspeech(model="tts-1", input=TEXT, voice="alloy", **at)
    whole = await response.aread()
    assert [piece async for piece in response.aiter_bytes(1000)] == [whole[:1000], whole[1000:]]
    assert [piece async for piece in await response.aiter_raw()] == [whole]
    await response.astream_to_file(tmp_path / "a.mp3")
    assert (tmp_path / "a.mp3").read_bytes() == whole
    with pytest.raises(FileNotFoundError):
        await response.astream_to_file(tmp_path / "none" / "a.mp3")
    await response.aclose()


def test_a_sound_that_breaks_off_is_an_error(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    fake.script(drop_after(600))
    with pytest.raises(eq.APIConnectionError):
        way.call("speech", model="tts-1", input=TEXT, voice="alloy", **at)
    assert len(fake.requests) == 1


def test_a_reply_as_text(fake: FakeProvider, at: dict[str, Any]) -> None:
    fake.script(
        raw(200, {"content-type": 'text/plain; charset="latin-1"'}, b"\xfcber\r\nmorgen\n"),
        raw(200, {"content-type": "text/plain; charset=none"}, '[1, "ü"]'.encode()),
    )
    asked = {"model": "tts-1", "input": TEXT, "voice": {"id": "mine"}, **at}
    response = eq.speech(**asked)
    assert (response.text, response.encoding, response.charset_encoding) == ("über\r\nmorgen\n", "latin-1", "latin-1")
    assert list(response.iter_lines()) == ["über", "morgen"]
    assert "".join(response.iter_text(3)) == response.text
    response = eq.speech(**asked)
    assert (response.json(), response.encoding) == ([1, "ü"], "utf-8")
    assert fake.requests[-1].json["voice"] == {"id": "mine"}
    with pytest.raises(ValueError, match="decode"):
        eq.speech(**asked).json()
