"""Streams of chat chunks, put together: nothing lost, nothing mixed, nothing invented."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from edgequake_async.zaguan.accumulate import (
    StreamAccumulator,
    reconstruct_message_from_stream,
)
from edgequake_async.zaguan.models import ChatChunk, ChatResponse, Message, Usage
from edgequake_async.zaguan.models.chat import read_chunk

from .wire import MODEL, USAGE, chunk


def accumulated(*chunks: dict[str, Any] | ChatChunk) -> StreamAccumulator:
    accumulator = StreamAccumulator()
    for each in chunks:
        accumulator.add_chunk(each if isinstance(each, ChatChunk) else read_chunk(json.dumps(each).encode()))
    return accumulator


def part(arguments: str | None, name: str | None = None, id: str | None = None, **more: Any) -> dict[str, Any]:
    """A fragment of a tool call."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    named = {} if id is None else {"id": id, "type": "function"}
    return {**named, "function": function, **more}


def calls(*pieces: list[dict[str, Any]]) -> list[tuple[Any, Any, Any]]:
    got = accumulated(*(chunk(tool_calls=piece) for piece in pieces)).tool_calls
    assert all("index" not in call for call in got)
    return [(call.get("id"), call["function"].get("name"), call["function"]["arguments"]) for call in got]


def test_a_stream_of_text() -> None:
    accumulator = accumulated(
        chunk("", role="assistant"), chunk("Hel"), chunk("lo"), chunk(None, "stop"), {"choices": [], "usage": USAGE}
    )
    assert (accumulator.id, accumulator.object, accumulator.created) == ("chatcmpl-1", "chat.completion.chunk", 1)
    assert (accumulator.model, accumulator.role, accumulator.finish_reason) == (MODEL, "assistant", "stop")
    assert (accumulator.get_content(), accumulator.content_parts, accumulator.tool_calls) == ("Hello", ["Hello"], [])
    assert accumulator.get_message() == Message(role="assistant", content="Hello")
    assert accumulator.usage == Usage(**USAGE)
    assert accumulator.get_response().model_dump(exclude_unset=True) == {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage": USAGE,
    }


def test_nothing_yet() -> None:
    accumulator = accumulated({"choices": []}, {})
    assert (accumulator.id, accumulator.object, accumulator.created, accumulator.model) == (None, None, None, None)
    assert (accumulator.role, accumulator.finish_reason, accumulator.usage) == (None, None, None)
    assert (accumulator.get_content(), accumulator.content_parts, accumulator.get_reasoning()) == ("", [], "")
    assert accumulator.get_message() == accumulator.get_message(7) == Message()
    response = accumulator.get_response()
    assert isinstance(response, ChatResponse)
    assert (response.choices, response.usage) == ([], None)


def test_choices_stay_apart() -> None:
    accumulator = accumulated(
        *(chunk(text, index=index) for index, text in [(1, "B1"), (0, "A1"), (1, "B2"), (0, "A2")]),
        chunk(None, "length", index=1),
        chunk(None, "stop", index=0),
        chunk(index=2, tool_calls=[part("{}", "f", "c1", index=0)]),
    )
    assert [accumulator.get_content(index) for index in range(4)] == ["A1A2", "B1B2", "", ""]
    choices = accumulator.get_response().choices
    assert [(choice.index, choice.finish_reason) for choice in choices] == [(0, "stop"), (1, "length"), (2, None)]
    assert (accumulator.finish_reason, accumulator.tool_calls) == ("stop", [])
    assert accumulator.get_message(2).tool_calls == [part("{}", "f", "c1")]


