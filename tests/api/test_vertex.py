"""Vertex AI: other makers' models in OpenAI's words, its embeddings, and media by address, as at Gemini's own API."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.exceptions import BadRequestError, UnsupportedParamsError
from edgequake_async.testing import FakeProvider, raw, text

from .ways import USER, WAYS

(WAY,) = [way for way in WAYS if way.name == "asyncio"]


@pytest.fixture
def vertex(fake: FakeProvider) -> dict[str, Any]:
    """Where a call to Vertex AI goes, with a token of the caller's own."""
    return {
        "api_base": f"{fake.host_url}/v1",
        "api_key": fake.api_key,
        "vertex_project": "P",
        "vertex_location": "L",
        "num_retries": 0,
    }


def _path(below: str) -> str:
    return f"/v1/projects/P/locations/L/{below}"


def test_models_in_openais_words_pass_through(fake: FakeProvider, vertex: dict[str, Any]) -> None:
    fake.on_request(lambda _: text("Said."))
    message = eq.Message(content="Hi", provider_specific_fields={"a": 1})
    model = "meta/llama-4-scout-17b-16e-instruct-maas"
    asked: dict[str, Any] = {
        "model": f"vertex_ai/{model}",
        "messages": [message, *USER],
        "logit_bias": {"1": 2},
        "extra_body": {"own": True},
    }
    assert WAY.completion(**asked, **vertex).choices[0].message.content == "Said."
    assert WAY.watch(stream=True, **asked, **vertex).text == "Said."
    for request, stream in zip(fake.requests, ({}, {"stream": True}), strict=True):
        assert request.path == _path("endpoints/openapi/chat/completions")
        assert request.headers["authorization"] == f"Bearer {fake.api_key}"
        said = [{"role": "assistant", "content": "Hi"}, *USER]
        assert request.json == {"model": model, "messages": said, "logit_bias": {"1": 2}, "own": True, **stream}


def test_mistrals_models_pass_through_behind_their_own_path(fake: FakeProvider, vertex: dict[str, Any]) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Said."}, "finish_reason": "stop"}
    reply = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    fake.on_request(lambda _: raw(200, {}, reply))
    response = WAY.completion(model="vertex_ai/mistral-small-2503", messages=USER, **vertex)
    assert response.choices[0].message.content == "Said."
    [request] = fake.requests
    assert request.path == _path("publishers/mistralai/models/mistral-small-2503:rawPredict")
    assert request.json == {"model": "mistral-small-2503", "messages": USER}


def test_claude_answers_whole_and_streamed(fake: FakeProvider, vertex: dict[str, Any]) -> None:
    fake.on_request(lambda _: text("Said."))
    model = "vertex_ai/claude-sonnet-4-5@20250929"
    assert WAY.completion(model=model, messages=USER, **vertex).choices[0].message.content == "Said."
    assert WAY.watch(model=model, messages=USER, stream=True, **vertex).text == "Said."
    place = _path("publishers/anthropic/models/claude-sonnet-4-5@20250929")
    assert [request.path for request in fake.requests] == [f"{place}:rawPredict", f"{place}:streamRawPredict"]
    assert fake.requests[0].json["anthropic_version"] == "vertex-2023-10-16"


@pytest.mark.parametrize(
    ("model", "inputs", "method"),
    [
        ("text-embedding-005", ["a", "b c"], "predict"),
        ("gemini-embedding-2", "a", "embedContent"),
        ("gemini-embedding-2", ["a", "b c"], "batchEmbedContents"),
    ],
)
def test_embeddings(fake: FakeProvider, vertex: dict[str, Any], model: str, inputs: Any, method: str) -> None:
    response = WAY.embedding(model=f"vertex_ai/{model}", input=inputs, dimensions=8, **vertex)
    assert fake.requests[-1].path == _path(f"publishers/google/models/{model}:{method}")
    assert [len(row.embedding) for row in response.data] == [8] * (1 if inputs == "a" else 2)
    assert response.usage.prompt_tokens == (1 if inputs == "a" else 3)


def test_what_it_cannot_do_is_said_before_anything_is_sent(fake: FakeProvider, vertex: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError, match="only endpoints of tuned Gemini models"):
        WAY.completion(model="vertex_ai/openai/123456", messages=USER, **vertex)
    with pytest.raises(UnsupportedParamsError, match="has no embeddings endpoint"):
        WAY.embedding(model="vertex_ai/claude-sonnet-4-5", input="a", **vertex)
    with pytest.raises(BadRequestError, match="vertex_location"):
        WAY.completion(model="vertex_ai/gemini-2.5-flash", messages=USER, **{**vertex, "vertex_location": "a/b"})
    assert fake.requests == []


@pytest.mark.parametrize("prefix", ["gemini", "vertex_ai", "vertex_ai_beta"])
def test_media_by_address_safety_and_caches_go_to_gemini_as_they_are(
    fake: FakeProvider, vertex: dict[str, Any], prefix: str
) -> None:
    addresses = {
        "https://www.youtube.com/watch?v=9hE5-98ZeCg": "video/mp4",
        "gs://bucket/talk.mp3": "audio/mp3",
        "https://generativelanguage.googleapis.com/v1beta/files/abc": "application/pdf",
    }
    parts = [{"type": "file", "file": {"file_id": url, "format": kind}} for url, kind in addresses.items()]
    safety = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    params = vertex if prefix != "gemini" else {key: vertex[key] for key in ("api_base", "api_key", "num_retries")}
    WAY.completion(
        model=f"{prefix}/gemini-2.5-flash",
        messages=[{"role": "user", "content": [{"type": "text", "text": "What is said?"}, *parts]}],
        safety_settings=safety,
        cachedContent="projects/P/locations/L/cachedContents/1",
        **params,
    )
    sent = fake.requests[-1].json
    files = [{"mimeType": kind, "fileUri": url} for url, kind in addresses.items()]
    assert [part["fileData"] for part in sent["contents"][0]["parts"][1:]] == files
    assert (sent.get("safetySettings") or sent["safety_settings"]) == safety
    assert sent["cachedContent"] == "projects/P/locations/L/cachedContents/1"


def test_module_variables_of_litellm_name_the_place(
    fake: FakeProvider, vertex: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eq, "vertex_project", "Q", raising=False)
    monkeypatch.setattr(eq, "vertex_location", "M", raising=False)
    place = {key: value for key, value in vertex.items() if not key.startswith("vertex_")}
    WAY.completion(model="vertex_ai/gemini-2.5-flash", messages=USER, **place)
    assert fake.requests[0].path.startswith("/v1/projects/Q/locations/M/publishers/google/")
