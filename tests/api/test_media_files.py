"""Media as bytes, paths and open files: sent as data URLs, by their content; pictures are shrunk where asked to be."""

from __future__ import annotations

import base64
import copy
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import edgequake_async as eq
from edgequake_async.testing import FakeProvider

from .ways import Way
from .web import PNG

WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(28)


def picture(size: tuple[int, int], kind: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind, **options)
    return out.getvalue()


def asking(part: Any) -> list[dict[str, Any]]:
    return [{"role": "system", "content": "Look."}, {"role": "user", "content": [{"type": "text", "text": "?"}, part]}]


def sent(fake: FakeProvider) -> Any:
    return fake.requests[-1].json["messages"][1]["content"][1]


def data_url(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def content_of(url: str) -> tuple[str, bytes]:
    head, data = url.split(",")
    return head, base64.b64decode(data)


@pytest.fixture
def png(tmp_path: Path) -> Path:
    path = tmp_path / "named.jpg"
    path.write_bytes(PNG)
    return path


def test_pictures_are_read_wherever_the_program_puts_them(
    way: Way, fake: FakeProvider, target: dict[str, Any], png: Path
) -> None:
    wanted = {"type": "image_url", "image_url": {"url": data_url("image/png", PNG)}}
    with png.open("rb") as opened, io.BytesIO(PNG) as memory:
        memory.seek(0)
        for media in (png, PNG, bytearray(PNG), memoryview(PNG), opened, memory):
            way.completion(**target, messages=asking({"type": "image_url", "image_url": media}))
            assert sent(fake) == wanted
            part = {"type": "image_url", "image_url": {"url": media, "detail": "low"}}
            way.completion(**target, messages=asking(part))
            assert sent(fake) == {"type": "image_url", "image_url": {**wanted["image_url"], "detail": "low"}}
            assert part["image_url"]["url"] is media
        assert opened.tell() == memory.tell() == 0


def test_an_open_file_is_read_from_where_it_stands(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    memory = io.BytesIO(b"head" + PNG)
    memory.seek(4)
    for _ in range(2):
        way.completion(**target, messages=asking({"type": "image_url", "image_url": memory}))
        assert sent(fake)["image_url"]["url"] == data_url("image/png", PNG)
        assert memory.tell() == 4


def test_documents_and_sounds(way: Way, fake: FakeProvider, target: dict[str, Any], tmp_path: Path) -> None:
    pdf = tmp_path / "report.bin"
    pdf.write_bytes(b"%PDF-1.7 " + bytes(100_000))
    way.completion(**target, messages=asking({"type": "file", "file": {"file_data": pdf}}))
    assert sent(fake)["file"] == {"filename": "report.bin", "file_data": data_url("application/pdf", pdf.read_bytes())}
    way.completion(**target, messages=asking({"type": "file", "file": {"file_data": b"a,b", "filename": "x"}}))
    assert sent(fake)["file"] == {"filename": "x", "file_data": data_url("text/plain", b"a,b")}
    way.completion(**target, messages=asking({"type": "file", "file": {"file_data": b"a,b", "format": "text/csv"}}))
    assert sent(fake)["file"]["file_data"] == data_url("text/csv", b"a,b")
    sound = base64.b64encode(WAV).decode()
    for given in ({"data": WAV}, {"data": WAV, "format": "wav"}):
        way.completion(**target, messages=asking({"type": "input_audio", "input_audio": given}))
        assert sent(fake)["input_audio"] == {"data": sound, "format": "wav"}


def test_messages_that_can_be_read_once(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    messages = asking({"type": "image_url", "image_url": PNG})
    way.completion(**target, messages=(message for message in messages))
    assert sent(fake)["image_url"]["url"] == data_url("image/png", PNG)


def test_native_protocols_too(way: Way, fake: FakeProvider, png: Path) -> None:
    messages = asking({"type": "image_url", "image_url": png})
    way.stream(model="anthropic/claude-sonnet-4-5", api_base=fake.base_url, api_key=fake.api_key, messages=messages)
    block = fake.requests[0].json["messages"][0]["content"][1]
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(PNG).decode()}
    assert block == {"type": "image", "source": source}


def test_a_text_is_never_a_file(way: Way, fake: FakeProvider, target: dict[str, Any], png: Path) -> None:
    for text in (str(png), png.as_uri(), "file:///etc/passwd", "/etc/passwd"):
        for part in (
            {"type": "image_url", "image_url": {"url": text}},
            {"type": "image_url", "image_url": text},
            {"type": "file", "file": {"file_data": text}},
            {"type": "input_audio", "input_audio": {"data": text, "format": "wav"}},
        ):
            way.watch(**target, messages=asking(part), max_image_size=10)
            assert sent(fake) == part


class Opened(io.BytesIO):
    async def read(self, size: int | None = -1) -> bytes:  # type: ignore[override]
        return PNG


WRONG: dict[str, tuple[Any, str]] = {
    "no such file": (Path("/nowhere/at/all.png"), r"cannot read /nowhere/at/all\.png: No such file"),
    "no picture": (b"%PDF-1.7", r"is application/pdf and no picture"),
    "nothing": (b"", r"no picture"),
    "text mode": (io.StringIO("x"), r"must be opened in binary mode"),
    "asynchronous": (Opened(), r"pass its path or its bytes"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_named(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    media, why = WRONG[case]
    with pytest.raises(eq.BadRequestError, match=rf"messages\[1\]\['content'\]\[1\]: .*{why}"):
        way.completion(**target, messages=asking({"type": "image_url", "image_url": media}))
    assert fake.requests == []


def test_pictures_are_shrunk_to_a_longest_side(
    way: Way, fake: FakeProvider, target: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "large"
    path.write_bytes(picture((400, 100), "JPEG"))
    cases = [
        (path, "JPEG", (64, 16)),
        (picture((100, 400)), "PNG", (16, 64)),
        (picture((100, 100), "WEBP"), "WEBP", (64, 64)),
        (picture((100, 100), "GIF", "P"), "PNG", (64, 64)),
        (io.BytesIO(picture((100, 100), "BMP")), "PNG", (64, 64)),
        (data_url("image/png", picture((128, 64))), "PNG", (64, 32)),
    ]
    for media, kind, size in cases:
        messages = asking({"type": "image_url", "image_url": {"url": media, "detail": "high"}})
        way.completion(**target, messages=messages, max_image_size=64)
        shown = sent(fake)["image_url"]
        head, content = content_of(shown["url"])
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == (kind, size)
        assert (head, shown["detail"]) == (f"data:image/{kind.lower()};base64", "high")
        assert "max_image_size" not in fake.requests[-1].json


def test_small_pictures_stay_as_they_are(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    small = picture((64, 3), "JPEG")
    messages = asking({"type": "image_url", "image_url": {"url": data_url("image/jpeg", small)}})
    before = copy.deepcopy(messages)
    way.completion(**target, messages=messages, max_image_size=64)
    assert fake.requests[0].json["messages"] == messages == before


def test_a_turned_picture_is_turned_back(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    large = picture((400, 100), "JPEG", exif=turned)
    way.completion(**target, messages=asking({"type": "image_url", "image_url": large}), max_image_size=64)
    with Image.open(io.BytesIO(content_of(sent(fake)["image_url"]["url"])[1])) as image:
        assert (image.size, dict(image.getexif())) == ((16, 64), {})


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n broken", picture((300, 300))[:90]], ids=["broken", "cut off"])
def test_what_is_no_picture_is_not_shrunk(way: Way, fake: FakeProvider, target: dict[str, Any], content: bytes) -> None:
    with pytest.raises(eq.BadRequestError, match="no picture that can be shrunk"):
        way.completion(**target, messages=asking({"type": "image_url", "image_url": content}), max_image_size=64)
    assert fake.requests == []


@pytest.mark.parametrize("size", [0, -1, True, "64", 1.5])
def test_a_size_that_is_none_is_refused(way: Way, target: dict[str, Any], size: Any) -> None:
    messages = asking({"type": "image_url", "image_url": PNG})
    with pytest.raises(eq.BadRequestError, match="max_image_size: must be"):
        way.completion(**target, messages=messages, max_image_size=size)


def test_without_pillow_the_extra_is_named(
    way: Way, fake: FakeProvider, target: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    part = {"type": "image_url", "image_url": PNG}
    with pytest.raises(eq.UnsupportedParamsError, match=r"pip install 'edgequake-async\[images\]'"):
        way.completion(**target, messages=asking(part), max_image_size=64)
    way.completion(**target, messages=asking(part))
    way.completion(**target, messages=[{"role": "user", "content": "x"}], max_image_size=64)
    assert len(fake.requests) == 2
