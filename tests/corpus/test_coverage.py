"""Every recorded chat, embedding, rerank, picture, transcript and moderation is judged by one of the tests here, or it
is said why it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from . import test_beside, test_invoke, test_native_embeddings, test_rerank, test_responses
from .formats import FORMATS, UNREADABLE
from .recordings import Exchange, embeddings, everything, needed

pytestmark = needed

# What the library's functions are for; other endpoints (models, token counts, other makers' batches, text completion,
# translation of sound) are not counted here.
_ENDPOINTS = {
    "ai-inference.chat.completions",
    "agents.completions",
    "anthropic.rawPredict",
    "anthropic.streamRawPredict",
    "api.chat",
    "api.embed",
    "api.embeddings",
    "api.generate",
    "audio.transcriptions",
    "batchEmbedContents",
    "chat.completions",
    "converse",
    "converse-stream",
    "embedContent",
    "embeddings",
    "feature-extraction",
    "generateContent",
    "generation.text",
    "generation.text_stream",
    "hf-inference",
    "images.edits",
    "images.generations",
    "interactions",
    "invoke",
    "invoke-with-response-stream",
    "messages",
    "moderations",
    "openai-compat.chat.completions",
    "predict",
    "predictions",
    "rerank",
    "responses",
    "streamGenerateContent",
    "v1.chat",
    "v1.embed",
    "v1.generate",
    "v1.rerank",
    "v2.chat",
    "v2.embed",
    "v2.rerank",
}
# Not judged, by wire format, endpoint or id, and why.
_EXCEPTIONS = {
    "api.generate": "Ollama's text completion; api/chat is asked",
    "cohere-v1": "Cohere's v1, which v2 replaced",
    "cohere-v1.embed": "Cohere's v1, which v2 replaced",
    "cohere-v1.rerank": "Cohere's v1, which v2 replaced",
    "gemini-interactions": "a beta beside generateContent, which answers for the same models",
    "gemini-predict": "a picture",
    "huggingface-feature-extraction": "one task of HuggingFace's older API; its router speaks OpenAI's",
    "huggingface-hf-inference": "other tasks of HuggingFace's older API; its router speaks OpenAI's",
    "replicate-predictions": "jobs that are polled, in a form of each model's own",
    "watsonx-generation.text": "watsonx's text generation; its chat speaks OpenAI's",
    "watsonx-generation.text_stream": "watsonx's text generation; its chat speaks OpenAI's",
    **test_native_embeddings.SKIPPED,
    **test_beside.SKIPPED,
}
_UNREADABLE: Mapping[str, str] = {**UNREADABLE, **test_responses.UNREADABLE}


def _judged() -> set[str]:
    selections: Iterable[Iterable[Exchange]] = (
        *(form.exchanges() for form in FORMATS.values()),
        embeddings(),
        test_beside.recorded(),
        test_native_embeddings.recorded(),
        test_rerank.recorded(),
        test_responses.recorded(),
    )
    return {exchange.id for selection in selections for exchange in selection} - _UNREADABLE.keys()


def test_every_recording_is_judged_or_excepted() -> None:
    wanted = [each for each in everything() if each.endpoint in _ENDPOINTS and each.method != "GET"]
    judged = _judged()
    left = [each for each in wanted if each.id not in judged and each.id not in _UNREADABLE]
    unexplained = [each for each in left if not _excepted(each)]
    assert [(each.id, each.provider, each.endpoint) for each in unexplained] == []
    assert len(_UNREADABLE) < len(judged) / 100
    assert len(judged) > 1_590
    for key in _EXCEPTIONS:
        assert any(key in (each.id, each.endpoint, each.wire_format) for each in left), f"{key} excepts nothing"


def _excepted(exchange: Exchange) -> bool:
    if exchange.wire_format == "bedrock-invoke":
        other = exchange.model.removeprefix("us.").startswith(tuple(test_invoke.OTHER_MODELS))
        return other or exchange.id in _EXCEPTIONS
    return not {exchange.id, exchange.endpoint, exchange.wire_format}.isdisjoint(_EXCEPTIONS)


def test_hosts_that_speak_another_family_are_judged_with_it() -> None:
    """Gemini and Claude on Vertex AI, Claude in Azure's foundry."""
    judged = _judged()
    counts = Counter((each.provider, each.wire_format) for each in everything() if each.id in judged)
    assert counts["vertex", "gemini"] == 71
    assert counts["vertex", "anthropic-messages"] == 22
    assert counts["azure", "anthropic-messages"] == 13
