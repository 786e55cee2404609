"""Embeddings, audio, images, moderation, and what CoreX passes on in OpenAI's and Cohere's shapes."""

from __future__ import annotations

import base64
import io
import json
import struct
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from edgequake_async.types.tolerant import read
from edgequake_async.zaguan import models
from edgequake_async.zaguan.models import (
    AudioSpeechRequest,
    AudioTranscriptionRequest,
    Batch,
    BatchList,
    BatchRequest,
    Embedding,
    EmbeddingRequest,
    EmbeddingResponse,
    ImageEditRequest,
    ImageGenerationRequest,
    ModerationCategories,
    ModerationResponse,
    ModerationResult,
    ResponsesResponse,
    ResponsesStreamEvent,
)

# The least that each request needs.
LEAST: dict[str, dict[str, Any]] = {
    "AssistantRequest": {"model": "m"},
    "AssistantUpdateRequest": {},
    "AudioSpeechRequest": {"model": "m", "input": "hi", "voice": "marin"},
    "BatchRequest": {"input_file_id": "f", "endpoint": "/v1/embeddings", "completion_window": "24h"},
    "ClassifyRequest": {"model": "m", "inputs": ["a"], "examples": [{"text": "a", "label": "b", "new": 1}]},
    "EmbeddingRequest": {"model": "m", "input": "a"},
    "FineTuningJobRequest": {"model": "m", "training_file": "f"},
    "ImageGenerationRequest": {"model": "m", "prompt": "a cat"},
    "ModerationRequest": {"model": "m", "input": "a"},
    "RerankRequest": {"model": "m", "query": "q", "documents": ["a", {"text": "b", "n": None}]},
    "ResponsesRequest": {"model": "m", "input": [{"role": "user", "content": "a"}]},
    "RunRequest": {"assistant_id": "a"},
    "ThreadRequest": {},
    "ThreadUpdateRequest": {},
}
MODEL_HAS_DEFAULT = ("ImageGenerationRequest", "ModerationRequest")


def loaded(cls: Any, document: Any) -> Any:
    return read(cls, json.dumps(document).encode())


def body(asked: BaseModel) -> Any:
    return json.loads(asked.model_dump_json(exclude_none=True))


@pytest.mark.parametrize("name", LEAST)
def test_requests_say_only_what_was_set(name: str) -> None:
    cls: type[BaseModel] = getattr(models, name)
    fields = {**LEAST[name], "a_field_of_tomorrow": {"deep": [None]}}
    assert body(cls(**fields)) == fields


@pytest.mark.parametrize("name", [name for name in LEAST if "model" in LEAST[name] and name not in MODEL_HAS_DEFAULT])
def test_a_blank_model_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="model"):
        getattr(models, name)(**{**LEAST[name], "model": " "})


