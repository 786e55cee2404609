"""Chunks of a chat: nothing is lost, and the first choice's delta is always there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edgequake_async.zaguan.models import ChatChunk, Message, read_chunk


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"choices": []},
        {"choices": None},
        {"choices": {}},
        {"choices": "none"},
        {"choices": [None, 5]},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": "text"}]},
        {"choices": [{"index": 0, "delta": []}]},
        {"choices": [{"delta": {"role": "", "tool_calls": None}}], "usage": []},
        {"error": {"message": "in the stream"}},
    ],
    ids=repr,
)
def test_the_delta_of_the_first_choice_is_always_there(sent: dict[str, Any]) -> None:
    delta = read_chunk(json.dumps(sent)).choices[0].delta
    assert isinstance(delta, Message)
    assert delta.content is None


def test_a_chunk_of_usage_alone() -> None:
    chunk = read_chunk(b'{"id":"c","choices":[],"usage":{"total_tokens":3},"promptshield":{"credits_used":1}}')
    assert chunk.usage is not None
    assert chunk.promptshield is not None
    assert (chunk.usage.total_tokens, chunk.promptshield.credits_used, len(chunk.choices)) == (3, 1, 1)


@pytest.mark.parametrize(
    "sent",
    [
        {"choices": [{"delta": {"content": "a\u2028b"}}]},
        {"choices": [{"index": 1, "delta": {"tool_calls": [{"index": 0}]}}, {"index": 0, "finish_reason": "stop"}]},
        {
            "choices": [{"delta": {"content": "a", "new": 1}, "new": 2}],
            "new": {"deep": []},
            "id": 5,
            "created": 1.5,
        },
        {"choices": [{"delta": {"content": "a"}}], "usage": "none"},
    ],
    ids=repr,
)
def test_nothing_is_lost_and_nothing_invented(sent: dict[str, Any]) -> None:
    chunk = read_chunk(json.dumps(sent).encode())
    assert chunk.model_dump(exclude_unset=True) == sent
    assert isinstance(chunk, ChatChunk)


def test_empty_deltas_are_not_shared() -> None:
    first, second = read_chunk("{}"), read_chunk("{}")
    assert first.choices[0].delta is not None
    first.choices[0].delta.content = "mine"
    assert second.choices[0].delta == Message()


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b'"text"', b"{", b"[" * 100_000])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_chunk(data)
