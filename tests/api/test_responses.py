"""Answers as they travelled: nothing lost, nothing invented, odd shapes kept, any content encoding undone."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import pickle
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, ToolCall, raw, text

from .ways import Way


def document(message: dict[str, Any] | None = None, choice: dict[str, Any] | None = None, **fields: Any) -> Any:
    said = {"role": "assistant", "content": "Yes."} if message is None else message
    first = {"index": 0, "message": said, "finish_reason": "stop", **(choice or {})}
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [first], **fields}


def without(whole: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in whole.items() if name not in names}


LOGPROB = {"token": "Y", "logprob": -0.25, "bytes": [89], "top_logprobs": []}
CALL = {"id": "t1", "type": "function", "function": {"name": "look", "arguments": '{"city":"Zürich"}'}}

# Each goes through unchanged.
DOCUMENTS: dict[str, dict[str, Any]] = {
    "plain": document(usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}),
    "unknown fields": document(
        {"role": "assistant", "content": "Yes.", "mood": {"calm": [1, None, {"a": 1.5}]}},
        {"native_finish_reason": "eos"},
        provider="somebody",
        x_groq={"id": "req_1"},
    ),
    "unknown finish reason": document(choice={"finish_reason": "tired"}),
    "null finish reason": document(choice={"finish_reason": None}),
    "no finish reason": {"id": "c1", "choices": [{"message": {"content": "Yes."}}]},
    "null id": {**document(), "id": None},
    "no object, created, usage": without(document(), "object", "created"),
    "only choices": {"choices": [{"message": {"content": "Yes."}}]},
    "null fingerprint": document(system_fingerprint=None, service_tier=None),
    "null content": document({"role": "assistant", "content": None}),
    "no content": document({"role": "assistant", "tool_calls": [CALL]}, {"finish_reason": "tool_calls"}),
    "refusal": document({"role": "assistant", "content": None, "refusal": "I would rather not."}),
    "parts as content": document({"role": "assistant", "content": [{"type": "text", "text": "Yes."}]}),
    "no choices": document() | {"choices": []},
    "several choices": document() | {"choices": [{"index": n, "message": {"content": str(n)}} for n in range(5)]},
    "choices out of order": document() | {"choices": [{"index": n, "message": {"content": str(n)}} for n in (2, 0, 1)]},
    "logprobs": document(choice={"logprobs": {"content": [LOGPROB], "refusal": None}}),
    "logprobs without refusal": document(choice={"logprobs": {"content": [LOGPROB]}}),
    "logprobs without bytes": document(choice={"logprobs": {"content": [without(LOGPROB, "bytes", "top_logprobs")]}}),
    "logprobs null": document(choice={"logprobs": None}),
    "logprobs content null": document(choice={"logprobs": {"content": None}}),
    "legacy logprobs": document(choice={"logprobs": {"tokens": ["Y"], "token_logprobs": [-0.25]}}),
    "reasoning_content": document({"role": "assistant", "content": "Yes.", "reasoning_content": "Hm."}),
    "reasoning": document({"role": "assistant", "content": "Yes.", "reasoning": "Hm."}),
    "reasoning details": document(
        {"role": "assistant", "content": "Yes.", "reasoning_details": [{"type": "reasoning.encrypted", "data": "A=="}]}
    ),
    "thinking blocks": document(
        {"content": "Yes.", "thinking_blocks": [{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}]}
    ),
    "audio": document({"content": None, "audio": {"id": "a", "data": "QUJD", "expires_at": 9, "transcript": "Yes."}}),
    "annotations": document(
        {"content": "Yes.", "annotations": [{"type": "url_citation", "url_citation": {"url": "https://example.org"}}]}
    ),
    "tool calls": document({"content": None, "tool_calls": [CALL, {**CALL, "id": "t2"}]}),
    "tool call without id": document({"content": None, "tool_calls": [without(CALL, "id")]}),
    "tool call with odd arguments": document(
        {"content": None, "tool_calls": [{**CALL, "function": {"name": "look", "arguments": '{"city":'}}]}
    ),
    "tool call with null arguments": document(
        {"content": None, "tool_calls": [{**CALL, "function": {"name": "look", "arguments": None}}]}
    ),
    "tool call with object arguments": document(
        {"content": None, "tool_calls": [{**CALL, "function": {"name": "look", "arguments": {"city": "Rome"}}}]}
    ),
    "custom tool call": document(
        {"content": None, "tool_calls": [{"id": "t1", "type": "custom", "custom": {"name": "sql", "input": "SELECT"}}]}
    ),
    "tool calls null": document({"content": "Yes.", "tool_calls": None}),
    "function call": document({"content": None, "function_call": {"name": "look", "arguments": "{}"}}),
    "integer over 64 bits": document(seed=2**70, usage={"prompt_tokens": 1, "cost": 2**65}),
    "exact floats": document(usage={"prompt_tokens": 1, "cost": 0.1, "tiny": 5e-324, "large": 1.7976931348623157e308}),
    "usage details": document(
        usage={
            "prompt_tokens": 9,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": None, "video_tokens": 1},
            "completion_tokens_details": {"reasoning_tokens": 2},
            "cache_read_input_tokens": 4,
        }
    ),
    "content filter results": document(
        choice={"content_filter_results": {"hate": {"filtered": False}}}, prompt_filter_results=[]
    ),
    "error in a choice": document({"content": ""}, {"finish_reason": "error", "error": {"code": 502, "message": "x"}}),
    "wrong types": document({"content": 7, "role": None}, {"index": "0"}, created="now", model=None),
    "names of methods": document(copy=1, json=2, dict=3, keys=4, get=5, model_dump=6),
    "non-ASCII": document({"content": "Grüße 世界 \U0001f680 \u2028 \u0000 \ufeff"}),
    "empty object": {},
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_nothing_is_lost_or_invented(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(raw(200, {"content-type": "application/json"}, json.dumps(DOCUMENTS[case], ensure_ascii=False)))
    response = way.completion(**ask)
    assert isinstance(response, eq.ModelResponse)
    assert json.loads(eq.ModelResponse.model_dump_json(response, exclude_unset=True)) == DOCUMENTS[case]


READINGS: dict[str, Any] = {
    "plain": lambda r: (
        (r.choices[0].message.content, r["choices"][0]["message"]["content"], r.usage.total_tokens, r.id)
        == ("Yes.", "Yes.", 3, "c1")
    ),
    "unknown fields": lambda r: (
        r.provider == "somebody" and r.choices[0].message.mood == {"calm": [1, None, {"a": 1.5}]}
    ),
    "unknown finish reason": lambda r: r.choices[0].finish_reason == "tired",
    "null id": lambda r: r.id is None,
    "null content": lambda r: r.choices[0].message.content is None,
    "refusal": lambda r: r.choices[0].message.refusal == "I would rather not.",
    "reasoning": lambda r: r.choices[0].message.reasoning_content == "Hm.",
    "reasoning_content": lambda r: r.choices[0].message.reasoning_content == "Hm.",
    "tool calls": lambda r: [c.function.name for c in r.choices[0].message.tool_calls] == ["look", "look"],
    "logprobs": lambda r: r.choices[0].logprobs.content[0].logprob == -0.25,
    "several choices": lambda r: [c.message.content for c in r.choices] == list("01234"),
    "usage details": lambda r: (r.usage.prompt_tokens_details.cached_tokens, r.usage.cache_read_input_tokens) == (4, 4),
    "integer over 64 bits": lambda r: r.seed == 2**70,
}


@pytest.mark.parametrize("case", READINGS)
def test_values_are_where_programs_look(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(raw(200, (), DOCUMENTS[case]))
    assert READINGS[case](way.completion(**ask))


@pytest.mark.parametrize("case", ["plain", "unknown fields", "tool calls", "integer over 64 bits"])
def test_responses_survive_pickle_and_copy(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    fake.script(raw(200, {"x-ratelimit-remaining-tokens": "9"}, DOCUMENTS[case]))
    response = way.completion(**ask)
    for twin in (pickle.loads(pickle.dumps(response)), copy.deepcopy(response), response.model_copy(deep=True)):
        assert twin == response
        assert twin.model_dump() == response.model_dump()
        assert twin._hidden_params["additional_headers"]["x-ratelimit-remaining-tokens"] == "9"


def test_usage_and_message_are_always_there(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    """Where the wire has null for them, programs that read on find zeros and no text, as with litellm."""
    fake.script(raw(200, (), {"choices": [{"index": 0, "message": None}], "usage": None}))
    response = way.completion(**ask)
    assert response.usage.total_tokens == 0
    assert response.choices[0].message.content is None


GREETING = document({"role": "assistant", "content": "Grüße, 世界!"})
GREETING_BYTES = json.dumps(GREETING, ensure_ascii=False).encode()
# The same greeting as the brotli and zstd programs write it.
BROTLI = base64.b64decode(
    "G3QAIKyLd6iH0SqyBysizFdyIWQaui+H90L6qIztTX3ytsjeFsyS62sWna6+AVIiX25jY1/9QhA0TuDp1hgzcBviKXQXHiNrlVt64imPM3riJvA0"
    "Qn6BqBUn+T0F1YISy9wB"
)
ZSTD = base64.b64decode(
    "KLUv/SB1dQMA0sYYIaApHfA/SsTfF1ro2C9zaUETyVm2Vd5bHzCiGBHjE/0hCG3QrthmXUa4CIpT0/Az7QqjMXFAJGfwsUSWFfidt2Lrpp95K2pOZnTE"
    "rrM7xwNixsTPAO58gQXNM8GdM6Zclc4CAgCbVEAxKGU="
)

ENCODINGS: dict[str, Any] = {
    "gzip": raw(200, {"content-encoding": "gzip"}, gzip.compress(GREETING_BYTES)),
    "gzip in pieces": raw(200, (), [GREETING_BYTES[:40], GREETING_BYTES[40:]], encoding="gzip", chunked=True),
    "deflate": raw(200, (), GREETING_BYTES, encoding="deflate"),
    "brotli": raw(200, {"content-encoding": "br"}, BROTLI),
    "zstd": raw(200, {"content-encoding": "zstd"}, ZSTD),
    "identity": raw(200, {"content-encoding": "identity"}, GREETING_BYTES),
    "none": raw(200, (), GREETING_BYTES),
    "one byte per packet": raw(200, (), [GREETING_BYTES[i : i + 1] for i in range(len(GREETING_BYTES))], chunked=True),
    "framed by closing": raw(200, (), GREETING_BYTES, chunked=None),
    "white space first": raw(200, (), b"\n\n   \r\n" + GREETING_BYTES + b"\n"),
    "escapes": raw(200, (), json.dumps(GREETING).encode()),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_is_undone(way: Way, fake: FakeProvider, ask: dict[str, Any], encoding: str) -> None:
    fake.script(ENCODINGS[encoding])
    assert way.completion(**ask).choices[0].message.content == "Grüße, 世界!"


@pytest.mark.parametrize("damage", [slice(0, -12), slice(3, None)])
def test_a_damaged_encoding_is_an_error(way: Way, fake: FakeProvider, ask: dict[str, Any], damage: slice) -> None:
    packed = gzip.compress(GREETING_BYTES * 50)
    fake.script(raw(200, {"content-encoding": "gzip"}, packed[damage]))
    assert isinstance(way.watch(**ask).error, eq.APIResponseValidationError)


def test_ten_megabytes(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    long = "Ü" * 5_000_000
    fake.script(text(long))
    assert way.completion(**ask).choices[0].message.content == long


def test_what_a_response_tells_of_its_call(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(text("Yes.", headers={"x-request-id": "req-5", "x-ratelimit-limit-tokens": "100", "x-odd": "gr\u00fc"}))
    response = way.completion(**ask)
    hidden = response._hidden_params
    assert hidden["custom_llm_provider"] == "openai"
    assert hidden["litellm_model_name"] == "fake"
    assert hidden["api_base"] == ask["api_base"]
    assert hidden["additional_headers"]["llm_provider-x-request-id"] == "req-5"
    assert hidden["additional_headers"]["x-ratelimit-limit-tokens"] == "100"
    assert response._response_headers["x-request-id"] == "req-5"
    assert 0 < response._response_ms < 60_000
    assert "response_cost" in hidden
    hidden["mine"] = 1
    assert response._hidden_params["mine"] == 1
    assert "_hidden_params" not in response.model_dump()
    assert ask["api_key"] not in repr(hidden)


def test_an_answer_in_the_models_own_words(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    calls = [ToolCall("look", {"city": "Zürich"}, "a"), ToolCall("broken", '{"a":', "b")]
    fake.script(text("Let me see.", tool_calls=calls, reasoning="Hm."))
    message = way.completion(**ask).choices[0].message
    assert (message.content, message.reasoning_content) == ("Let me see.", "Hm.")
    assert [(each.id, each.function.name) for each in message.tool_calls] == [("a", "look"), ("b", "broken")]
    assert message.tool_calls[1].function.arguments == '{"a":'
    assert json.loads(message.tool_calls[0].function.arguments) == {"city": "Zürich"}
