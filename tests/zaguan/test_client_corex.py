"""Whole stories against a CoreX with state: what one call does is what the next one sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeCoreX

from .ways import ClientWay

MODEL = "openai/gpt-4o-mini"
CLAUDE = "anthropic/claude-sonnet-4-20250514"
HELLO = [{"role": "user", "content": "hi"}]


@pytest.fixture(params=["python", "go", "typescript"])
def corex(request: pytest.FixtureRequest) -> Iterator[FakeCoreX]:
    """A gateway in each of the dialects that CoreX's own clients expect."""
    with FakeCoreX(dialect=request.param) as fake:
        yield fake


@pytest.fixture
def one() -> Iterator[FakeCoreX]:
    """A gateway."""
    with FakeCoreX() as fake:
        yield fake


def test_chat_and_what_it_cost(client_way: ClientWay, corex: FakeCoreX) -> None:
    with client_way.open(corex) as client:
        before = client.get_credits_balance().credits_remaining
        answer = client.chat(model=MODEL, messages=HELLO)
        assert answer.choices[0].message.content == "You said: hi"
        assert answer.promptshield.credits_remaining == before - 1
        accumulator = zaguan.StreamAccumulator()
        for chunk in client.chat_stream(model=MODEL, messages=HELLO, request_id="once"):
            accumulator.add_chunk(chunk)
        assert accumulator.get_content() == "You said: hi"
        client.chat(model=MODEL, messages=HELLO, request_id="once")
        assert client.get_credits_balance().credits_remaining == before - 2
        assert next(iter(client.iter_credits_history())).request_id == "once"
        assert client.get_credits_history(status="error").entries == []
        stats = client.get_credits_stats("month")
        assert MODEL in json.dumps(stats.model_dump())


@pytest.mark.parametrize(
    ("dialect", "size"), [("python", {"limit": 2}), ("go", {"limit": 2}), ("typescript", {"page_size": 2})]
)
def test_the_whole_history(client_way: ClientWay, dialect: Any, size: dict[str, int]) -> None:
    with FakeCoreX(dialect=dialect) as fake, client_way.open(fake) as client:
        for name in "abcde":
            client.chat(model=MODEL, messages=HELLO, request_id=name)
        assert [entry.request_id for entry in client.iter_credits_history(**size)] == ["e", "d", "c", "b", "a"]
        assert sum(request.path.endswith("/history") for request in fake.requests) == 3


def test_credits_run_out(client_way: ClientWay, corex: FakeCoreX) -> None:
    corex.credits.total = 0
    with client_way.open(corex) as client:
        with pytest.raises(zaguan.InsufficientCreditsError) as short:
            client.chat(model=MODEL, messages=HELLO)
        corex.credits.total = 1_000
        with pytest.raises(zaguan.BandAccessDeniedError) as closed:
            next(client.chat_stream(model="openai/o1-pro", messages=HELLO))
        with pytest.raises(zaguan.NotFoundError):
            client.chat(model="openai/none", messages=HELLO)
    assert (short.value.status_code, short.value.credits_required, short.value.credits_remaining) == (402, 1, 0)
    assert short.value.reset_date == "2030-01-01T00:00:00Z"
    assert (closed.value.band, closed.value.required_tier, closed.value.current_tier) == ("D", "enterprise", "pro")


def test_the_catalog(client_way: ClientWay, corex: FakeCoreX) -> None:
    with client_way.open(corex) as client:
        models = client.list_models()
        assert {model.id for model in models} >= set(corex.models)
        assert client.get_model(MODEL).id == MODEL
        assert client.supports_vision(MODEL) is True
        assert client.supports_tools("deepseek/deepseek-reasoner") is False
        thinking = client.get_capabilities(provider="anthropic", supports_reasoning=True)
        assert {model.model_id for model in thinking} == {CLAUDE, "anthropic/claude-opus-4-20250514"}
        assert {model.id for model in client.list_virtual_models()} == set(corex.virtual_models)
        assert client.get_virtual_model("zaguanai/fast").id == "zaguanai/fast"
        assert client.get_providers_status().model_dump()
        assert client.get_circuit_breaker_status().model_dump()
        assert client.health_check()["status"]
        with pytest.raises(zaguan.NotFoundError):
            client.get_model("openai/none")


