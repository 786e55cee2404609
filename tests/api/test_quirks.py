"""What providers of OpenAI's protocol do in their own way: none of it is lost, and sent back it goes out as it came."""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, raw

from .ways import USER, WAYS

(WAY,) = [way for way in WAYS if way.name == "asyncio"]


def whole(message: dict[str, Any], reason: str = "stop", **beside: Any) -> dict[str, Any]:
    """A completion that says ``message``."""
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], **beside}


def events(*deltas: dict[str, Any], **last: Any) -> Any:
    """A stream of ``deltas``, ``last`` beside the choices of the finishing chunk."""
    chunks: list[dict[str, Any]] = [
        {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    chunks.append({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], **last})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return raw(200, [("Content-Type", "text/event-stream")], body)


def call(fake: FakeProvider, provider: str, **arguments: Any) -> dict[str, Any]:
    """The arguments of a call to the fake provider under a provider's name."""
    target = {"model": f"{provider}/m", "api_base": fake.base_url, "api_key": fake.api_key}
    return {**target, "messages": USER, **arguments}


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
@pytest.mark.parametrize("provider", ["groq", "openrouter", "together_ai", "cerebras", "deepseek"])
def test_reasoning_is_read_under_one_name(fake: FakeProvider, provider: str, field: str) -> None:
    fake.script(raw(200, (), whole({"content": "4", field: "2 and 2"})), events({field: "2 "}, {field: "and 2"}))
    message = WAY.completion(**call(fake, provider)).choices[0].message
    assert (message.reasoning_content, message[field]) == ("2 and 2", "2 and 2")
    chunks = WAY.stream(**call(fake, provider))
    assert [chunk.choices[0].delta.reasoning_content for chunk in chunks[:2]] == ["2 ", "and 2"]
    built = eq.stream_chunk_builder(chunks)
    assert built is not None
    assert built.choices[0].message.reasoning_content == "2 and 2"


DETAILS = [
    {"type": "reasoning.text", "text": "Hm.", "signature": "c2ln", "format": "anthropic-claude-v1", "index": 0},
    {"type": "reasoning.encrypted", "data": "b3BhcXVl", "id": "rs_1", "format": "openai-responses-v1", "index": 1},
]


def test_openrouter_s_reasoning_details_go_back_as_they_came(fake: FakeProvider) -> None:
    pieces = [[{"type": "reasoning.text", "text": "H", "index": 0}], [{**DETAILS[0], "text": "m."}], [DETAILS[1]]]
    fake.script(
        raw(200, (), whole({"content": "4", "reasoning": "Hm.", "reasoning_details": DETAILS})),
        raw(200, (), whole({"content": "5"})),
        events(*({"content": "", "reasoning_details": piece} for piece in pieces), {"content": "4"}),
        raw(200, (), whole({"content": "5"})),
    )
    messages = [WAY.completion(**call(fake, "openrouter")).choices[0].message]
    WAY.completion(**call(fake, "openrouter", messages=[*USER, messages[0], *USER]))
    built = eq.stream_chunk_builder(WAY.stream(**call(fake, "openrouter")))
    assert built is not None
    WAY.completion(**call(fake, "openrouter", messages=[*USER, built.choices[0].message, *USER]))
    for request in (fake.requests[1], fake.requests[3]):
        assert request.json["messages"][1]["reasoning_details"] == DETAILS


def test_deepseek_s_prefix_is_sent(fake: FakeProvider) -> None:
    messages = [*USER, {"role": "assistant", "content": "```python\n", "prefix": True}]
    fake.script(raw(200, (), whole({"content": "1"})))
    WAY.completion(**call(fake, "deepseek", messages=messages, stop=["```"]))
    assert fake.requests[0].json["messages"] == messages


FOUND = {
    "citations": ["https://a.example"],
    "search_results": [{"title": "A", "url": "https://a.example", "date": None}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "search_context_size": "low"},
}


def test_perplexity_s_citations_are_kept(fake: FakeProvider) -> None:
    fake.script(raw(200, (), whole({"content": "A [1]."}, **FOUND)), events({"content": "A [1]."}, **FOUND))
    response = WAY.completion(**call(fake, "perplexity"))
    built = eq.stream_chunk_builder(WAY.stream(**call(fake, "perplexity")))
    assert built is not None
    for answer in (response, built):
        assert (answer.citations, answer.search_results) == (FOUND["citations"], FOUND["search_results"])
        assert answer.usage.search_context_size == "low"


@pytest.mark.parametrize("reason", ["tool_call", "eos", "length", "insufficient_system_resource"])
def test_a_finish_reason_is_the_provider_s_own(fake: FakeProvider, reason: str) -> None:
    fake.script(raw(200, (), whole({"content": "4"}, reason)))
    assert WAY.completion(**call(fake, "deepseek")).choices[0].finish_reason == reason


def test_tool_calls_without_index_are_told_apart(fake: FakeProvider) -> None:
    def piece(id: str, name: str, arguments: str) -> dict[str, Any]:
        return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}

    fake.script(events({"tool_calls": [piece("a", "f", "{}")]}, {"tool_calls": [piece("b", "f", '{"x":1}')]}))
    chunks = WAY.stream(**call(fake, "hosted_vllm"))
    built = eq.stream_chunk_builder(chunks)
    assert built is not None
    assert built.choices[0].message.tool_calls is not None
    calls = [(each.id, each.function.arguments) for each in built.choices[0].message.tool_calls]
    assert calls == [("a", "{}"), ("b", '{"x":1}')]


