"""Transcription, translation and speech of the fake CoreX.

A transcript names the file and counts its bytes, so that a test sees what arrived. Speech is silence as long
as its text, streamed a piece per word: WAV for wav, samples for pcm, MP3 frames for mp3; the other formats
carry WAV under their own content type.
"""

from __future__ import annotations

import io
import wave
from typing import Any

from ..brain import tokens
from ..fields import given, needed
from ..framing import Answer, answer
from .call import Call, Json, Refused, chosen, common
from .multipart import Form, form
from .world import Routes, World

_SHAPES = ("json", "text", "srt", "verbose_json", "vtt")
_GRANULARITIES = ("word", "segment")
_SECONDS_PER_WORD = 0.5
_RATE = 8_000
_FRAMES_PER_WORD = 800
# One frame of MPEG-1 layer III at 128 kbit/s and 44.1 kHz: a header, then zeros, which decode to silence.
_MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
_CONTENT_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
_SEGMENT: dict[str, Any] = {
    "tokens": [1],
    "temperature": 0.0,
    "avg_logprob": -0.1,
    "compression_ratio": 1.0,
    "no_speech_prob": 0.01,
}


def _transcription(world: World, call: Call) -> Answer:
    return _heard(world, call, "transcribe")


def _translation(world: World, call: Call) -> Answer:
    return _heard(world, call, "translate")


def _heard(world: World, call: Call, task: str) -> Answer:
    sent = form(call.record)
    world.find(call, sent.fields)
    upload = sent.file("file")
    if "temperature" in sent.fields:
        _check_temperature(sent.fields["temperature"])
    language = "english" if task == "translate" else sent.fields.get("language", "english")
    said = f"{upload.filename} has {len(upload.content)} bytes."
    if sent.fields.get("prompt"):
        said = f"{sent.fields['prompt']} {said}"
    shape = chosen(sent.fields, "response_format", _SHAPES, "json")
    granularities = _granularities(sent, shape)
    world.charge(call, completion=len(tokens(said)))
    end = _SECONDS_PER_WORD * len(said.split())
    if shape == "text":
        return call.file(f"{said}\n".encode(), "text/plain; charset=utf-8")
    if shape == "srt":
        return call.file(f"1\n{_stamp(0, ',')} --> {_stamp(end, ',')}\n{said}\n\n".encode(), "text/plain")
    if shape == "vtt":
        return call.file(f"WEBVTT\n\n{_stamp(0, '.')} --> {_stamp(end, '.')}\n{said}\n\n".encode(), "text/vtt")
    if shape == "json":
        return call.json({"text": said})
    whole: Json = {"task": task, "language": language, "duration": end, "text": said}
    if "word" in granularities:
        whole["words"] = _words(said)
    if "segment" in granularities:
        whole["segments"] = [{"id": 0, "seek": 0, "start": 0.0, "end": end, "text": said, **_SEGMENT}]
    return call.json(whole)


def _granularities(sent: Form, shape: str) -> list[str]:
    wanted = sent.texts.get("timestamp_granularities[]", [])
    if any(name not in _GRANULARITIES for name in wanted) or (wanted and shape != "verbose_json"):
        raise Refused(
            400,
            "Invalid 'timestamp_granularities': expected word or segment, with verbose_json.",
            param="timestamp_granularities",
            code="invalid_value",
        )
    return wanted or ["segment"]


def _check_temperature(text: str) -> None:
    try:
        fits = 0 <= float(text) <= 1
    except ValueError:
        fits = False
    if not fits:
        raise Refused(400, "Invalid 'temperature': expected a number from 0 to 1.", param="temperature")


def _words(said: str) -> list[Json]:
    return [
        {"word": word, "start": place * _SECONDS_PER_WORD, "end": (place + 1) * _SECONDS_PER_WORD}
        for place, word in enumerate(said.split())
    ]


def _stamp(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{thousandths:03d}"


def _speech(world: World, call: Call) -> Answer:
    body = call.document()
    world.find(call, body)
    said = needed(body, "input", str)
    voice = body.get("voice")
    if not isinstance(voice, dict):  # OpenAI also takes an object with the id of a custom voice
        needed(body, "voice", str)
    speed = given(body, "speed", float, default=1.0)
    if not 0.25 <= speed <= 4:
        raise Refused(400, "Invalid 'speed': expected a value from 0.25 to 4.", param="speed", code="invalid_value")
    shape = chosen(body, "response_format", _CONTENT_TYPES, "mp3")
    world.charge(call, prompt=len(tokens(said)))
    headers = [("content-type", _CONTENT_TYPES[shape]), *common(call.record).headers]
    return answer(200, headers, _sound(shape, len(said.split()) or 1), chunked=True)


def _sound(shape: str, n_words: int) -> list[bytes]:
    if shape == "mp3":
        return [_MP3_FRAME] * n_words
    silence = [bytes(2 * _FRAMES_PER_WORD)] * n_words
    return silence if shape == "pcm" else [_wav_head(n_words), *silence]


def _wav_head(n_words: int) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, _RATE, n_words * _FRAMES_PER_WORD, "NONE", ""))
        file.writeframes(bytes(2 * _FRAMES_PER_WORD * n_words))
    return written.getvalue()[: -2 * _FRAMES_PER_WORD * n_words]


ROUTES: Routes = {
    ("POST", "/v1/audio/transcriptions"): _transcription,
    ("POST", "/v1/audio/translations"): _translation,
    ("POST", "/v1/audio/speech"): _speech,
}