def test_a_wrong_key_is_refused_everywhere(client_way: ClientWay, one: FakeCoreX) -> None:
    with client_way.open(one.host_url, "wrong") as client:
        for name in ("health_check", "list_models", "get_credits_balance", "list_files", "list_messages_batches"):
            with pytest.raises(zaguan.AuthenticationError):
                getattr(client, name)()


def test_messages(client_way: ClientWay, one: FakeCoreX) -> None:
    note = {"model": CLAUDE, "messages": HELLO, "max_tokens": 400, "thinking": {"type": "enabled", "budget_tokens": 99}}
    with client_way.open(one) as client:
        whole = client.messages(note)
        events = list(client.messages_stream(note))
        assert client.count_tokens(model=CLAUDE, messages=HELLO).input_tokens == whole.usage.input_tokens
    assert [block.type for block in whole.content] == ["thinking", "text"]
    joined = zaguan.accumulate_messages_events(events)
    assert [block.model_dump() for block in joined.content] == [block.model_dump() for block in whole.content]
    assert (joined.stop_reason, joined.usage.output_tokens) == (whole.stop_reason, whole.usage.output_tokens)


def test_a_batch_of_messages(client_way: ClientWay, corex: FakeCoreX) -> None:
    params = {"model": CLAUDE, "messages": HELLO, "max_tokens": 400}
    items = [
        zaguan.AnthropicMessagesBatchItem(custom_id="one", params=zaguan.AnthropicMessagesRequest(**params)),
        {"custom_id": "two", "params": {**params, "model": "anthropic/none"}},
    ]
    with client_way.open(corex) as client:
        made = client.create_messages_batch(items)
        assert made.processing_status == "in_progress"
        assert [batch.id for batch in client.list_messages_batches()] == [made.id]
        assert client.get_messages_batch(made.id).processing_status == "ended"
        lines = [json.loads(line) for line in client.get_messages_batch_results(made.id)]
        results = list(client.iter_messages_batch_results(made.id))
        assert client.cancel_messages_batch(client.create_messages_batch(items).id).processing_status == "canceling"
    assert [line["custom_id"] for line in lines] == [result.custom_id for result in results] == ["one", "two"]
    assert [result.result.type for result in results] == ["succeeded", "errored"]
    assert results[0].result.message.content[0].text


