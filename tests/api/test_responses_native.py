"""``responses`` at a provider that has the API itself, on every loop and through the sync shim: what comes is what the
openai SDK reads of the same server, failures are classes, and leaving a stream closes the connection.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import anyio
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, stream, text

from .test_responses_api import TOOL, ask, dumped
from .test_responses_api import stream as streamed
from .ways import Way

openai = pytest.importorskip("openai")
KEY = "k-0123456789"
OPTIONS: dict[str, dict[str, Any]] = {
    "text": {},
    "tools": {"tools": [TOOL], "tool_choice": "required"},
    "thinking": {"reasoning": {"effort": "low", "summary": "auto"}},
    "schema": {"text": {"format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}}}},
}


@pytest.fixture
def target(fake: FakeProvider) -> dict[str, Any]:
    """A provider whose row says that it has the API."""
    return {"model": "openai/fake-model", "api_base": fake.base_url, "api_key": KEY, "num_retries": 0}


def without_ids(document: Any) -> Any:
    """The fake makes its ids of the number of the request."""
    if isinstance(document, dict):
        return {key: without_ids(value) for key, value in document.items() if key not in ("id", "item_id", "call_id")}
    return [without_ids(item) for item in document] if isinstance(document, list) else document


@pytest.mark.parametrize("case", OPTIONS)
def test_answers_are_what_the_sdk_reads(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    client = openai.OpenAI(base_url=fake.base_url, api_key=KEY)
    theirs = client.responses.create(model="fake-model", input="Hello there", **OPTIONS[case])
    ours = ask(way, input="Hello there", **OPTIONS[case], **target)
    assert isinstance(ours, eq.ResponsesAPIResponse)
    assert without_ids(dumped(ours)) == without_ids(
        json.loads(theirs.model_dump_json(exclude_unset=True, by_alias=True))
    )
    assert ours.output_text == theirs.output_text
    asked = [json.loads(request.body) for request in fake.requests]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("case", OPTIONS)
def test_events_are_what_the_sdk_reads(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    client = openai.OpenAI(base_url=fake.base_url, api_key=KEY)
    theirs = list(client.responses.create(model="fake-model", input="Hello there", stream=True, **OPTIONS[case]))
    ours = streamed(way, input="Hello there", **OPTIONS[case], **target)
    assert [type(event).__name__ for event in ours].count("GenericEvent") == 0
    said = [json.loads(event.model_dump_json(exclude_unset=True, by_alias=True)) for event in theirs]
    assert [without_ids(dumped(event)) for event in ours] == [without_ids(event) for event in said]


def test_a_stored_response_is_continued(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    first = ask(way, input="My name is Ada.", **target)
    second = ask(way, input="And now?", previous_response_id=first.id, **target)
    assert second.previous_response_id == first.id
    assert second.usage.input_tokens > first.usage.input_tokens
    with pytest.raises(eq.BadRequestError, match="resp_gone"):
        ask(way, input="And now?", previous_response_id="resp_gone", **target)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, eq.AuthenticationError), (404, eq.NotFoundError), (429, eq.RateLimitError), (500, eq.InternalServerError)],
)
def test_failures_are_classes(way: Way, fake: FakeProvider, target: dict[str, Any], status: int, kind: Any) -> None:
    for call in (ask, streamed):
        fake.script(error(status, "Not like this."))
        with pytest.raises(kind, match="Not like this"):
            call(way, input="Hello", **target)


def test_a_stream_that_breaks_off_raises(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(stream(["It was ", "a dark ", error(500, "Out of memory.")]))
    with pytest.raises(eq.EQError, match=r"Out of memory\.") as caught:
        streamed(way, input="Hello", **target)
    assert caught.value.generated_content == "It was a dark "
    assert KEY not in str(caught.value)


def test_a_scripted_text_is_an_answer(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(text("Nine."), text("Ten."))
    assert ask(way, input="How many?", **target).output_text == "Nine."
    assert streamed(way, input="How many?", **target)[-1].response.output_text == "Ten."


def test_leaving_a_stream_closes_the_connection(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(stream(["word "] * 10_000, gap=0.01))
    if way.backend is None:
        with contextlib.closing(eq.responses(input="Hello", stream=True, **target)) as events:
            next(iter(events))
    else:
        way.run(_leave, input="Hello", **target)
    fake.wait_for_abort()


async def _leave(**arguments: Any) -> None:
    async with await eq.aresponses(stream=True, **arguments) as events:
        async for _ in events:
            return


def test_a_passed_deadline_closes_the_connection(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    if way.backend is None:
        pytest.skip("a deadline of anyio's is for async callers")
    fake.script(stream(["word "] * 10_000, gap=0.01))
    assert way.run(_out_of_time, input="Hello", **target)
    fake.wait_for_abort()


async def _out_of_time(**arguments: Any) -> bool:
    with anyio.move_on_after(0.2) as scope:
        async for _ in await eq.aresponses(stream=True, **arguments):
            pass
    return scope.cancelled_caught
