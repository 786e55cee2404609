"""Audio: transcription, translation and speech under ``/v1/audio``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from ...form import FileInput, Form
from .._options import CallOptions
from .._streams import AsyncStream
from .._transport import BaseClient
from ..models import AudioSpeechRequest, AudioTranscriptionResponse
from ._files import named
from ._requests import Options, read_options, read_request

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AudioMethods"]

_SPEECH = "/audio/speech"
# Formats whose reply is the text itself and no JSON document.
_PLAIN = {"srt", "text", "vtt"}


class AudioMethods(BaseClient):
    """Speech to text and text to speech. Files are read and written off the event loop."""

    async def create_transcription(
        self,
        file_path: FileInput,
        model: str = "whisper-1",
        language: str | None = None,
        prompt: str | None = None,
        response_format: str = "json",
        temperature: float | None = None,
        request_id: str | None = None,
        *,
        timestamp_granularities: Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> AudioTranscriptionResponse:
        """What is said in a recording.

        Args:
            file_path: a path, bytes, an open binary file, or (name, content[, content type]). Bytes go out as
                ``audio.mp3``: name them where they are of another format.
            model: the model.
            language: of the recording, ISO 639-1.
            prompt: text to guide the model's style.
            response_format: json, verbose_json, or text, srt, vtt, of which only ``text`` is filled.
            temperature: 0 to 1.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            timestamp_granularities: word, segment or both; of verbose_json.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.

        Raises:
            OSError: the file cannot be read.
            ZaguanError: no answer, or one that is an error, in every format.
        """
        fields = {
            **_fields(model, prompt, response_format, temperature),
            "language": language,
            "timestamp_granularities[]": None if timestamp_granularities is None else list(timestamp_granularities),
        }
        call = read_options(options, request_id)
        return await self._text("/audio/transcriptions", file_path, fields, model, response_format, call)

    async def create_translation(
        self,
        file_path: FileInput,
        model: str = "whisper-1",
        prompt: str | None = None,
        response_format: str = "json",
        temperature: float | None = None,
        request_id: str | None = None,
        **options: Unpack[Options],
    ) -> AudioTranscriptionResponse:
        """What is said in a recording, in English. Args and errors as for ``create_transcription``."""
        fields = _fields(model, prompt, response_format, temperature)
        call = read_options(options, request_id)
        return await self._text("/audio/translations", file_path, fields, model, response_format, call)

    async def _text(
        self,
        target: str,
        file: FileInput,
        fields: Mapping[str, str | list[str] | None],
        model: str,
        response_format: str,
        call: CallOptions,
    ) -> AudioTranscriptionResponse:
        form = Form(fields, {"file": named(file, "audio.mp3")})
        if response_format not in _PLAIN:
            return await self._send(AudioTranscriptionResponse, "POST", target, call, form=form, model=model)
        text = await self._send_raw("POST", target, call, form=form, model=model)
        return AudioTranscriptionResponse(text=text.decode("utf-8", "replace"))

    @overload
    async def create_speech(
        self,
        request: AudioSpeechRequest | Mapping[str, Any] | None = None,
        output_path: None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> bytes: ...
    @overload
    async def create_speech(
        self,
        request: AudioSpeechRequest | Mapping[str, Any] | None,
        output_path: str | os.PathLike[str],
        request_id: str | None = None,
        **fields: Any,
    ) -> None: ...
    @overload
    async def create_speech(
        self,
        request: None = None,
        *,
        output_path: str | os.PathLike[str],
        request_id: str | None = None,
        **fields: Any,
    ) -> None: ...
    async def create_speech(
        self,
        request: AudioSpeechRequest | Mapping[str, Any] | None = None,
        output_path: str | os.PathLike[str] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> bytes | None:
        """A text, spoken.

        Args:
            request: an ``AudioSpeechRequest`` or a mapping of its fields; or the fields as keywords.
            output_path: the file that is written as the audio arrives, and is there only once it is whole. Without
                it, the audio is returned.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **fields: the request's fields, and ``timeout`` (seconds), ``headers``, ``retry`` of this call.

        Returns:
            None where it went to a file, else the bytes.

        Raises:
            OSError: the file cannot be written.
            TypeError: fields beside a request.
            pydantic.ValidationError: the request is none.
            ZaguanError: no answer, or one that is an error.
        """
        asked, call = read_request(AudioSpeechRequest, request, request_id, fields)
        if output_path is not None:
            await self._download("POST", _SPEECH, call, output_path, body=asked, model=asked.model)
            return None
        return await self._send_raw("POST", _SPEECH, call, body=asked, model=asked.model)

    def stream_speech(
        self,
        /,
        request: AudioSpeechRequest | Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> AsyncStream[bytes]:
        """A text, spoken, in pieces as they arrive. Args and errors as for ``create_speech``."""
        asked, call = read_request(AudioSpeechRequest, request, request_id, fields)
        return self._stream(None, "bytes", "POST", _SPEECH, call, body=asked, model=asked.model)


def _fields(
    model: str, prompt: str | None, response_format: str, temperature: float | None
) -> dict[str, str | list[str] | None]:
    return {
        "model": model,
        "prompt": prompt,
        "response_format": response_format,
        "temperature": None if temperature is None else str(temperature),
    }
