"""Streamed tool calls in every shape that providers give them, put together again."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, ToolCall, sse, text

from .ways import Way


def call(index: int | None, id_: str | None, name: str | None, arguments: str | None) -> dict[str, Any]:
    """One delta of one call; what is None is absent."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    parts: dict[str, Any] = {"index": index, "id": id_, "type": "function" if id_ else None, "function": function}
    return {key: value for key, value in parts.items() if value is not None}


def delta(*calls: dict[str, Any], finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    content = {**fields, "tool_calls": list(calls)} if calls else fields
    return {"id": "c1", "choices": [{"index": 0, "delta": content, "finish_reason": finish_reason}]}


END = delta(finish_reason="tool_calls")
PARIS, ROME = '{"city":"Paris"}', '{"city":"Rome"}'

# Events, and the calls they make: (id, name, arguments).
SHAPES: dict[str, tuple[list[dict[str, Any]], list[tuple[str | None, str, str]]]] = {
    "fragments": (
        [delta(call(0, "a", "look", "")), *(delta(call(0, None, None, letter)) for letter in PARIS), END],
        [("a", "look", PARIS)],
    ),
    "whole in one delta": ([delta(call(0, "a", "look", PARIS)), END], [("a", "look", PARIS)]),
    "whole, with the finish reason": (
        [delta(call(0, "a", "look", PARIS), finish_reason="tool_calls")],
        [("a", "look", PARIS)],
    ),
    "several in one delta": (
        [delta(call(0, "a", "look", PARIS), call(1, "b", "look", ROME)), END],
        [("a", "look", PARIS), ("b", "look", ROME)],
    ),
    "two calls, one after the other": (
        [
            delta(call(0, "a", "look", '{"city":')),
            delta(call(0, None, None, '"Paris"}')),
            delta(call(1, "b", "look", '{"city":')),
            delta(call(1, None, None, '"Rome"}')),
            END,
        ],
        [("a", "look", PARIS), ("b", "look", ROME)],
    ),
    "two calls interleaved": (
        [
            delta(call(0, "a", "look", "")),
            delta(call(1, "b", "look", "")),
            delta(call(1, None, None, '{"city":')),
            delta(call(0, None, None, '{"city":')),
            delta(call(1, None, None, '"Rome"}'), call(0, None, None, '"Paris"}')),
            END,
        ],
        [("a", "look", PARIS), ("b", "look", ROME)],
    ),
    "missing index": (
        [delta(call(None, "a", "look", PARIS)), delta(call(None, "b", "look", ROME)), END],
        [("a", "look", PARIS), ("b", "look", ROME)],
    ),
    "missing index, fragments": (
        [delta(call(None, "a", "look", "")), delta(call(None, None, None, PARIS)), END],
        [("a", "look", PARIS)],
    ),
    "missing id": ([delta(call(0, None, "look", PARIS)), END], [(None, "look", PARIS)]),
    "id on every fragment": (
        [delta(call(0, "a", "look", '{"city":')), delta(call(0, "a", None, '"Paris"}')), END],
        [("a", "look", PARIS)],
    ),
    "index not from zero": ([delta(call(1, "a", "look", PARIS)), END], [("a", "look", PARIS)]),
    "content before": (
        [delta(content="Let me look."), delta(call(0, "a", "look", PARIS)), END],
        [("a", "look", PARIS)],
    ),
    "content in the same delta": (
        [delta(call(0, "a", "look", PARIS), content="Let me look."), END],
        [("a", "look", PARIS)],
    ),
    "finish reason stop": (
        [delta(call(0, "a", "look", PARIS)), delta(finish_reason="stop")],
        [("a", "look", PARIS)],
    ),
    "null arguments first": (
        [
            {
                "choices": [
                    {
                        "delta": {
                            "tool_calls": [{"index": 0, "id": "a", "function": {"name": "look", "arguments": None}}]
                        }
                    }
                ]
            },
            delta(call(0, None, None, PARIS)),
            END,
        ],
        [("a", "look", PARIS)],
    ),
    "arguments cut by the limit": (
        [delta(call(0, "a", "look", '{"city":"Pa')), delta(finish_reason="length")],
        [("a", "look", '{"city":"Pa')],
    ),
    "no arguments at all": ([delta(call(0, "a", "now", None)), END], [("a", "now", "")]),
    "non-ASCII arguments": (
        [delta(call(0, "a", "look", '{"city":"Zü')), delta(call(0, None, None, 'rich"}')), END],
        [("a", "look", '{"city":"Zürich"}')],
    ),
    "null tool_calls elsewhere": (
        [delta(content="x", tool_calls=None), delta(call(0, "a", "look", PARIS)), END],
        [("a", "look", PARIS)],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_tool_calls_are_put_together(way: Way, fake: FakeProvider, ask: dict[str, Any], shape: str) -> None:
    events, expected = SHAPES[shape]
    fake.script(sse([*events, "[DONE]"]))
    chunks = way.stream(**ask)
    assert len(chunks) == len(events)
    whole = eq.stream_chunk_builder(chunks)
    calls = whole.choices[0].message.tool_calls
    assert [(each.id, each.function.name, each.function.arguments or "") for each in calls] == expected
    assert whole.choices[0].finish_reason == events[-1]["choices"][0]["finish_reason"]
    spoken = [event["choices"][0]["delta"].get("content") or "" for event in events]
    assert (whole.choices[0].message.content or "") == "".join(spoken)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_delta_is_handed_on_as_it_came(way: Way, fake: FakeProvider, ask: dict[str, Any], shape: str) -> None:
    events, _ = SHAPES[shape]
    fake.script(sse([*events, "[DONE]"]))
    assert [json.loads(chunk.model_dump_json(exclude_unset=True)) for chunk in way.stream(**ask)] == events


def test_a_partial_call_is_in_the_error(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    broken = {"error": {"message": "gone", "code": 500}}
    fake.script(sse([delta(call(0, "a", "look", '{"ci')), delta(call(0, None, None, 'ty":')), broken]))
    outcome = way.watch(**ask, stream=True)
    assert isinstance(outcome.error, eq.InternalServerError)
    (partial,) = outcome.error.partial.choices[0].message.tool_calls
    assert (partial.id, partial.function.name, partial.function.arguments) == ("a", "look", '{"city":')


def test_legacy_function_call(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    pieces: list[dict[str, Any]] = [
        {"name": "look", "arguments": ""},
        {"arguments": PARIS[:5]},
        {"arguments": PARIS[5:]},
    ]
    events = [delta(function_call=piece) for piece in pieces]
    fake.script(sse([*events, delta(finish_reason="function_call"), "[DONE]"]))
    whole = eq.stream_chunk_builder(way.stream(**ask))
    function_call = whole.choices[0].message.function_call
    assert (function_call.name, function_call.arguments) == ("look", PARIS)


def test_the_whole_round(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    """The model calls two tools, their results go back with its own message, and the wire holds just that."""
    fake.script(text(tool_calls=[ToolCall("look", {"city": "Zürich"}, "a"), ToolCall("look", {"city": "Rom"}, "b")]))
    message = eq.stream_chunk_builder(way.stream(**ask)).choices[0].message
    results = [{"role": "tool", "tool_call_id": each.id, "content": "sunny"} for each in message.tool_calls]
    way.completion(**{**ask, "messages": [*ask["messages"], message, *results]})
    sent = fake.requests[1].json["messages"]
    assert sent[0] == ask["messages"][0]
    assert sent[2:] == results
    assert sent[1]["role"] == "assistant"
    assert [each["id"] for each in sent[1]["tool_calls"]] == ["a", "b"]
    assert [json.loads(each["function"]["arguments"]) for each in sent[1]["tool_calls"]] == [
        {"city": "Zürich"},
        {"city": "Rom"},
    ]
    assert set(sent[1]) <= {"role", "content", "tool_calls", "refusal"}
