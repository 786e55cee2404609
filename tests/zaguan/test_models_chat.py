"""Chat requests as they go out, and answers as they come in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from edgequake_async.types.tolerant import read
from edgequake_async.zaguan.models import (
    ChatRequest,
    ChatResponse,
    Citation,
    Usage,
    read_citations,
)

HELLO = [{"role": "user", "content": "Hello"}]


def request(**fields: Any) -> ChatRequest:
    return ChatRequest(**{"model": "openai/gpt-4o", "messages": HELLO, **fields})


def body(asked: BaseModel) -> Any:
    return json.loads(asked.model_dump_json(exclude_none=True))


class TestRequest:
    def test_only_what_was_set_is_sent(self) -> None:
        assert body(request()) == {"model": "openai/gpt-4o", "messages": HELLO}
        assert body(request(stream=None, temperature=None, unknown=None)) == body(request())
        assert body(request(stream=False, temperature=0)) == {**body(request()), "stream": False, "temperature": 0}

    @pytest.mark.parametrize(
        "fields",
        [
            {"model": ""},
            {"model": "  "},
            {"model": None},
            {"messages": []},
            {"messages": "Hello"},
            {"messages": None},
            {"temperature": -0.1},
            {"temperature": 9},
            {"temperature": float("nan")},
            {"top_p": -0.1},
            {"top_p": 1.1},
            {"presence_penalty": -2.1},
            {"presence_penalty": 2.1},
            {"frequency_penalty": -2.1},
            {"frequency_penalty": 2.1},
            {"logit_bias": {"1": float("inf")}},
            {"max_tokens": "many"},
            {"tools": "all"},
            {"extra_body": [1]},
        ],
        ids=repr,
    )
    def test_refused(self, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError) as refusal:
            request(**fields)
        assert refusal.value.errors()[0]["loc"][0] == next(iter(fields))

    @pytest.mark.parametrize(
        "fields",
        [
            {"temperature": 0.0},
            {"temperature": 2.0},
            {"top_p": 1.0},
            {"presence_penalty": -2.0},
            {"frequency_penalty": 2.0},
            {"reasoning_effort": "none"},
            {"reasoning_effort": "xhigh"},
            {"thinking": False},
            {"thinking": {"type": "enabled", "budget_tokens": 20_000}},
            {"verbosity": "medium"},
            {"metadata": {"tenant": 5, "tags": ["a", None]}},
            {"stop": "END"},
            {"stop": ["a", "b"]},
            {"seed": 7, "n": 2, "user": "u"},
            {"max_completion_tokens": 5, "max_tokens": 6},
            {"stream": True, "stream_options": {"include_usage": True}},
            {"logprobs": True, "top_logprobs": 3},
            {"service_tier": "flex", "store": True, "parallel_tool_calls": False},
            {"tool_choice": "required"},
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"const": None}}}]},
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {"default": None}}}},
            {"modalities": ["text", "audio"], "audio": {"voice": "marin", "format": "mp3"}},
            {"virtual_model_id": "my-app"},
            {"logit_bias": {"50256": -100}},
            {"a_field_of_tomorrow": {"deep": [None]}},
            {"provider_specific_params": {}},
            {"provider_specific_params": {"nothing": None}},
        ],
        ids=repr,
    )
    def test_sent_as_given(self, fields: dict[str, Any]) -> None:
        assert body(request(**fields)) == {**body(request()), **fields}

    def test_token_ids_may_be_numbers(self) -> None:
        assert body(request(logit_bias={50256: -100}))["logit_bias"] == {"50256": -100}

    def test_a_copy_is_independent(self) -> None:
        asked = request(extra_body={"deep": {"a": 1}}, tools=[{"name": "f"}], unknown=[1])
        before = asked.model_dump()
        copied = asked.copy()
        assert copied == asked
        assert copied.extra_body is not None
        assert copied.tools is not None
        copied.extra_body["deep"]["a"] = 2
        copied.tools[0]["name"] = "g"
        copied.messages[0].content = "Bye"
        copied.unknown.append(2)  # type: ignore[attr-defined]
        copied.temperature = 1
        assert asked.model_dump() == before
        assert type(copied) is ChatRequest

    def test_messages_may_be_added_as_dicts(self) -> None:
        asked = request()
        asked.messages.append({"role": "tool", "content": "5"})  # type: ignore[arg-type]
        assert body(asked)["messages"] == [*HELLO, {"role": "tool", "content": "5"}]


FOLDED = [
    ({"extra_body": {"b": 2}}, {"b": 2}),
    ({"provider_specific_params": {"a": 1}}, {"a": 1}),
    ({"provider_specific_params": {"a": 1}, "extra_body": {"b": 2}}, {"a": 1, "b": 2}),
    ({"provider_specific_params": {"a": 1, "b": 1}, "extra_body": {"b": 2}}, {"a": 1, "b": 2}),
    ({"provider_specific_params": {"a": {"x": 1}}, "extra_body": {"a": {"y": None}}}, {"a": {"y": None}}),
    ({"provider_specific_params": {"a": 1}, "extra_body": {}}, {"a": 1}),
    ({"provider_specific_params": {}, "extra_body": {"b": 2}}, {"b": 2}),
]


class TestExtraBody:
    @pytest.mark.parametrize(("fields", "folded"), FOLDED, ids=repr)
    def test_goes_out_as_provider_specific_params(self, fields: dict[str, Any], folded: dict[str, Any]) -> None:
        asked = request(**fields)
        expected = {**body(request()), "provider_specific_params": folded}
        assert asked.model_dump(exclude_none=True) == expected
        assert body(asked) == expected
        assert json.loads(asked.model_dump_json())["provider_specific_params"] == folded
        assert "extra_body" not in asked.model_dump()
        assert "extra_body" not in asked.model_dump_json()

    def test_inside_another_model(self) -> None:
        class Job(BaseModel):
            asked: ChatRequest
            others: list[ChatRequest]
            anything: Any

        asked = request(extra_body={"b": 2})
        job = Job(asked=asked, others=[asked], anything={"deep": asked})
        expected = {**body(request()), "provider_specific_params": {"b": 2}}
        nested = {"asked": expected, "others": [expected], "anything": {"deep": expected}}
        assert job.model_dump(exclude_none=True) == nested
        assert body(job) == nested

    @pytest.mark.parametrize("fields", [{}, {"extra_body": {}}, {"extra_body": None}], ids=repr)
    def test_nothing_is_sent_where_nothing_was_set(self, fields: dict[str, Any]) -> None:
        assert body(request(**fields)) == body(request())
        assert "extra_body" not in request(**fields).model_dump()

    def test_the_request_itself_keeps_both(self) -> None:
        asked = request(provider_specific_params={"a": 1}, extra_body={"b": 2})
        body(asked)
        assert (asked.provider_specific_params, asked.extra_body) == ({"a": 1}, {"b": 2})

    def test_parts_of_a_dump(self) -> None:
        asked = request(extra_body={"b": 2})
        assert asked.model_dump(include={"model"}) == {"model": "openai/gpt-4o"}
        assert asked.model_dump(exclude={"extra_body"}, exclude_none=True) == body(request())


ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1700000000,
    "model": "openai/gpt-4o",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hi",
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}, "x": 1}],
                "reasoning_content": "hm",
                "citations": ["https://a", {"url": "https://b", "title": "B", "more": 1}],
                "unknown": {"deep": None},
            },
            "finish_reason": "stop",
            "logprobs": {"content": []},
            "unknown": 1,
        }
    ],
    "usage": {
        "prompt_tokens": 1,
        "completion_tokens": 2.5,
        "total_tokens": 3,
        "completion_tokens_details": {"reasoning_tokens": 4, "unknown": 5},
        "cost": 0.25,
    },
    "promptshield": {"credits_used": 1.5, "credits_remaining": 7, "warning": "low", "unknown": True},
    "citations": ["https://a"],
    "system_fingerprint": "fp",
    "metadata": {"a": [1]},
    "unknown": {"deep": [{}]},
}


class TestAnswer:
    def test_every_field_has_its_type_and_nothing_is_lost(self) -> None:
        answer = read(ChatResponse, json.dumps(ANSWER).encode())
        assert answer.model_dump(exclude_unset=True) == ANSWER
        choice = answer.choices[0]
        assert choice.message is not None
        assert answer.usage is not None
        assert answer.promptshield is not None
        assert choice.message.tool_calls == ANSWER["choices"][0]["message"]["tool_calls"]
        assert type(choice.message.tool_calls[0]) is dict
        assert answer.usage.completion_tokens_details is not None
        assert answer.usage.completion_tokens_details.reasoning_tokens == 4
        assert (answer.promptshield.credits_used, answer.promptshield.credits_total) == (1.5, None)
        assert answer.unknown == {"deep": [{}]}  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        "changed",
        [
            {"usage": None},
            {"usage": "none"},
            {"usage": {"prompt_tokens": None, "completion_tokens": "5"}},
            {"id": None, "object": None, "created": None},
            {"created": "yesterday"},
            {"choices": [{"index": "0", "message": {"role": ""}}]},
            {"choices": [{"message": {"role": "critic", "content": 5}}]},
            {"choices": [{"message": None}, None, "text"]},
            {"promptshield": []},
        ],
        ids=repr,
    )
    def test_what_no_schema_promises_is_read_too(self, changed: dict[str, Any]) -> None:
        sent = {**ANSWER, **changed}
        assert read(ChatResponse, json.dumps(sent).encode()).model_dump(exclude_unset=True) == sent

    def test_a_message_can_be_sent_back_with_all_it_carried(self) -> None:
        message = read(ChatResponse, json.dumps(ANSWER).encode()).choices[0].message
        assert message is not None
        assert body(request(messages=[*HELLO, message]))["messages"] == [*HELLO, ANSWER["choices"][0]["message"]]

    def test_citations_in_one_shape(self) -> None:
        answer = read(ChatResponse, json.dumps(ANSWER).encode())
        assert answer.choices[0].message is not None
        assert read_citations(answer.choices[0].message.citations) == [
            Citation(url="https://a"),
            Citation(url="https://b", title="B", more=1),  # type: ignore[call-arg]
        ]
        assert read_citations(answer.citations) == [Citation(url="https://a")]
        assert read_citations(None) == read_citations("x") == read_citations([None, 5]) == []

    @pytest.mark.parametrize(
        ("details", "reasoning", "cached"),
        [
            ({}, False, False),
            ({"completion_tokens_details": {"reasoning_tokens": 3}}, True, False),
            ({"completion_tokens_details": {"reasoning_tokens": 0}}, False, False),
            ({"prompt_tokens_details": {"cached_tokens": 3}}, False, True),
            ({"prompt_tokens_details": {"cached_tokens": "3"}, "completion_tokens_details": None}, False, False),
            ({"prompt_tokens_details": [], "completion_tokens_details": "x"}, False, False),
        ],
        ids=repr,
    )
    def test_kinds_of_tokens(self, details: dict[str, Any], reasoning: bool, cached: bool) -> None:
        usage = read(Usage, json.dumps(details).encode())
        assert (usage.has_reasoning_tokens(), usage.has_cached_tokens()) == (reasoning, cached)
