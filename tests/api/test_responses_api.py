"""``responses``: bridged over chats in three protocols, judged by the openai SDK's types; what a chat cannot say."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider

from .ways import Way

TOOL = {
    "type": "function",
    "name": "weather",
    "description": "The weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": False,
}
MODELS = {
    "groq/fake-reasoner": "/v1",
    "anthropic/fake-reasoner": "/v1",
    "gemini/fake-reasoner": "/v1beta",
}


@pytest.fixture(params=MODELS)
def bridged(request: pytest.FixtureRequest) -> Any:
    """A provider without a Responses API."""
    with FakeProvider() as fake:
        yield fake, {"model": request.param, "api_base": fake.host_url + MODELS[request.param], "api_key": "k-12345678"}


def ask(way: Way, **arguments: Any) -> Any:
    return eq.responses(**arguments) if way.backend is None else way.run(eq.aresponses, **arguments)


def stream(way: Way, **arguments: Any) -> list[Any]:
    if way.backend is None:
        return list(eq.responses(stream=True, **arguments))
    return way.run(_collect, **arguments)


async def _collect(**arguments: Any) -> list[Any]:
    return [event async for event in await eq.aresponses(stream=True, **arguments)]


def dumped(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(model.model_dump_json(exclude_unset=True))
    return found


@pytest.mark.parametrize(
    "options", [{}, {"tools": [TOOL], "tool_choice": "required"}, {"reasoning": {"effort": "low", "summary": "auto"}}]
)
def test_bridged_answers_are_what_the_sdk_reads(way: Way, bridged: Any, options: dict[str, Any]) -> None:
    types = pytest.importorskip("openai.types.responses")
    from pydantic import TypeAdapter

    _, target = bridged
    response = dumped(ask(way, input="Hello there", **target, **options))
    types.Response.model_validate(response)
    events = [dumped(event) for event in stream(way, input="Hello there", **target, **options)]
    for event in events:
        TypeAdapter(types.ResponseStreamEvent).validate_python(event)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    last = events[-1]["response"]
    assert [item["type"] for item in last["output"]] == [item["type"] for item in response["output"]]
    assert last["usage"] == response["usage"]
    assert last["status"] == response["status"] == "completed"
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert done == last["output"]


def test_the_output_goes_back_in(way: Way, bridged: Any) -> None:
    fake, target = bridged
    first = ask(way, input="Weather?", tools=[TOOL], tool_choice="required", **target)
    (call,) = [item for item in first.output if item.type == "function_call"]
    items = [item.model_dump() for item in first.output]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    second = ask(way, input=[{"role": "user", "content": "Weather?"}, *items, result], tools=[TOOL], **target)
    assert second.status == "completed"
    sent = fake.requests[-1].body.decode()
    assert "sunny" in sent
    assert "weather" in sent


def test_what_a_chat_cannot_say_is_refused_by_name(way: Way, bridged: Any) -> None:
    fake, target = bridged
    asked = {"tools": [{"type": "web_search"}], "previous_response_id": "resp_1", "truncation": "auto"}
    with pytest.raises(eq.UnsupportedParamsError) as caught:
        ask(way, input="Hi", **asked, **target)
    for name in ("tools[0].type 'web_search'", "previous_response_id", "truncation"):
        assert name in str(caught.value)
    assert fake.requests == []
    assert ask(way, input="Hi", truncation="auto", drop_params=True, **target).status == "completed"


def test_importing_the_module_leaves_the_function() -> None:
    import edgequake_async.responses.main
    import edgequake_async.responses.streaming_iterator

    assert eq.responses is edgequake_async.responses
    assert callable(eq.responses)
