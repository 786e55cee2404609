"""Image generation, edits and variations of the fake CoreX: one grey pixel, as often as asked.

As with OpenAI, ``style`` is known to dall-e-3 only, the gpt-image models take no ``response_format`` and
always answer in base64, and uploads must say that they are images.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from ..fields import given, needed
from .call import Call, Json, Refused, chosen
from .models import CREATED, Model
from .multipart import Form, Upload, form
from .world import Routes, World

_MOST = 10


def _generation(world: World, call: Call) -> Json:
    body = call.document()
    model = world.find(call, body, default="dall-e-2")
    prompt = needed(body, "prompt", str)
    return _made(world, call, model, body, given(body, "n", int, default=1), prompt)


def _edit(world: World, call: Call) -> Json:
    sent = form(call.record)
    model = world.find(call, sent.fields, default="dall-e-2")
    images = [*sent.files.get("image[]", []), *sent.files.get("image", [])] or [sent.file("image")]
    _check_images("image", images)
    _check_images("mask", sent.files.get("mask", []))
    if "mask" in sent.texts:
        sent.file("mask")
    prompt = needed(sent.fields, "prompt", str)
    return _made(world, call, model, sent.fields, _count(sent), prompt)


def _variation(world: World, call: Call) -> Json:
    sent = form(call.record)
    model = world.find(call, sent.fields, default="dall-e-2")
    _check_images("image", [sent.file("image")])
    return _made(world, call, model, sent.fields, _count(sent), None)


def _made(world: World, call: Call, model: Model, fields: Mapping[str, Any], n: int, prompt: str | None) -> Json:
    if not 1 <= n <= _MOST:
        raise Refused(400, f"Invalid 'n': expected an integer from 1 to {_MOST}.", param="n", code="invalid_value")
    own = model.id.rpartition("/")[2]
    packed = own.startswith("gpt-image")
    for name, known in (("style", own == "dall-e-3"), ("response_format", not packed)):
        if fields.get(name) is not None and not known:
            raise Refused(400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
    shape = "b64_json" if packed else chosen(fields, "response_format", ("url", "b64_json"), "url")
    world.charge(call)
    pixel = base64.b64encode(_png()).decode()
    images: list[Json] = [
        {"b64_json": pixel}
        if shape == "b64_json"
        else {"url": f"https://images.example.com/{call.record.number}-{place}.png"}
        for place in range(n)
    ]
    if own == "dall-e-3":
        images = [{**image, "revised_prompt": prompt} for image in images]
    return {"created": CREATED, "data": images}


def _count(sent: Form) -> int:
    text = sent.fields.get("n", "1")
    if not text.isascii() or not text.isdigit():
        raise Refused(400, "Invalid 'n': expected an integer.", param="n", code="invalid_type")
    return int(text)


def _check_images(name: str, uploads: Iterable[Upload]) -> None:
    for upload in uploads:
        if not upload.content_type.startswith("image/"):
            told = f"Invalid '{name}': {upload.filename} comes as {upload.content_type}, not as an image."
            raise Refused(400, told, param=name, code="unsupported_file_mimetype")


def _png() -> bytes:
    """One grey pixel."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    blocks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\x00\x80")), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in blocks
    )
    return b"\x89PNG\r\n\x1a\n" + body


ROUTES: Routes = {
    ("POST", "/v1/images/generations"): _generation,
    ("POST", "/v1/images/edits"): _edit,
    ("POST", "/v1/images/variations"): _variation,
}
