"""Batches, assistants, fine-tuning and responses of the fake CoreX, with the openai SDK as the judge of shapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from edgequake_async.testing import FakeCoreX, error, stream, text

# The SDK marks assistants as deprecated; CoreX has them.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MINI = "openai/gpt-4o-mini"
HELLO: list[Any] = [{"role": "user", "content": "hello there"}]
ADD: Any = {"type": "function", "name": "add", "parameters": {"type": "object", "properties": {}}}
Ask = Callable[..., Any]


@pytest.fixture
def client(corex: FakeCoreX) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=corex.base_url, api_key=corex.api_key, max_retries=0) as opened:
        yield opened


def batch_file(client: openai.OpenAI, *lines: Any) -> str:
    content = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return client.files.create(file=("in.jsonl", content.encode()), purpose="batch").id


def start(client: openai.OpenAI, file: str) -> Any:
    return client.batches.create(input_file_id=file, endpoint="/v1/chat/completions", completion_window="24h")


def test_a_batch_runs_its_lines_and_pays_for_them(corex: FakeCoreX, client: openai.OpenAI) -> None:
    good = {"custom_id": "one", "body": {"model": MINI, "messages": HELLO, "stream": True}}
    bad = {"custom_id": "two", "body": {"model": "none", "messages": HELLO}}
    batch = start(client, batch_file(client, good, bad, {**good, "custom_id": "three"}))
    assert (batch.status, batch.output_file_id) == ("validating", None)
    assert client.batches.retrieve(batch.id).status == "in_progress"
    for _ in "12":
        done = client.batches.retrieve(batch.id)
        assert (done.status, done.request_counts.model_dump()) == (
            "completed",
            {"total": 3, "completed": 2, "failed": 1},
        )
    assert corex.credits.used == 2
    line = json.loads(client.files.content(done.output_file_id or "").content.splitlines()[0])
    assert (line["custom_id"], line["response"]["status_code"]) == ("one", 200)
    assert line["response"]["body"]["choices"][0]["message"]["content"] == "You said: hello there"
    line = json.loads(client.files.content(done.error_file_id or "").content)
    assert (line["custom_id"], line["response"]["body"]["error"]["code"]) == ("two", "model_not_found")
    assert [item.id for item in client.batches.list()] == [batch.id]
    with pytest.raises(openai.ConflictError):
        client.batches.cancel(batch.id)


@pytest.mark.parametrize("lines", [[], ["{"], ["[]"], [{"custom_id": "x"}]])
def test_a_batch_of_broken_lines_fails(client: openai.OpenAI, lines: list[Any]) -> None:
    batch = client.batches.retrieve(start(client, batch_file(client, *lines)).id)
    assert batch.status == "failed"
    assert batch.errors
    assert len(batch.errors.data or []) == len(lines)


def test_a_batch_can_be_cancelled(client: openai.OpenAI) -> None:
    batch = start(client, batch_file(client, {"custom_id": "x", "body": {"model": MINI, "messages": HELLO}}))
    assert client.batches.cancel(batch.id).status == "cancelling"
    assert client.batches.retrieve(batch.id).status == "cancelled"
    with pytest.raises(openai.NotFoundError):
        start(client, "file-none")
    with pytest.raises(openai.NotFoundError):
        client.batches.retrieve("batch_none")


def test_assistants_are_kept(client: openai.OpenAI) -> None:
    made = client.beta.assistants.create(model=MINI, name="a", instructions="be brief")
    assert client.beta.assistants.retrieve(made.id) == made
    assert client.beta.assistants.update(made.id, name="b").name == "b"
    assert [(item.id, item.name) for item in client.beta.assistants.list()] == [(made.id, "b")]
    assert client.beta.assistants.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.beta.assistants.retrieve(made.id)
    with pytest.raises(openai.NotFoundError):
        client.beta.assistants.create(model="none")


def test_a_run_answers_its_thread(client: openai.OpenAI) -> None:
    assistant = client.beta.assistants.create(model=MINI)
    thread = client.beta.threads.create(messages=HELLO, metadata={"a": "b"})
    run = client.beta.threads.runs.create(thread.id, assistant_id=assistant.id)
    states = [run.status]
    states += [client.beta.threads.runs.retrieve(run.id, thread_id=thread.id).status for _ in "123"]
    assert states == ["queued", "in_progress", "completed", "completed"]
    run = client.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
    assert run.usage
    assert run.usage.total_tokens > 0
    said = [message.content[0].text.value for message in client.beta.threads.messages.list(thread.id)]  # type: ignore[union-attr]
    assert said == ["You said: hello there", "hello there"]
    with pytest.raises(openai.BadRequestError):
        client.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    other = client.beta.threads.create()
    with pytest.raises(openai.NotFoundError):
        client.beta.threads.runs.retrieve(run.id, thread_id=other.id)
    assert client.beta.threads.update(thread.id, metadata={"c": "d"}).metadata == {"c": "d"}
    assert client.beta.threads.delete(thread.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.beta.threads.retrieve(thread.id)


def test_a_run_can_be_cancelled(client: openai.OpenAI) -> None:
    assistant = client.beta.assistants.create(model=MINI)
    thread = client.beta.threads.create()
    run = client.beta.threads.runs.create(thread.id, assistant_id=assistant.id)
    assert client.beta.threads.runs.cancel(run.id, thread_id=thread.id).status == "cancelling"
    assert client.beta.threads.runs.retrieve(run.id, thread_id=thread.id).status == "cancelled"
    assert [item.status for item in client.beta.threads.runs.list(thread.id)] == ["cancelled"]


def test_a_tuned_model_answers(client: openai.OpenAI) -> None:
    file = client.files.create(file=("t.jsonl", b"x" * 40), purpose="fine-tune").id
    job = client.fine_tuning.jobs.create(model=MINI, training_file=file, suffix="mine")
    states = [job.status, *(client.fine_tuning.jobs.retrieve(job.id).status for _ in "12")]
    assert states == ["validating_files", "running", "succeeded"]
    job = client.fine_tuning.jobs.retrieve(job.id)
    assert job.trained_tokens == 10
    name = job.fine_tuned_model or ""
    assert name.startswith("openai/ft:gpt-4o-mini:mine:")
    assert client.chat.completions.create(model=name, messages=HELLO).choices
    messages = [event.message for event in client.fine_tuning.jobs.list_events(job.id)]
    assert messages[-1] == "Created fine-tuning job."
    assert len(messages) == 3
    with pytest.raises(openai.BadRequestError):
        client.fine_tuning.jobs.cancel(job.id)
    other = client.fine_tuning.jobs.create(model=MINI, training_file=file)
    assert client.fine_tuning.jobs.cancel(other.id).status == "cancelled"
    assert client.fine_tuning.jobs.retrieve(other.id).status == "cancelled"
    assert [item.id for item in client.fine_tuning.jobs.list()] == [other.id, job.id]
    with pytest.raises(openai.NotFoundError):
        client.fine_tuning.jobs.create(model=MINI, training_file="file-none")


def test_responses_are_kept_and_continued(corex: FakeCoreX, client: openai.OpenAI) -> None:
    first = client.responses.create(model=MINI, input="hello", instructions="be brief")
    assert (first.status, first.output_text) == ("completed", "You said: hello")
    assert client.responses.retrieve(first.id) == first
    called: Any = [{"type": "function_call_output", "call_id": "c", "output": "3"}]
    second = client.responses.create(model=MINI, input=called, previous_response_id=first.id)
    assert second.output_text == "The tool answered: 3"
    assert second.usage
    assert first.usage
    assert second.usage.input_tokens > first.usage.input_tokens
    lost = client.responses.create(model=MINI, input=HELLO, store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(lost.id)
    client.responses.delete(first.id)
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model=MINI, input="x", previous_response_id=first.id)
    assert caught.value.code == "previous_response_not_found"
    with pytest.raises(openai.BadRequestError, match="input"):
        client.responses.create(model=MINI, input="")
    assert corex.credits.used == 3


def test_a_streamed_response_ends_in_its_document(client: openai.OpenAI) -> None:
    with client.responses.stream(model="openai/o3-mini", input="hello", reasoning={"effort": "low"}) as events:
        seen = list(events)
        final = events.get_final_response()
    assert final.output_text == "You said: hello"
    assert [item.type for item in final.output] == ["reasoning", "message"]
    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    assert [event.type for event in seen[:3]] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
    ]
    assert seen[-1].type == "response.completed"
    said = "".join(event.delta for event in seen if event.type == "response.output_text.delta")
    thought = "".join(event.delta for event in seen if event.type == "response.reasoning_summary_text.delta")
    assert (said, thought) == ("You said: hello", "The user wants: hello")
    with client.responses.stream(model=MINI, input='add {"a": 5} please', tools=[ADD]) as events:
        (item,) = events.get_final_response().output
    assert item.type == "function_call"
    assert (item.name, item.arguments) == ("add", '{"a": 5}')
    *_, last = client.responses.create(model=MINI, input="hello", max_output_tokens=1, stream=True)
    assert last.type == "response.incomplete"


def test_scripted_replies_take_the_responses_shape(corex: FakeCoreX, client: openai.OpenAI) -> None:
    corex.script(text("said"), text("said"), stream(["a", 0.01, "b"]))
    assert client.responses.create(model=MINI, input="x").output_text == "said"
    for expected in ("said", "ab"):
        with client.responses.stream(model=MINI, input="x") as events:
            assert events.get_final_response().output_text == expected
    corex.script(stream(["a", error(503, "overloaded", code="busy"), "never"]))
    *_, told, last = client.responses.create(model=MINI, input="x", stream=True)
    assert told.type == "response.output_text.delta"
    assert last.type == "error"
    assert (last.message, last.code) == ("overloaded", "busy")
