"""Audio: speech to text, speech to English, text to speech.

The requests with a file go out as forms, not as JSON.
"""

from __future__ import annotations

from pydantic import Field

from ._base import Document, Documents, FileContent, NonEmpty, Number, OptionalDocument, RequestModel, Text, ZaguanModel

__all__ = ["AudioSpeechRequest", "AudioTranscriptionRequest", "AudioTranscriptionResponse", "AudioTranslationRequest"]


class AudioTranslationRequest(RequestModel):
    """A request to write down speech in English.

    Attributes:
        file: bytes, a path, an open file, or a tuple of a name with one of these.
        response_format: ``json``, ``text``, ``srt``, ``verbose_json``, ``vtt``.
    """

    file: FileContent
    model: NonEmpty
    prompt: str | None = None
    response_format: str | None = None
    temperature: float | None = None


class AudioTranscriptionRequest(AudioTranslationRequest):
    """A request to write down speech.

    Attributes:
        language: ISO-639-1 code of the language spoken.
        timestamp_granularities: ``word``, ``segment``; they need ``verbose_json``.
    """

    language: str | None = None
    timestamp_granularities: list[str] | None = None


class AudioTranscriptionResponse(ZaguanModel):
    """What was said. ``duration`` is in seconds; words and segments are plain dicts, as sent."""

    text: Text = None
    task: Text = None
    language: Text = None
    duration: Number = None
    words: Documents = None
    segments: Documents = None
    usage: OptionalDocument = None


class AudioSpeechRequest(RequestModel):
    """A request to speak a text.

    Attributes:
        voice: a voice's name, or a provider's object.
        response_format: ``mp3``, ``opus``, ``aac``, ``flac``, ``wav``, ``pcm``.
        speed: 0.25 to 4, 1 is normal.
    """

    model: NonEmpty
    input: str
    voice: str | Document
    response_format: str | None = None
    speed: float | None = Field(default=None, ge=0.25, le=4)
    instructions: str | None = None
