"""Uploads and downloads on the wire: the parts of each form, names and types of files, what becomes of replies."""

from __future__ import annotations

import io
from email.parser import BytesParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, error, raw
from edgequake_async.testing.records import Received

from .ways import ClientWay

SOUND = b"RIFF\x00\r\n--\xff\x00WAVE"
PICTURE = b"\x89PNG\r\n\x1a\n\x00"
SPEECH = {"model": "tts-1", "input": "hello", "voice": "alloy"}


class Part(NamedTuple):
    """One part of a form."""

    name: str
    file_name: str | None
    content_type: str | None
    content: bytes


def parts(request: Received) -> list[Part]:
    """The form of a request, read by Python's own MIME parser."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + request.body)
    assert message.is_multipart()
    assert not message.defects
    return [_part(part) for part in message.get_payload()]  # type: ignore[union-attr]


def _part(part: Any) -> Part:
    name = part.get_param("name", header="content-disposition")
    content_type = part.get_content_type() if "content-type" in part else None
    # Kept as it was but for line ends, which the parser of mail takes for text's: files are compared apart.
    return Part(name, part.get_filename(), content_type, part.get_payload(decode=True))


def fields(request: Received) -> list[tuple[str, str]]:
    """The parts that are no files."""
    return [(part.name, part.content.decode()) for part in parts(request) if part.file_name is None]


def files(request: Received) -> list[tuple[str, str, str]]:
    """Field, file name and content type of those that are."""
    return [(part.name, part.file_name, part.content_type or "") for part in parts(request) if part.file_name]


def test_a_transcription(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    recording = tmp_path / "speech.wav"
    recording.write_bytes(SOUND)
    fake.script(raw(200, (), {"text": "hello", "duration": 1.5, "x": 1}))
    with client_way.open(fake) as client:
        answer = client.create_transcription(
            str(recording),
            language="de",
            prompt="names",
            response_format="verbose_json",
            temperature=0.2,
            timestamp_granularities=["word", "segment"],
            request_id="mine",
        )
    (request,) = fake.requests
    assert (request.method, request.target) == ("POST", "/v1/audio/transcriptions")
    assert request.headers["x-request-id"] == "mine"
    assert fields(request) == [
        ("model", "whisper-1"),
        ("prompt", "names"),
        ("response_format", "verbose_json"),
        ("temperature", "0.2"),
        ("language", "de"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
    ]
    assert files(request) == [("file", "speech.wav", "audio/wav")]
    assert SOUND in request.body
    assert isinstance(answer, zaguan.AudioTranscriptionResponse)
    assert answer.model_dump(exclude_unset=True) == {"text": "hello", "duration": 1.5, "x": 1}


def test_a_translation_says_no_language(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(raw(200, (), {"text": "hello"}))
    with client_way.open(fake) as client:
        assert client.create_translation(SOUND, "w").text == "hello"
    assert fake.requests[0].target == "/v1/audio/translations"
    assert fields(fake.requests[0]) == [("model", "w"), ("response_format", "json")]
    assert files(fake.requests[0]) == [("file", "audio.mp3", "audio/mpeg")]


def given(form: str, path: Path) -> Any:
    """The same file in each of the ways that it can be given."""
    path.write_bytes(SOUND)
    if form == "open":
        return path.open("rb")
    return {
        "path": path,
        "text": str(path),
        "bytes": SOUND,
        "buffer": io.BytesIO(SOUND),
        "named": ("a.OGG", SOUND),
        "named path": ("b.flac", path),
        "typed": ("c", SOUND, "audio/x-own"),
    }[form]


@pytest.mark.parametrize(
    ("form", "name", "content_type"),
    [
        ("path", "é x.mp3", "audio/mpeg"),
        ("text", "é x.mp3", "audio/mpeg"),
        ("open", "é x.mp3", "audio/mpeg"),
        ("bytes", "file", "application/octet-stream"),
        ("buffer", "file", "application/octet-stream"),
        ("named", "a.OGG", "audio/ogg"),
        ("named path", "b.flac", "audio/flac"),
        ("typed", "c", "audio/x-own"),
    ],
)
def test_a_file_in_each_form(
    client_way: ClientWay, fake: FakeProvider, tmp_path: Path, form: str, name: str, content_type: str
) -> None:
    fake.script(raw(200, (), {"id": "f"}))
    file = given(form, tmp_path / "é x.mp3")
    with client_way.open(fake) as client:
        assert client.upload_file(file, "batch").id == "f"
    if form == "open":
        file.close()
    (request,) = fake.requests
    assert (request.method, request.target) == ("POST", "/v1/files")
    assert fields(request) == [("purpose", "batch")]
    disposition = f'name="file"; filename="{name}"\r\n'.encode()
    assert disposition in request.body
    assert f"\r\nContent-Type: {content_type}\r\n".lower().encode() in request.body.lower()
    assert b"\r\n\r\n" + SOUND + b"\r\n--" in request.body


def test_a_file_that_is_not_there(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    with client_way.open(fake) as client, pytest.raises(FileNotFoundError):
        client.create_transcription(tmp_path / "none.mp3")
    assert fake.requests == []


@pytest.mark.parametrize("response_format", ["text", "srt", "vtt"])
def test_text_formats(client_way: ClientWay, fake: FakeProvider, response_format: str) -> None:
    fake.script(raw(200, {"content-type": "text/plain"}, "1\nhällo\n"), error(401, "Bad key."))
    with client_way.open(fake) as client:
        answer = client.create_transcription(SOUND, response_format=response_format)
        assert answer.model_dump(exclude_unset=True) == {"text": "1\nhällo\n"}
        with pytest.raises(zaguan.AuthenticationError, match="Bad key"):
            client.create_translation(SOUND, response_format=response_format)


def test_an_edit(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    image, mask = tmp_path / "in.png", tmp_path / "mask.webp"
    image.write_bytes(PICTURE)
    mask.write_bytes(PICTURE)
    fake.script(*[raw(200, (), {"created": 1, "data": [{"url": "u"}]})] * 2)
    with client_way.open(fake) as client:
        answer = client.edit_image(
            str(image), "a hat", str(mask), n=2, size="512x512", response_format="url", user="me"
        )
        client.edit_image(PICTURE, "a hat")
    assert [item.url for item in answer.data] == ["u"]
    first, second = fake.requests
    assert first.target == "/v1/images/edits"
    assert fields(first) == [
        ("prompt", "a hat"),
        ("model", "dall-e-2"),
        ("n", "2"),
        ("size", "512x512"),
        ("response_format", "url"),
        ("user", "me"),
    ]
    assert files(first) == [("image", "in.png", "image/png"), ("mask", "mask.webp", "image/webp")]
    assert fields(second) == [("prompt", "a hat"), ("model", "dall-e-2")]
    assert files(second) == [("image", "image.png", "image/png")]


def test_a_variation(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(raw(200, (), {"data": [{"b64_json": "eA=="}]}))
    with client_way.open(fake) as client:
        answer = client.create_image_variation(("photo.jpg", PICTURE), "m", n=1)
    assert answer.data[0].b64_json == "eA=="
    assert fake.requests[0].target == "/v1/images/variations"
    assert fields(fake.requests[0]) == [("model", "m"), ("n", "1")]
    assert files(fake.requests[0]) == [("image", "photo.jpg", "image/jpeg")]


def test_speech_to_a_file(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    fake.script(raw(200, {"content-type": "audio/mpeg"}, SOUND), error(402, "Empty.", type="insufficient_credits"))
    out = tmp_path / "out.mp3"
    with client_way.open(fake) as client:
        assert client.create_speech(zaguan.AudioSpeechRequest(**SPEECH), str(out)) is None
        assert out.read_bytes() == SOUND
        with pytest.raises(zaguan.InsufficientCreditsError):
            client.create_speech(SPEECH, tmp_path / "no.mp3")
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp3"]
    assert [(request.method, request.target, request.json) for request in fake.requests] == [
        ("POST", "/v1/audio/speech", SPEECH)
    ] * 2


def test_speech_in_memory_and_in_pieces(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(raw(200, {"content-type": "audio/mpeg"}, SOUND), raw(200, (), [SOUND, SOUND], gap=0.01, chunked=True))
    with client_way.open(fake) as client:
        assert client.create_speech(**SPEECH) == SOUND
        pieces = list(client.stream_speech(SPEECH))
    assert all(isinstance(piece, bytes) for piece in pieces)
    assert b"".join(pieces) == SOUND * 2
    assert fake.requests[1].json == SPEECH


def test_content_of_a_file(client_way: ClientWay, fake: FakeProvider, tmp_path: Path) -> None:
    """Whatever a file holds: what looks like an error in it is its content, and a refusal is an error."""
    content = b'{"error": {"message": "a line of a log", "type": "x"}}'
    fake.script(*[raw(200, {"content-type": "application/json"}, content)] * 2, error(404, "No such file."))
    out = tmp_path / "out.jsonl"
    with client_way.open(fake) as client:
        assert client.get_file_content("f/1") == content
        assert client.download_file("f/1", out) is None
        with pytest.raises(zaguan.NotFoundError, match="No such file"):
            client.download_file("f", tmp_path / "none")
    assert out.read_bytes() == content
    assert list(tmp_path.iterdir()) == [out]
    assert [f"{request.method} {request.target}" for request in fake.requests] == [
        "GET /v1/files/f%2F1/content",
        "GET /v1/files/f%2F1/content",
        "GET /v1/files/f/content",
    ]