def test_two_choices_in_one_chunk() -> None:
    both = [{"index": index, "delta": {"content": text}} for index, text in ((0, "a"), (1, "b"))]
    accumulator = accumulated({"choices": both}, {"choices": both[::-1]})
    assert (accumulator.get_content(0), accumulator.get_content(1)) == ("aa", "bb")


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(
            [[part("", "f", "a", index=0)], [part('{"x"', index=0)], [part(": 1}", index=0)]],
            [("a", "f", '{"x": 1}')],
            id="one-call",
        ),
        pytest.param(
            [
                [part("", "f", "a", index=0)],
                [part("", "g", "b", index=1)],
                [part("{1", index=0), part("{2", index=1)],
                [part("}", index=1)],
                [part("}", index=0)],
            ],
            [("a", "f", "{1}"), ("b", "g", "{2}")],
            id="interleaved",
        ),
        pytest.param(
            [[part("{", "f", "a", index=0)], [part("1", "f", "", index=0)], [part("}", "f", "a", index=0)]],
            [("a", "f", "{1}")],
            id="name-and-id-repeated",
        ),
        pytest.param([[part("{", index=0)], [part("}", "f", "a", index=0)]], [("a", "f", "{}")], id="name-and-id-late"),
        pytest.param(
            [[part("{", "f", "a")], [part("{", "g", "b")], [part("1}", id="a")], [part("2}", id="b")]],
            [("a", "f", "{1}"), ("b", "g", "{2}")],
            id="by-id",
        ),
        pytest.param([[part("{", "f", "a")], [part("}")]], [("a", "f", "{}")], id="to-the-call-before"),
        pytest.param(
            [[part("{1", "f"), part("{2", "f")], [part("}"), part("}")]],
            [(None, "f", "{1}"), (None, "f", "{2}")],
            id="by-place",
        ),
        pytest.param(
            [[part("{1}", "f", "")], [part("{2}", "g", "")]],
            [("", "f", "{1}"), ("", "g", "{2}")],
            id="by-name",
        ),
        pytest.param([[part(None, "f", "a", index=0)]], [("a", "f", "")], id="without-arguments"),
        pytest.param([[part("{}", "f", "a", index=3)]], [("a", "f", "{}")], id="from-index-3"),
    ],
)
def test_fragments_of_tool_calls(pieces: list[list[dict[str, Any]]], expected: list[Any]) -> None:
    assert calls(*pieces) == expected


def test_other_fields_of_a_call_are_kept() -> None:
    accumulator = accumulated(
        chunk(tool_calls=[part("{", "f", "a", index=0, extra_content={"google": {"thought_signature": "s"}})]),
        chunk(tool_calls=[part("}", index=0, note="n")]),
    )
    more = {"extra_content": {"google": {"thought_signature": "s"}}, "note": "n"}
    assert accumulator.tool_calls == [part("{}", "f", "a", **more)]


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning(name: str) -> None:
    accumulator = accumulated(
        chunk(**{name: "Hm"}), chunk(**{name: "m."}), chunk("Four."), chunk("B", index=1, **{name: "b"})
    )
    assert (accumulator.get_reasoning(), accumulator.get_content()) == ("Hmm.", "Four.")
    assert accumulator.get_reasoning(1) == "b"
    assert getattr(accumulator.get_message(), name) == "Hmm."


def test_the_first_name_of_reasoning_wins_where_both_are_sent() -> None:
    assert accumulated(chunk(reasoning_content="a", reasoning="a")).get_reasoning() == "a"


def test_content_in_parts() -> None:
    def thought(text: str) -> list[dict[str, Any]]:
        return [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]

    accumulator = accumulated(
        chunk(content=thought("H")),
        chunk(content=thought("m.")),
        chunk(content=[{"type": "text", "text": "Fo"}]),
        chunk("ur"),
        chunk(content=[{"type": "reference", "reference_ids": [1]}, {"type": "text", "text": "."}]),
    )
    assert (accumulator.get_content(), accumulator.get_reasoning()) == ("Four.", "Hm.")
    assert accumulator.get_message().content == [
        *thought("Hm."),
        {"type": "text", "text": "Four"},
        {"type": "reference", "reference_ids": [1]},
        {"type": "text", "text": "."},
    ]


def test_everything_else_of_a_message_is_kept() -> None:
    accumulator = accumulated(
        chunk(refusal="No", audio={"id": "a", "data": "AA", "transcript": "x"}, annotations=[{"n": 1}]),
        chunk(refusal=".", audio={"data": "BB", "transcript": "y"}, annotations=[{"n": 2}], citations=["u"], vendor=3),
    )
    assert accumulator.get_message().model_dump(exclude_unset=True) == {
        "role": "assistant",
        "content": None,
        "refusal": "No.",
        "audio": {"id": "a", "data": "AABB", "transcript": "xy"},
        "annotations": [{"n": 1}, {"n": 2}],
        "citations": ["u"],
        "vendor": 3,
    }


