"""Files, audio, images, embeddings and moderation of the fake CoreX, with the openai SDK as the judge of shapes."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from edgequake_async.testing import FakeCoreX

# The SDK marks translations, variations and assistants as deprecated; CoreX has them.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
PNG = ("cat.png", b"\x89PNG\r\n\x1a\n\x00--", "image/png")
EVERY_BYTE = bytes(range(256)) * 3 + b"\r\n--\r\n--x--\r\n"
Ask = Callable[..., Any]


@pytest.fixture
def client(corex: FakeCoreX) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=corex.base_url, api_key=corex.api_key, max_retries=0) as opened:
        yield opened


def multipart(*parts: bytes, boundary: bytes = b"XX") -> bytes:
    return b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts) + b"--%b--\r\n" % boundary


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    return f'Content-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content


def test_files_keep_every_byte_until_deleted(client: openai.OpenAI) -> None:
    file = client.files.create(file=('odd "name" é.bin', EVERY_BYTE), purpose="user_data")
    assert (file.filename, file.bytes, file.purpose) == ('odd "name" é.bin', len(EVERY_BYTE), "user_data")
    assert client.files.content(file.id).content == EVERY_BYTE
    other = client.files.create(file=("b.jsonl", b""), purpose="batch")
    assert [item.id for item in client.files.list()] == [other.id, file.id]
    assert [item.id for item in client.files.list(purpose="user_data")] == [file.id]
    assert [item.id for item in client.files.list(limit=1)] == [other.id, file.id]
    assert client.files.retrieve(file.id) == file
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.content(file.id)


WHOLE = multipart(part("file", b"x", "f"), part("purpose", b"batch"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        multipart(b"no header\r\n\r\nx", part("file", b"x", "f"), part("purpose", b"batch")),
        WHOLE[:-8],
        b"preamble\r\n" + WHOLE,
        WHOLE + b"more",
        WHOLE.replace(b"\r\n", b"\n"),
        WHOLE.replace(
            b'--XX\r\nContent-Disposition: form-data; name="p', b'--XX??Content-Disposition: form-data; name="p'
        ),
        multipart(part("file", b"x", "f"), part("purpose", b"\xff")),
        multipart(part("file", b"x", ""), part("purpose", b"batch")),
        multipart(part("", b"x", "f"), part("purpose", b"batch")),
        multipart(part("file", b"x"), part("purpose", b"batch")),
        multipart(part("file", b"x", "f")),
        multipart(b"Content-Type: text/plain\r\n\r\nx", part("purpose", b"batch")),
        multipart(part("file", b"x", "f"), part("purpose", b"batch"), boundary=b"YY"),
        multipart(part("file", b"x\r\n--XXX", "f"), part("purpose", b"batch")),
    ],
)
def test_broken_forms_are_refused(ask: Ask, body: bytes) -> None:
    told = ask("POST", "/v1/files", body, content_type="multipart/form-data; boundary=XX")
    assert told.status == 400, told.body


@pytest.mark.parametrize("boundary", ["XX", '"XX"', "XX; charset=utf-8"])
def test_whole_forms_are_taken(ask: Ask, boundary: str) -> None:
    body = multipart(part("file", b"\r\n--X", "f"), part("purpose", b"batch"))
    told = ask("POST", "/v1/files", body, content_type=f"Multipart/Form-Data; boundary={boundary}")
    assert (told.status, told.json["bytes"]) == (200, 5)
    assert ask("GET", f"/v1/files/{told.json['id']}/content").body == b"\r\n--X"
    assert ask("POST", "/v1/files", body).status == 400


def test_transcripts_come_in_every_format(corex: FakeCoreX, client: openai.OpenAI) -> None:
    def transcribe(shape: Any, **more: Any) -> Any:
        return client.audio.transcriptions.create(
            file=("a.wav", b"123"), model="whisper-1", response_format=shape, **more
        )

    assert transcribe("json").text == "a.wav has 3 bytes."
    assert transcribe("text", prompt="Indeed") == "Indeed a.wav has 3 bytes.\n"
    assert transcribe("srt").startswith("1\n00:00:00,000 --> 00:00:02,000\n")
    assert transcribe("vtt").startswith("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n")
    verbose = transcribe("verbose_json", language="fr", timestamp_granularities=["word", "segment"])
    assert (verbose.language, verbose.duration) == ("fr", 2.0)
    assert [word.word for word in verbose.words] == ["a.wav", "has", "3", "bytes."]
    assert verbose.segments[0].text == "a.wav has 3 bytes."
    assert transcribe("verbose_json", timestamp_granularities=["word"]).segments is None
    assert client.audio.translations.create(file=("a.wav", b"1"), model="whisper-1").text == "a.wav has 1 bytes."
    with pytest.raises(openai.BadRequestError, match="timestamp_granularities"):
        transcribe("json", timestamp_granularities=["word"])
    with pytest.raises(openai.BadRequestError, match="response_format"):
        transcribe("odd")
    with pytest.raises(openai.NotFoundError):
        client.audio.transcriptions.create(file=("a.wav", b"1"), model="none")
    assert corex.credits.used == 7


def test_a_transcription_needs_a_file_with_a_name(ask: Ask) -> None:
    body = multipart(part("file", b"123"), part("model", b"whisper-1"))
    told = ask("POST", "/v1/audio/transcriptions", body, content_type="multipart/form-data; boundary=XX")
    assert (told.status, told.json["error"]["param"]) == (400, "file")


def test_speech_is_as_long_as_its_text(ask: Ask) -> None:
    def say(**fields: Any) -> Any:
        asked = {"model": "tts-1", "input": "one two three", "voice": "alloy", **fields}
        return ask("POST", "/v1/audio/speech", asked)

    told = say(response_format="wav")
    assert told.head.headers["content-type"] == "audio/wav"
    assert told.head.headers["transfer-encoding"] == "chunked"
    with wave.open(io.BytesIO(told.body)) as sound:
        assert (sound.getnframes(), len(sound.readframes(9999))) == (2400, 4800)
    assert len(say().body) == 3 * 417
    assert len(say(response_format="pcm").body) == 4800
    for wrong in ({"input": ""}, {"voice": None}, {"speed": 5}, {"response_format": "midi"}):
        assert say(**wrong).json["error"]["param"] == next(iter(wrong))


def test_images_are_made_edited_and_varied(client: openai.OpenAI) -> None:
    made = client.images.generate(prompt="a cat", model="dall-e-3", style="vivid")
    assert made.data
    assert (made.data[0].revised_prompt, (made.data[0].url or "")[:8]) == ("a cat", "https://")
    packed = client.images.generate(prompt="a cat", model="gpt-image-1", n=2)
    assert packed.data
    assert [base64.b64decode(image.b64_json or "")[1:4] for image in packed.data] == [b"PNG", b"PNG"]
    edited = client.images.edit(image=PNG, mask=PNG, prompt="a dog", n=3)
    assert edited.data
    assert len(edited.data) == 3
    assert client.images.edit(image=[PNG, PNG], prompt="a dog", model="gpt-image-1").data
    assert client.images.create_variation(image=PNG, response_format="b64_json").data


def test_images_refuse_what_their_model_does_not_know(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="style"):
        client.images.generate(prompt="a cat", model="dall-e-2", style="vivid")
    with pytest.raises(openai.BadRequestError, match="response_format"):
        client.images.generate(prompt="a cat", model="gpt-image-1", response_format="url")
    with pytest.raises(openai.BadRequestError, match="octet-stream"):
        client.images.edit(image=("image", b"x", "application/octet-stream"), prompt="a dog")
    with pytest.raises(openai.BadRequestError, match="prompt"):
        client.images.generate(prompt="")
    with pytest.raises(openai.BadRequestError, match="'n'"):
        client.images.generate(prompt="a cat", n=11)


@pytest.mark.parametrize("sent", ["one", ["one", "two"], [1, 2], [[1, 2], [3]]])
def test_embeddings_come_as_floats_and_base64(client: openai.OpenAI, sent: Any) -> None:
    made = client.embeddings.create(model="openai/text-embedding-3-small", input=sent, dimensions=8)
    plain = client.embeddings.create(
        model="openai/text-embedding-3-small", input=sent, dimensions=8, encoding_format="float"
    )
    assert [list(row.embedding) for row in made.data] == [row.embedding for row in plain.data]
    assert "completion_tokens" not in made.usage.model_dump()
    with pytest.raises(openai.BadRequestError, match="input"):
        client.embeddings.create(model="text-embedding-3-small", input=[])


def test_moderation_flags_words(client: openai.OpenAI) -> None:
    good, bad = client.moderations.create(input=["a cat", "I HATE you"]).results
    assert (good.flagged, bad.flagged) == (False, True)
    assert (bad.categories.hate, bad.categories.hate_threatening) == (True, False)
    assert bad.category_scores.hate > bad.category_scores.violence_graphic
    assert client.moderations.create(input="gore", model="text-moderation-latest").model == "text-moderation-latest"
    parts: Any = [{"type": "text", "text": "kill"}, {"type": "image_url", "image_url": {"url": "x"}}]
    assert client.moderations.create(input=parts).results[0].categories.violence


def test_rerank_and_classify_go_by_common_words(ask: Ask) -> None:
    documents = ["dogs bark", {"text": "cats purr at night"}, "cats purr"]
    asked = {"model": "rerank-v3.5", "query": "why cats purr", "documents": documents}
    rows = ask("POST", "/v1/rerank", asked).json["results"]
    assert [row["index"] for row in rows] == [2, 1, 0]
    assert rows[0]["document"] == {"text": "cats purr"}
    assert rows[0]["relevance_score"] > rows[1]["relevance_score"] > rows[2]["relevance_score"]
    assert len(ask("POST", "/v1/rerank", {**asked, "top_n": 1}).json["results"]) == 1
    for wrong in ({"query": ""}, {"documents": []}, {"documents": [1]}, {"top_n": 0}, {"model": None}):
        assert ask("POST", "/v1/rerank", {**asked, **wrong}).json["error"]["param"] == next(iter(wrong))
    examples = [{"text": "I love it", "label": "good"}, {"text": "I loathe it", "label": "bad"}]
    asked = {"model": "cohere/embed-english-v3.0", "inputs": ["they love it", "we loathe it"], "examples": examples}
    told = ask("POST", "/v1/classify", asked).json["classifications"]
    assert [row["prediction"] for row in told] == ["good", "bad"]
    assert set(told[0]["labels"]) == {"good", "bad"}
    assert ask("POST", "/v1/classify", {**asked, "examples": [{"text": "x"}]}).json["error"]["param"] == "label"