def test_groq_is_not_sent_the_thoughts_of_others(fake: FakeProvider) -> None:
    fake.script(raw(200, (), whole({"content": "4", "reasoning_content": "2 and 2", "reasoning": "mine"})))
    message = WAY.completion(**call(fake, "deepseek")).choices[0].message
    for again in (message, json.loads(message.model_dump_json())):
        fake.script(raw(200, (), whole({"content": "5"})))
        WAY.completion(**call(fake, "groq", messages=[*USER, again, *USER]))
        sent = fake.requests[-1].json["messages"]
        told = {name: value for name, value in sent[1].items() if value is not None}
        assert told == {"role": "assistant", "content": "4", "reasoning": "mine"}
        assert not {"reasoning_content", "thinking_blocks"} & sent[1].keys()
        assert (sent[0], sent[2]) == (USER[0], USER[0])
    assert message.reasoning_content == "2 and 2"


def test_deepseek_is_sent_texts_as_one(fake: FakeProvider) -> None:
    parts = [{"type": "text", "text": "One. "}, {"type": "text", "text": "Two."}]
    pictured = [*parts, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]
    messages = [
        {"role": "system", "content": parts},
        eq.Message(role="user", content="x"),
        {"role": "user", "content": pictured},
    ]
    WAY.completion(**call(fake, "deepseek", messages=messages))
    assert [each["content"] for each in fake.requests[0].json["messages"]] == ["One. Two.", "x", pictured]


def test_magistral_thinks_without_being_told(fake: FakeProvider) -> None:
    WAY.completion(**{**call(fake, "mistral"), "model": "mistral/magistral-medium-latest", "reasoning_effort": "low"})
    assert "reasoning_effort" not in fake.requests[0].json


def test_claude_s_metadata_names_the_user(fake: FakeProvider) -> None:
    WAY.completion(**call(fake, "anthropic", metadata={"user_id": "someone", "trace": 1}))
    assert fake.requests[0].json["metadata"] == {"user_id": "someone"}


def test_mistral_s_parts_are_text_and_thoughts(fake: FakeProvider) -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "2 and 2"}], "closed": True},
        {"type": "text", "text": "4"},
    ]
    fake.script(raw(200, (), whole({"content": parts})), events({"content": parts[:1]}, {"content": "4"}))
    answers = [
        WAY.completion(**call(fake, "mistral")),
        eq.stream_chunk_builder(WAY.stream(**call(fake, "mistral"))),
    ]
    for answer in answers:
        assert answer is not None
        message = answer.choices[0].message
        assert (message.content, message.reasoning_content) == ("4", "2 and 2")
        assert message.thinking_blocks == [{"type": "thinking", "thinking": "2 and 2"}]
        fake.script(raw(200, (), whole({"content": "5"})))
        WAY.completion(**call(fake, "mistral", messages=[*USER, message, *USER]))
        assert fake.requests[-1].json["messages"][1] == {"role": "assistant", "content": parts}
        fake.script(raw(200, (), whole({"content": "5"})))
        WAY.completion(**call(fake, "openai", messages=[*USER, message, *USER]))
        assert fake.requests[-1].json["messages"][1]["content"] == "4"