class TestEmbeddings:
    @pytest.mark.parametrize("given", ["a", ["a", "b"], [1, 2], [[1, 2], [3]]], ids=repr)
    def test_every_kind_of_input_goes_out_as_it_is(self, given: Any) -> None:
        assert body(EmbeddingRequest(model="m", input=given)) == {"model": "m", "input": given}

    @pytest.mark.parametrize("given", [None, 5, [None], [["a"]]], ids=repr)
    def test_other_input_is_refused(self, given: Any) -> None:
        with pytest.raises(ValidationError):
            EmbeddingRequest(model="m", input=given)

    def test_extra_body_is_folded_as_in_chat(self) -> None:
        asked = EmbeddingRequest(model="m", input="a", extra_body={"input_type": "query"})
        assert body(asked)["provider_specific_params"] == {"input_type": "query"}

    def test_usage_without_completion_tokens(self) -> None:
        sent = {"data": [{"embedding": [0.5, 1], "index": 0}], "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        answer = loaded(EmbeddingResponse, sent)
        assert answer.model_dump(exclude_unset=True) == sent
        assert (answer.data[0].embedding, answer.usage.completion_tokens) == ([0.5, 1], None)

    def test_vectors(self) -> None:
        numbers = [0.5, -1.25, 3.0]
        packed = base64.b64encode(struct.pack("<3f", *numbers)).decode()
        assert loaded(Embedding, {"embedding": packed}).embedding == packed
        assert loaded(Embedding, {"embedding": packed}).vector() == numbers
        assert loaded(Embedding, {"embedding": numbers}).vector() == numbers
        assert loaded(Embedding, {"embedding": ""}).vector() == []

    @pytest.mark.parametrize("sent", [None, 5, {}, "?", "AAA", base64.b64encode(b"12345").decode()], ids=repr)
    def test_what_is_no_vector_is_refused(self, sent: Any) -> None:
        with pytest.raises(ValueError):
            loaded(Embedding, {"embedding": sent}).vector()


class TestFilesToSend:
    @pytest.mark.parametrize(
        "given", [b"RIFF", "a.wav", io.BytesIO(b"RIFF"), ("a.wav", b"RIFF", "audio/wav")], ids=repr
    )
    def test_a_file_is_kept_as_it_was_given(self, given: Any) -> None:
        asked = AudioTranscriptionRequest(file=given, model="whisper-1", timestamp_granularities=["word"])
        assert asked.file is given
        assert set(asked.model_dump(exclude_none=True)) == {"file", "model", "timestamp_granularities"}

    def test_an_edit_needs_no_mask(self) -> None:
        edit = ImageEditRequest(image=b"PNG", prompt="bluer")
        assert edit.model_dump(exclude_none=True) == {"image": b"PNG", "prompt": "bluer", "model": "dall-e-2"}


@pytest.mark.parametrize(
    "fields",
    [{"size": "auto", "quality": "high"}, {"size": "1536x1024", "background": "transparent"}, {"n": 12}],
    ids=repr,
)
def test_images_of_newer_models(fields: dict[str, Any]) -> None:
    asked = ImageGenerationRequest(model="gpt-image-1", prompt="a cat", **fields)
    assert body(asked) == {"model": "gpt-image-1", "prompt": "a cat", **fields}


def test_speech_may_use_any_voice_at_a_possible_speed() -> None:
    assert body(AudioSpeechRequest(model="m", input="hi", voice={"id": "v"}))["voice"] == {"id": "v"}
    for speed in (0.2, 4.1):
        with pytest.raises(ValidationError):
            AudioSpeechRequest(model="m", input="hi", voice="ash", speed=speed)


JUDGED = {
    "flagged": True,
    "categories": {"hate": False, "self-harm/intent": True, "illicit/violent": True, "new/one": True, "x": 1},
    "category_scores": {"hate": 0, "self-harm/intent": 0.9, "new/one": 0.8},
    "category_applied_input_types": {"hate": ["text"]},
}


class TestModeration:
    @pytest.mark.parametrize("others", [[], [None]], ids=["alone", "beside null"])
    def test_attributes_have_names_and_dumps_the_wires(self, others: list[None]) -> None:
        sent = {"id": "m1", "results": [JUDGED, *others]}
        answer = loaded(ModerationResponse, sent)
        result = answer.results[0]
        assert answer.model_dump(exclude_unset=True, by_alias=True) == sent
        assert (result.categories.self_harm_intent, result.categories.illicit_violent) == (True, True)
        assert (result.categories.sexual_minors, result.category_scores.self_harm_intent) == (None, 0.9)
        assert result.get_violated_categories() == ["illicit/violent", "self-harm/intent", "new/one"]
        assert not result.is_safe()

    @pytest.mark.parametrize("sent", [{}, {"flagged": False, "categories": None}, {"categories": []}], ids=repr)
    def test_safe(self, sent: dict[str, Any]) -> None:
        result = loaded(ModerationResult, sent)
        assert result.is_safe()
        assert result.get_violated_categories() == []

    def test_categories_can_be_made_by_either_name(self) -> None:
        made = ModerationCategories(hate=False, self_harm=True)
        assert made == ModerationCategories.model_validate({"hate": False, "self-harm": True})
        assert made.model_dump(exclude_unset=True) == {"hate": False, "self_harm": True}


class TestBatches:
    @pytest.mark.parametrize(
        ("status", "states"),
        [
            ("validating", (False, False, True)),
            ("in_progress", (False, False, True)),
            ("finalizing", (False, False, True)),
            ("cancelling", (False, False, True)),
            ("completed", (True, False, False)),
            ("failed", (False, True, False)),
            ("expired", (False, True, False)),
            ("cancelled", (False, True, False)),
            (None, (False, False, False)),
            ("of tomorrow", (False, False, False)),
        ],
    )
    def test_states(self, status: str | None, states: tuple[bool, bool, bool]) -> None:
        batch = loaded(Batch, {"status": status})
        assert (batch.is_completed(), batch.is_failed(), batch.is_in_progress()) == states

    def test_a_page(self) -> None:
        sent = {
            "object": "list",
            "data": [{"id": "b", "request_counts": {"total": 1}}],
            "has_more": True,
            "last_id": "b",
        }
        page = loaded(BatchList, sent)
        assert isinstance(page.data[0], Batch)
        assert page.model_dump(exclude_unset=True) == sent

    @pytest.mark.parametrize("missing", ["input_file_id", "endpoint"])
    def test_refused(self, missing: str) -> None:
        with pytest.raises(ValidationError, match=missing):
            BatchRequest(**{**LEAST["BatchRequest"], missing: ""})


@pytest.mark.parametrize("name", [name for name in models.__all__ if name.endswith("List")])
def test_the_rows_of_every_page_are_typed(name: str) -> None:
    page = loaded(getattr(models, name), {"data": [{"id": "x", "new": 1}], "first_id": "x"})
    assert (page.data[0].id, page.data[0].new, page.first_id, page.has_more) == ("x", 1, "x", None)


RESPONSE = {
    "id": "resp_1",
    "output": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "content": None},
        {
            "type": "message",
            "content": [
                {"type": "output_text", "text": "Hel", "annotations": []},
                {"type": "input_text", "text": "no"},
            ],
        },
        {"type": "message", "content": [{"type": "output_text", "text": "lo"}]},
        {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c"},
    ],
    "usage": {"input_tokens": 1, "output_tokens_details": {"reasoning_tokens": 0}},
    "new": {},
}


class TestResponses:
    def test_a_whole_one(self) -> None:
        answer = loaded(ResponsesResponse, RESPONSE)
        assert answer.model_dump(exclude_unset=True) == RESPONSE
        assert answer.output_text == "Hello"
        assert answer.output[3].call_id == "c"

    @pytest.mark.parametrize("output", [None, [], "x", [None], [{"content": "x"}], [{"content": [1, {}]}]], ids=repr)
    def test_no_text(self, output: Any) -> None:
        assert loaded(ResponsesResponse, {"output": output}).output_text == ""

    @pytest.mark.parametrize(
        "sent",
        [
            {"type": "response.created", "response": RESPONSE, "sequence_number": 0},
            {"type": "response.output_text.delta", "delta": "He", "item_id": "m", "output_index": 0},
            {"type": "error", "code": "x", "message": "no", "param": None},
        ],
        ids=lambda sent: sent["type"],
    )
    def test_events(self, sent: dict[str, Any]) -> None:
        assert loaded(ResponsesStreamEvent, sent).model_dump(exclude_unset=True) == sent