def test_a_batch_from_file_to_file(client_way: ClientWay, one: FakeCoreX, tmp_path: Path) -> None:
    line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions"}
    body = {"model": MODEL, "messages": HELLO}
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text(json.dumps({**line, "body": body}) + "\n")
    with client_way.open(one) as client:
        file = client.upload_file(path, "batch")
        assert client.get_file_content(file.id) == path.read_bytes()
        assert [kept.filename for kept in client.list_files(purpose="batch").data] == ["in.jsonl"]
        made = client.create_batch(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
        assert made.is_in_progress()
        client.get_batch(made.id)
        done = client.get_batch(made.id)
        assert done.is_completed()
        client.download_file(done.output_file_id, out)
        assert json.loads(out.read_text())["response"]["body"]["choices"][0]["message"]["content"] == "You said: hi"
        assert [batch.id for batch in client.list_batches(limit=5).data] == [made.id]
        with pytest.raises(zaguan.ConflictError):
            client.cancel_batch(made.id)
        assert client.delete_file(file.id).deleted is True
        with pytest.raises(zaguan.NotFoundError):
            client.get_file(file.id)


def test_media(client_way: ClientWay, one: FakeCoreX, tmp_path: Path) -> None:
    out = tmp_path / "speech.wav"
    speech = {"model": "openai/tts-1", "input": "one two", "voice": "alloy", "response_format": "wav"}
    with client_way.open(one) as client:
        client.create_speech(speech, out)
        assert out.read_bytes() == client.create_speech(speech) == b"".join(client.stream_speech(speech))
        heard = f"speech.wav has {out.stat().st_size} bytes."
        assert client.create_transcription(out, "openai/whisper-1").text == heard
        assert heard in client.create_transcription(out, "openai/whisper-1", response_format="srt").text
        timed = client.create_transcription(
            out, "openai/whisper-1", response_format="verbose_json", timestamp_granularities=["word", "segment"]
        )
        assert (len(timed.words), len(timed.segments)) == (4, 1)
        assert client.create_translation(("a.mp3", b"xx"), "openai/whisper-1").text == "a.mp3 has 2 bytes."
        picture = client.create_image(model="openai/dall-e-2", prompt="a hat", response_format="b64_json").data[0]
        assert picture.b64_json
        assert client.edit_image(b"\x89PNG\r\n\x1a\n", "a hat", model="openai/dall-e-2", n=2).data[1].url
        assert client.create_image_variation(b"\x89PNG\r\n\x1a\n", "openai/dall-e-2").data[0].url


def test_vectors_and_verdicts(client_way: ClientWay, one: FakeCoreX) -> None:
    embedding = "openai/text-embedding-3-small"
    with client_way.open(one) as client:
        numbers = client.create_embeddings(model=embedding, input=["a b"]).data[0]
        packed = client.create_embeddings(model=embedding, input=["a b"], encoding_format="base64").data[0]
        assert isinstance(packed.embedding, str)
        assert packed.vector() == pytest.approx(numbers.vector(), abs=1e-6)
        assert not client.create_moderation(input="I will kill you").results[0].is_safe()
        ranked = client.rerank(model="cohere/rerank-v3.5", query="red cat", documents=["blue dog", "red cat"], top_n=1)
        assert [result.index for result in ranked.results] == [1]
        examples = [{"text": "red cat", "label": "cat"}, {"text": "blue dog", "label": "dog"}]
        labelled = client.classify(model="cohere/embed-english-v3.0", inputs=["a blue dog"], examples=examples)
        assert labelled.classifications[0].prediction == "dog"


def test_an_assistant(client_way: ClientWay, one: FakeCoreX) -> None:
    with client_way.open(one) as client:
        assistant = client.create_assistant(model=MODEL, name="a")
        assert client.update_assistant(assistant.id, name="b").name == "b"
        assert client.get_assistant(assistant.id).name == "b"
        assert [each.id for each in client.list_assistants().data] == [assistant.id]
        thread = client.create_thread(messages=HELLO)
        assert client.update_thread(thread.id, metadata={"k": "v"}).metadata == {"k": "v"}
        run = client.create_run(thread.id, assistant_id=assistant.id)
        assert run.status == "queued"
        client.get_run(thread.id, run.id)
        assert client.get_run(thread.id, run.id).status == "completed"
        other = client.create_run(thread.id, assistant_id=assistant.id)
        assert client.cancel_run(thread.id, other.id).status == "cancelling"
        assert client.delete_thread(thread.id).deleted is True
        assert client.delete_assistant(assistant.id).deleted is True
        with pytest.raises(zaguan.NotFoundError):
            client.get_thread(thread.id)


def test_fine_tuning(client_way: ClientWay, one: FakeCoreX) -> None:
    with client_way.open(one) as client:
        file = client.upload_file(("train.jsonl", b"{}\n"), "fine-tune")
        job = client.create_fine_tuning_job(model=MODEL, training_file=file.id)
        assert client.get_fine_tuning_job(job.id).id == job.id
        assert [each.id for each in client.list_fine_tuning_jobs(limit=1).data] == [job.id]
        assert client.list_fine_tuning_events(job.id).data[0].message
        assert client.cancel_fine_tuning_job(job.id).status == "cancelled"


def test_responses(client_way: ClientWay, one: FakeCoreX) -> None:
    with client_way.open(one) as client:
        first = client.create_response(model=MODEL, input="hi", store=True)
        assert first.output_text == "You said: hi"
        events: list[Any] = list(
            client.create_response_stream(model=MODEL, input="again", previous_response_id=first.id)
        )
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "You said: again"
    assert events[-1].response.previous_response_id == first.id