def test_everything_beside_the_choices_is_kept() -> None:
    shield = {"credits_used": 1, "credits_remaining": 9}
    choice = {"index": 0, "delta": {"content": "x"}, "logprobs": {"content": [{"token": "x"}]}, "vendor": 1}
    accumulator = accumulated(
        {"id": "", "model": "", "choices": []},
        {"id": "c", "model": "m", "choices": [choice], "usage": {"total_tokens": 1}, "system_fingerprint": "f"},
        {"id": "d", "choices": [choice], "usage": {**USAGE, "vendor": {"a": 1}}, "usage_note": None},
        {"id": "c", "choices": [], "promptshield": shield, "citations": ["u"], "vendor": {"b": 2}, "usage": None},
    )
    response = accumulator.get_response()
    assert (response.id, response.model, response.system_fingerprint) == ("c", "m", "f")
    assert response.usage is not None
    assert response.usage.model_dump(exclude_unset=True) == {**USAGE, "vendor": {"a": 1}}
    assert response.promptshield is not None
    assert (response.promptshield.credits_remaining, response.citations) == (9, ["u"])
    assert response.model_extra == {"vendor": {"b": 2}}
    assert response.choices[0].logprobs == {"content": [{"token": "x"}, {"token": "x"}]}
    assert response.choices[0].model_extra == {"vendor": 1}


@pytest.mark.parametrize(
    "document",
    [
        {"choices": None},
        {"choices": "x"},
        {"choices": [None, 3, {"index": 0, "delta": None}]},
        {"choices": [{"index": None, "delta": {"content": None, "role": "", "tool_calls": None}}]},
        {"choices": [{"delta": {"tool_calls": "x"}}, {"delta": {"tool_calls": [None, 3]}}]},
        {"choices": [{"delta": {"tool_calls": [{"index": "0", "function": None}]}}]},
        {"choices": [{"delta": {"content": 3, "annotations": 3, "audio": 3, "reasoning_details": 3, "refusal": {}}}]},
        {"choices": [{"delta": {"function_call": 3, "tool_calls": [{"index": 0, "function": 3}]}, "logprobs": 3}]},
        {"id": 3, "created": "now", "model": None, "usage": "x", "promptshield": [1]},
    ],
)
def test_no_chunk_is_too_strange(document: dict[str, Any]) -> None:
    delta = {"annotations": [], "audio": {}, "function_call": {"name": "f"}, "reasoning_details": [], "refusal": "r"}
    usual = chunk("x", **delta, tool_calls=[part("{}", "f", index=0)])
    usual["choices"][0]["logprobs"] = {"content": []}
    accumulator = accumulated(document, usual)
    accumulator.add_chunk(document)
    accumulator.add_chunk(usual)
    assert accumulator.get_content() == "xx"
    assert accumulator.tool_calls[-1]["function"]["name"] == "f"
    assert accumulator.get_response().choices[0].message == accumulator.get_message()
    assert (accumulator.get_reasoning(), accumulator.usage) == ("", None)


def test_neither_chunks_nor_what_was_taken_changes() -> None:
    chunks = [
        read_chunk(json.dumps(each).encode())
        for each in (
            chunk("a", role="assistant", tool_calls=[part("{", "f", "c", index=0)], annotations=[{"n": 1}]),
            chunk("b", tool_calls=[part("}", index=0)], annotations=[{"n": 2}]),
        )
    ]
    before = deepcopy(chunks)
    accumulator = accumulated(chunks[0])
    taken = (accumulator.get_message(), accumulator.get_response(), accumulator.tool_calls)
    kept = deepcopy(taken)
    accumulator.add_chunk(chunks[1])
    assert accumulator.tool_calls == [part("{}", "f", "c")]
    assert taken == kept
    assert chunks == before
    accumulator.tool_calls.clear()
    accumulator.get_message().content = "mine"
    assert (accumulator.get_content(), len(accumulator.tool_calls)) == ("ab", 1)


def test_reset_forgets() -> None:
    accumulator = accumulated(chunk("old", "stop", tool_calls=[part("{}", "f", "c", index=0)]), {"usage": USAGE})
    accumulator.reset()
    assert (accumulator.get_content(), accumulator.id, accumulator.usage, accumulator.tool_calls) == (
        "",
        None,
        None,
        [],
    )
    accumulator.add_chunk(chunk("new"))
    assert accumulator.get_content() == "new"


def test_reconstruct_takes_models_dicts_and_any_iterable() -> None:
    chunks = [chunk("Hel", role="assistant"), chunk("lo"), {"choices": [], "usage": USAGE}]
    expected = Message(role="assistant", content="Hello")
    assert reconstruct_message_from_stream(chunks) == expected
    assert reconstruct_message_from_stream(ChatChunk(**each) for each in chunks) == expected
    assert reconstruct_message_from_stream([]) == Message()
