"""Anthropic's Messages API: what goes out keeps every block, what comes in is read event by event."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from edgequake_async.types.tolerant import read
from edgequake_async.zaguan.models import (
    AnthropicCountTokensRequest,
    AnthropicMessagesBatchItem,
    AnthropicMessagesBatchRequest,
    AnthropicMessagesBatchResult,
    AnthropicMessagesRequest,
    AnthropicMessagesResponse,
    AnthropicMessagesStreamEvent,
    AnthropicThinkingConfig,
    read_messages_batches,
)

HELLO = [{"role": "user", "content": "Hello"}]


def request(**fields: Any) -> AnthropicMessagesRequest:
    return AnthropicMessagesRequest(**{"model": "anthropic/claude", "messages": HELLO, "max_tokens": 10, **fields})


def body(asked: BaseModel) -> Any:
    return json.loads(asked.model_dump_json(exclude_none=True))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"system": "Be brief."},
        {"system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]},
        {"thinking": {"type": "enabled", "budget_tokens": 50_000}},
        {"thinking": {"type": "adaptive", "display": "omitted"}},
        {"tools": [{"name": "f", "input_schema": {}}], "tool_choice": {"type": "any"}},
        {"temperature": 1.0, "top_p": 0.5, "top_k": 0, "stop_sequences": ["x"], "metadata": {"user_id": "u"}},
        {"service_tier": "auto", "container": {"id": None}},
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
                        {"type": "image", "source": {"type": "base64", "data": "AA=="}},
                        {"type": "document", "source": {}, "citations": {"enabled": True}, "title": "t"},
                        {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text"}], "is_error": False},
                        {"type": "of tomorrow", "new": {"deep": [None]}},
                    ],
                    "new": 1,
                }
            ]
        },
    ],
    ids=repr,
)
def test_sent_as_given(fields: dict[str, Any]) -> None:
    assert body(request(**fields)) == {
        "model": "anthropic/claude",
        "messages": HELLO,
        "max_tokens": 10,
        **fields,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": None},
        {"max_tokens": 0},
        {"model": ""},
        {"messages": []},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "", "content": "x"}]},
        {"temperature": 1.1},
        {"top_p": -1},
        {"top_k": -1},
        {"thinking": {"budget_tokens": 1000}},
    ],
    ids=repr,
)
def test_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        request(**fields)
    assert refusal.value.errors()[0]["loc"][0] == next(iter(fields))


def test_max_tokens_must_be_said() -> None:
    with pytest.raises(ValidationError, match="max_tokens"):
        AnthropicMessagesRequest.model_validate({"model": "a", "messages": HELLO})


def test_thinking_may_be_a_model() -> None:
    thinking = AnthropicThinkingConfig(type="enabled", budget_tokens=1024)
    assert body(request(thinking=thinking))["thinking"] == {"type": "enabled", "budget_tokens": 1024}


def test_counting_needs_no_max_tokens() -> None:
    asked = AnthropicCountTokensRequest.model_validate({"model": "a", "messages": HELLO, "tools": []})
    assert body(asked) == {"model": "a", "messages": HELLO, "tools": []}


def test_a_batch_of_requests() -> None:
    item = AnthropicMessagesBatchItem(custom_id="one", params=request(temperature=0.5))
    params = {"model": "anthropic/claude", "messages": HELLO, "max_tokens": 10, "temperature": 0.5}
    sent = {"requests": [{"custom_id": "one", "params": params}]}
    assert body(AnthropicMessagesBatchRequest(requests=[item])) == sent
    assert body(AnthropicMessagesBatchRequest.model_validate(sent)) == sent
    with pytest.raises(ValidationError):
        AnthropicMessagesBatchRequest(requests=[])


ANSWER: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [
        {"type": "thinking", "thinking": "hm", "signature": "s=="},
        {"type": "redacted_thinking", "data": "AA"},
        {"type": "text", "text": "Hi", "citations": [{"type": "char_location", "new": None}]},
        {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": None}, "caller": {"type": "direct"}},
    ],
    "model": "claude",
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 1, "output_tokens": 2, "server_tool_use": {"web_search_requests": 1}},
    "container": {"id": "c"},
}


def test_an_answer_is_read_whole_and_its_content_can_be_sent_back() -> None:
    answer = read(AnthropicMessagesResponse, json.dumps(ANSWER).encode())
    assert answer.model_dump(exclude_unset=True) == ANSWER
    assert [block.type for block in answer.content] == ["thinking", "redacted_thinking", "text", "tool_use"]
    assert answer.usage is not None
    assert answer.usage.server_tool_use == {"web_search_requests": 1}  # type: ignore[attr-defined]
    again = request(messages=[*HELLO, {"role": "assistant", "content": answer.content}])
    assert body(again)["messages"][1]["content"] == ANSWER["content"]


EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {**ANSWER, "content": [], "stop_reason": None}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": '{"a'}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": {"type": "x"}}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 5},
    },
    {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"latency": 1}},
    {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    {"type": "of tomorrow", "delta": [1], "index": "x", "new": {}},
]


@pytest.mark.parametrize("sent", EVENTS, ids=repr)
def test_every_event_is_read_whole(sent: dict[str, Any]) -> None:
    event = read(AnthropicMessagesStreamEvent, json.dumps(sent).encode())
    assert event.model_dump(exclude_unset=True) == sent
    delta = sent.get("delta")
    for name, value in delta.items() if isinstance(delta, dict) else ():
        assert getattr(event.delta, name) == value


BATCH = {"id": "b1", "request_counts": {"processing": 1, "new": 2}, "archived_at": "d", "cancel_initiated_at": None}


@pytest.mark.parametrize("document", [[BATCH], {"data": [BATCH]}, {"data": [BATCH], "has_more": True, "new": 1}])
def test_a_list_of_batches_with_and_without_envelope(document: Any) -> None:
    page = read_messages_batches(document)
    assert page.data[0].archived_at == "d"
    assert page.model_dump(exclude_unset=True) == ({"data": document} if isinstance(document, list) else document)


@pytest.mark.parametrize("document", [None, {}, {"data": None}, "text", {"error": {}}], ids=repr)
def test_what_is_no_list_of_batches_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match="data"):
        read_messages_batches(document)


@pytest.mark.parametrize(
    "outcome",
    [{"type": "succeeded", "message": ANSWER}, {"type": "errored", "error": {"type": "x"}}, {"type": "expired"}],
    ids=lambda outcome: outcome["type"],
)
def test_a_line_of_results(outcome: dict[str, Any]) -> None:
    sent = {"custom_id": "one", "result": outcome}
    line = read(AnthropicMessagesBatchResult, json.dumps(sent).encode())
    assert line.model_dump(exclude_unset=True) == sent
    assert line.result is not None
    assert (line.result.message is not None) is ("message" in outcome)
