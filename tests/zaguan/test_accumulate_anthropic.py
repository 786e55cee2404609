"""Events of Anthropic's Messages API, put together: nothing lost, nothing mixed, nothing invented."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from edgequake_async.types.tolerant import read
from edgequake_async.zaguan.accumulate import accumulate_messages_events
from edgequake_async.zaguan.models import AnthropicMessagesStreamEvent

from .wire import ANTHROPIC_EVENTS


def events(documents: Iterable[Mapping[str, Any]]) -> list[BaseModel | Mapping[str, Any]]:
    return [read(AnthropicMessagesStreamEvent, json.dumps(document)) for document in documents]


def test_anthropic_events() -> None:
    message = accumulate_messages_events(events(ANTHROPIC_EVENTS))
    assert message == accumulate_messages_events(ANTHROPIC_EVENTS)
    assert (message.id, message.role, message.type, message.model) == (
        "msg_1",
        "assistant",
        "message",
        "claude-sonnet-4",
    )
    thinking, text, tool = message.content
    assert (thinking.type, thinking.thinking, thinking.signature) == ("thinking", "Hm.", "sig==")
    assert (text.type, text.text) == ("text", "Hello")
    assert (tool.type, tool.id, tool.name) == ("tool_use", "toolu_1", "weather")
    assert isinstance(tool.input, dict)
    assert tool.model_extra == {}
    assert message.stop_reason == next(
        e["delta"]["stop_reason"] for e in ANTHROPIC_EVENTS if e["type"] == "message_delta"
    )
    assert message.usage is not None
    assert message.usage.input_tokens == 25
    assert (message.usage.output_tokens or 0) > 1


def start(index: int | None, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int | None, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": fields}


def blocks(*documents: dict[str, Any]) -> list[dict[str, Any]]:
    models = accumulate_messages_events(events(documents)).content
    plain = accumulate_messages_events(documents).content
    assert models == plain
    return [block.model_dump(exclude_unset=True) for block in models]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (['{"a"', ": [1]}"], {"input": {"a": [1]}}),
        ([], {"input": {}}),
        (["", ""], {"input": {}}),
        (['{"a": [', "1"], {"input": {}, "partial_json": '{"a": [1'}),
    ],
)
def test_the_input_of_a_tool(parts: list[str], expected: dict[str, Any]) -> None:
    opening = start(0, type="tool_use", id="t", name="f", input={})
    pieces = [delta(0, type="input_json_delta", partial_json=text) for text in parts]
    assert blocks(opening, *pieces) == [{"type": "tool_use", "id": "t", "name": "f", **expected}]


def test_blocks_stay_apart_and_keep_what_is_unknown() -> None:
    cited = {"type": "char_location", "cited_text": "x"}
    assert blocks(
        start(1, type="text", text="B"),
        start(0, type="text", text="", vendor=1),
        delta(0, type="text_delta", text="a"),
        delta(1, type="text_delta", text="b"),
        delta(0, type="citations_delta", citation=cited),
        delta(0, type="citations_delta", citation=cited),
        delta(1, type="news_delta", news={"n": 1}),
        start(2, type="redacted_thinking", data="xyz"),
    ) == [
        {"type": "text", "text": "a", "vendor": 1, "citations": [cited, cited]},
        {"type": "text", "text": "Bb", "news": {"n": 1}},
        {"type": "redacted_thinking", "data": "xyz"},
    ]


def test_blocks_without_index_follow_each_other() -> None:
    assert blocks(
        start(None, type="text", text=""),
        delta(None, type="text_delta", text="a"),
        start(None, type="text", text=""),
        delta(None, type="text_delta", text="b"),
    ) == [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]


def test_a_stream_that_broke_off_gives_what_had_arrived() -> None:
    for end in range(len(ANTHROPIC_EVENTS) + 1):
        message = accumulate_messages_events(ANTHROPIC_EVENTS[:end])
        assert len(message.content) == sum(e["type"] == "content_block_start" for e in ANTHROPIC_EVENTS[:end])
    assert accumulate_messages_events([]).id is None
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "m"}}
    assert accumulate_messages_events([error, {"type": "news"}, {}]).content == []


def test_counts_and_reasons_are_the_last_that_were_sent() -> None:
    begun = {"input_tokens": 5, "output_tokens": 1, "cache_read_input_tokens": 2}
    message = accumulate_messages_events(
        [
            {
                "type": "message_start",
                "message": {"id": "m", "content": [{"type": "text", "text": "x"}], "usage": begun},
            },
            {
                "type": "message_delta",
                "delta": {"stop_reason": None},
                "usage": {"output_tokens": 4, "input_tokens": None},
            },
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None, "container": {"id": "c"}},
                "usage": {"output_tokens": 9},
                "context_management": {"applied_edits": []},
            },
        ]
    )
    assert message.model_dump(exclude_unset=True) == {
        "id": "m",
        "content": [{"type": "text", "text": "x"}],
        "stop_reason": "end_turn",
        "container": {"id": "c"},
        "context_management": {"applied_edits": []},
        "usage": {**begun, "output_tokens": 9},
    }


@pytest.mark.parametrize(
    "document",
    [
        {"type": "message_start", "message": None},
        {"type": "message_start", "message": {"content": "x", "usage": 3}},
        {"type": "content_block_start", "index": "x"},
        {"type": "content_block_delta", "delta": None},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": 3}},
        {"type": "message_delta", "delta": "x", "usage": "x"},
    ],
)
def test_no_event_is_too_strange(document: dict[str, Any]) -> None:
    for at in range(len(ANTHROPIC_EVENTS) + 1):
        documents = [*ANTHROPIC_EVENTS[:at], document, *ANTHROPIC_EVENTS[at:]]
        assert isinstance(accumulate_messages_events(events(documents)).content, list)
        assert isinstance(accumulate_messages_events(documents).content, list)
