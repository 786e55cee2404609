"""``atranscription`` and ``aspeech``, with their sync shims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .timeouts import TimeoutTypes
    from .types import HttpxBinaryResponseContent, TranscriptionResponse
    from .uploads import FileTypes

__all__ = ["aspeech", "atranscription", "speech", "transcription"]


async def atranscription(
    model: str,
    file: FileTypes,
    language: str | None = None,
    prompt: str | None = None,
    response_format: str | None = None,
    timestamp_granularities: Sequence[str] | None = None,
    temperature: float | None = None,
    user: str | None = None,
    timeout: TimeoutTypes | None = 600,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    max_retries: int | None = None,
    custom_llm_provider: str | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> TranscriptionResponse:
    """Write down what is said (https://platform.openai.com/docs/api-reference/audio/createTranscription).

    Args:
        model: ``"provider/model"``: ``"whisper-1"``, ``"groq/whisper-large-v3"``, ...
        file: a ``pathlib.Path``, which is read while it is sent; bytes; an open file; or a tuple
            ``(name, content[, content type])``. Servers tell the kind of sound by the end of the name; what has
            none gets one that fits.
        language: of the sound, ``"en"``.
        prompt: words to expect, in the sound's language.
        response_format: ``"json"``, ``"verbose_json"``, ``"text"``, ``"srt"``, ``"vtt"``, or what else the model has.
        timestamp_granularities: ``["word", "segment"]``, for ``verbose_json``.
        temperature: 0 to 1.
        user: who asks, for the provider.
        timeout: seconds for the call, or four limits, see ``Timeouts``.
        **kwargs: as in ``acompletion``; unknown names are sent to the provider.

    Returns:
        A ``TranscriptionResponse``; for ``text``, ``srt`` and ``vtt`` its ``text`` is all that came.

    Raises:
        BadRequestError: the file cannot be read, or is a text.
        UnsupportedParamsError: the provider writes nothing down, or ``stream=True``.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import transcribe

    return await transcribe(params)


def transcription(
    model: str,
    file: FileTypes,
    language: str | None = None,
    prompt: str | None = None,
    response_format: str | None = None,
    timestamp_granularities: Sequence[str] | None = None,
    temperature: float | None = None,
    user: str | None = None,
    timeout: TimeoutTypes | None = 600,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    max_retries: int | None = None,
    custom_llm_provider: str | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> TranscriptionResponse:
    """``atranscription`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import transcribe
    from .sync import run

    return run(transcribe, params)


async def aspeech(
    model: str,
    input: str,
    voice: str | Mapping[str, Any] | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    organization: str | None = None,
    project: str | None = None,
    max_retries: int | None = None,
    metadata: Mapping[str, Any] | None = None,
    timeout: TimeoutTypes | None = None,
    response_format: str | None = None,
    speed: float | None = None,
    instructions: str | None = None,
    client: None = None,
    headers: Mapping[str, str] | None = None,
    custom_llm_provider: str | None = None,
    aspeech: bool | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """Speak a text (https://platform.openai.com/docs/api-reference/audio/createSpeech).

    Args:
        model: ``"provider/model"``: ``"openai/gpt-4o-mini-tts"``, ...
        input: the text.
        voice: the voice's name, or an object where the provider takes one.
        organization, project: OpenAI's, of the key.
        timeout: seconds for the call, or four limits, see ``Timeouts``. Default 600.
        response_format: ``"mp3"``, ``"opus"``, ``"aac"``, ``"flac"``, ``"wav"``, ``"pcm"``.
        speed: 0.25 to 4.
        instructions: how to speak.
        aspeech: litellm's own; changes nothing.
        **kwargs: as in ``acompletion``; unknown names are sent to the provider.

    Returns:
        The sound, all of it: ``content``, ``iter_bytes()``, ``stream_to_file(path)``, and ``astream_to_file(path)``,
        which does not hold up the loop.

    Raises:
        UnsupportedParamsError: the provider speaks not, or an argument is not done here (``client``).
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import speak

    return await speak(params)


def speech(
    model: str,
    input: str,
    voice: str | Mapping[str, Any] | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    organization: str | None = None,
    project: str | None = None,
    max_retries: int | None = None,
    metadata: Mapping[str, Any] | None = None,
    timeout: TimeoutTypes | None = None,
    response_format: str | None = None,
    speed: float | None = None,
    instructions: str | None = None,
    client: None = None,
    headers: Mapping[str, str] | None = None,
    custom_llm_provider: str | None = None,
    aspeech: bool | None = None,
    base_url: str | None = None,
    **kwargs: Any,
) -> HttpxBinaryResponseContent:
    """``aspeech`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import speak
    from .sync import run

    return run(speak, params)
