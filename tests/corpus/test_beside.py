"""Every recorded picture, transcript and moderation, replayed over a socket: nothing of a reply is lost, errors say
what they said, and the request is the recorded one."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing.corex.multipart import form

from .judging import difference, same
from .recordings import Exchange, everything, needed
from .replay import RECORDED, Replay

pytestmark = needed

_FUNCTIONS = {
    "audio.transcriptions": eq.atranscription,
    "images.edits": eq.aimage_edit,
    "images.generations": eq.aimage_generation,
    "moderations": eq.amoderation,
}
_PROVIDERS = {"together": "together_ai"}
# Not judged, by id, and why.
SKIPPED = {
    "4af0536b9ee3d645": "a transcript that is streamed, which is refused",
    "5f61cfbe47babc25": "Hyperbolic's pictures have a shape of their own, so that it is not asked for any",
}
# Where only the answer was recorded.
_USUAL = {"prompt": "a dog", "input": "a text"}
_SOUND = ("ruby.wav", b"RIFF", "audio/wav")


def recorded() -> list[Exchange]:
    """Every exchange that is judged here."""
    return [each for each in everything() if each.endpoint in _FUNCTIONS and each.id not in SKIPPED]


def _arguments(exchange: Exchange) -> dict[str, Any]:
    if exchange.endpoint == "images.edits":
        # Recorded with addresses of pictures in JSON; forms are what litellm sends.
        return {"prompt": (exchange.asked or {})["prompt"], "image": ("a.png", b"PNG")}
    if exchange.endpoint != "audio.transcriptions":
        asked = {name: value for name, value in (exchange.asked or {}).items() if name != "model"}
        return asked if "input" in asked or "prompt" in asked else asked | _needed(exchange)
    fields = {part["name"]: part["value"] for part in exchange.form if "value" in part and part["name"] != "model"}
    files = [(part["filename"], b"RIFF", part["content_type"]) for part in exchange.form if "filename" in part]
    return {**fields, "file": files[0] if files else _SOUND}


def _needed(exchange: Exchange) -> dict[str, Any]:
    name = "input" if exchange.endpoint == "moderations" else "prompt"
    return {name: _USUAL[name]}


@pytest.mark.asyncio
@pytest.mark.parametrize("exchange", [pytest.param(each, id=f"{each.provider}-{each.id}") for each in recorded()])
async def test_beside(exchange: Exchange, replay: Replay) -> None:
    named = {part["name"]: part.get("value") for part in exchange.form}.get("model")
    call = _FUNCTIONS[exchange.endpoint](
        model=f"{_PROVIDERS.get(exchange.provider, exchange.provider)}/{named or exchange.model}",
        api_base=replay.base_url(exchange, RECORDED),
        api_key="corpus-key-0123456789",
        num_retries=0,
        **_arguments(exchange),
    )
    document = json.loads(exchange.body)
    if exchange.status >= 400:
        with pytest.raises(eq.EQError) as raised:
            await call
        error: Any = raised.value
        assert document["error"]["message"] in str(error)
        code = document["error"]["code"]
        assert (error.status_code, error.code) == (exchange.status, code if code is None else str(code))
    else:
        response: Any = await call
        assert list(difference(document, response.model_dump(exclude_unset=True))) == []
        given = {name.lower(): value for name, value in (response._response_headers or {}).items()}
        assert {name: given.get(name) for name in exchange.headers} == dict(exchange.headers)
    _judge_request(exchange, replay)


def _judge_request(exchange: Exchange, replay: Replay) -> None:
    sent = replay.received()[exchange.id]
    if exchange.form:
        whole = form(sent)
        values = {part["name"]: [part["value"]] for part in exchange.form if "value" in part}
        assert {name: whole.texts.get(name) for name in values} == values
        [file] = [part for part in exchange.form if "filename" in part]
        upload = whole.file(file["name"])
        assert (upload.filename, upload.content_type) == (file["filename"], file["content_type"])
    elif exchange.asked is not None and exchange.endpoint != "images.edits":
        asked = {**_arguments(exchange), "model": exchange.model}
        assert same(asked, sent.json), sent.json


def test_every_recording_is_read() -> None:
    exchanges = recorded()
    assert len(exchanges) == 22
    assert {exchange.endpoint for exchange in exchanges} == _FUNCTIONS.keys()
    assert {exchange.status for exchange in exchanges} == {200, 400, 501}
