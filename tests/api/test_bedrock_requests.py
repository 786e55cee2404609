"""Chat requests in OpenAI's form, as Bedrock's Converse gets them; each satisfies botocore's description of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest

import edgequake_async as eq
from edgequake_async.exceptions import BadRequestError, EQError, UnsupportedParamsError
from edgequake_async.testing import FakeProvider, raw, text

from .converse_requests import (
    CALL,
    HELLO,
    LITE,
    LLAMA,
    NEW,
    OLD,
    R1,
    REQUESTS,
    SAID,
    TOOL,
    Json,
    answered,
    image,
    user,
)
from .converse_types import complaints

REFUSED: dict[str, tuple[str, Json, type[EQError], str]] = {
    "several choices": (OLD, {"n": 2, "seed": 1}, UnsupportedParamsError, r"\['n', 'seed'\]"),
    "an effort of a model that has none": (LLAMA, {"reasoning_effort": "low"}, UnsupportedParamsError, "reasoning_eff"),
    "an effort of a model that always thinks": (
        R1,
        {"reasoning_effort": "low"},
        UnsupportedParamsError,
        "reasoning_ef",
    ),
    "no calls after calls": (
        NEW,
        {"messages": answered("x"), "tools": [TOOL], "tool_choice": "none"},
        UnsupportedParamsError,
        "tool_choice",
    ),
    "one tool at a time": (LITE, {"tools": [TOOL], "parallel_tool_calls": False}, UnsupportedParamsError, "parallel"),
    "a choice of no such kind": (OLD, {"tools": [TOOL], "tool_choice": "perhaps"}, BadRequestError, "tool_choice"),
    "a tool that is none": (LITE, {"tools": [{"type": "x"}]}, BadRequestError, r"tools\[0\]"),
    "a picture of no such kind": (
        OLD,
        {"messages": user(image("data:image/tiff;base64,AAAA"))},
        BadRequestError,
        r"\[0\]\['content'\]\[0\]\['image_url'\]: Bedrock takes no \"image/tiff\"",
    ),
    "a part of no such kind": (OLD, {"messages": user({"type": "x"})}, BadRequestError, r"\['content'\]\[0\]\['x'\]"),
    "a role of no such name": (OLD, {"messages": [{"role": "robot", "content": ""}]}, BadRequestError, r"\['role'\]"),
    "arguments that are no JSON": (
        OLD,
        {"messages": [{"role": "assistant", "tool_calls": [{**CALL, "function": {"name": "w", "arguments": "{"}}]}]},
        BadRequestError,
        "arguments",
    ),
    "a body that invoke has not": (
        f"invoke/{LITE}",
        {},
        UnsupportedParamsError,
        f"Converse serves it as bedrock/{LITE}",
    ),
}


async def sent(fake: FakeProvider, model: str, given: Mapping[str, Any]) -> Json:
    """The body that ``given`` becomes."""
    fake.script(text("ok"))
    target = {"model": f"bedrock/{model}", "api_base": fake.host_url, "api_key": fake.api_key, "num_retries": 0}
    response = await eq.acompletion(**{"messages": HELLO, **given, **target})
    if given.get("stream"):
        async for _ in response:
            pass
    body: Json = fake.requests[-1].json
    return body


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REQUESTS)
async def test_what_converse_gets(fake: FakeProvider, name: str) -> None:
    model, given, expected = REQUESTS[name]
    body = await sent(fake, model, given)
    assert complaints(body, "ConverseStream" if given.get("stream") else "Converse") == []
    assert body == {"messages": SAID, **expected}


def test_botocore_would_complain() -> None:
    assert complaints({"messages": SAID, "serviceTier": {"type": "x"}}) == [
        "$.serviceTier.type: 'x' is none of ['priority', 'default', 'flex', 'reserved']"
    ]
    [unknown, both] = complaints({"messages": [{"role": "user", "content": [{"words": "x"}]}]})
    assert "words" in unknown
    assert "no such member" in both


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_said_is_refused_unsent(fake: FakeProvider, name: str) -> None:
    model, given, expected, said = REFUSED[name]
    with pytest.raises(expected, match=said):
        await sent(fake, model, given)
    assert fake.requests == []


@pytest.mark.asyncio
async def test_what_cannot_be_said_is_left_out_where_asked(fake: FakeProvider) -> None:
    given = {"frequency_penalty": 1, "seed": 3, "drop_params": True, "allowed_openai_params": ["seed"]}
    assert await sent(fake, LITE, given) == {"messages": SAID, "additionalModelRequestFields": {"seed": 3}}
    given = {"tools": [TOOL], "parallel_tool_calls": False, "drop_params": True}
    assert (await sent(fake, LITE, given)).keys() == {"messages", "toolConfig"}
    given = {"messages": answered("x"), "tools": [TOOL], "tool_choice": "none", "drop_params": True}
    assert (await sent(fake, NEW, given))["toolConfig"].keys() == {"tools"}


@pytest.mark.asyncio
@pytest.mark.parametrize("prefix", ["", "converse/", "converse_like/"])
async def test_ids_are_one_segment_of_the_path(fake: FakeProvider, prefix: str) -> None:
    for model in (NEW, "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2"):
        await sent(fake, prefix + model, {})
        path = fake.requests[-1].path
        assert path.count("/") == 3
        assert unquote(path) == f"/model/{model}/converse"
        await sent(fake, prefix + model, {"stream": True})
        assert fake.requests[-1].path == path + "-stream"


@pytest.mark.asyncio
async def test_an_answer_sent_back_is_what_it_was(fake: FakeProvider) -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}}
    hidden = {"reasoningContent": {"redactedContent": "aGlkZGVu"}}
    used = {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"b": 1, "a": [2.5, None]}}}
    await _sent_back(fake, [thought, hidden, {"text": "Let me see."}, used])
    await _sent_back(fake, [{"text": "Both."}, used, {"text": "After."}, thought])
    await _sent_back(
        fake,
        [
            {"toolUse": {"toolUseId": "s1", "name": "nova_grounding", "input": {}, "type": "server_tool_use"}},
            {"toolResult": {"toolUseId": "s1", "content": [{"json": {"a": 1}}], "status": "success"}},
            {"citationsContent": {"content": [{"text": "It rains."}], "citations": [{"title": "A"}]}},
        ],
    )


async def _sent_back(fake: FakeProvider, content: list[Json]) -> None:
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    message = {"role": "assistant", "content": content}
    whole = {"output": {"message": message}, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}
    fake.script(raw(200, (), whole))
    target = {"model": f"bedrock/{NEW}", "api_base": fake.host_url, "api_key": fake.api_key, "num_retries": 0}
    response = await eq.acompletion(messages=HELLO, **target)
    said = response.choices[0].message
    results = [{"role": "tool", "tool_call_id": call.id, "content": "x"} for call in said.tool_calls or ()]
    body = await sent(fake, NEW, {"messages": [*HELLO, said, *(results or HELLO)], "tools": [TOOL]})
    assert complaints(body) == []
    assert body["messages"][1]["content"] == content
    # Somebody changed what was said: then that is what counts.
    said.content = "Changed."
    body = await sent(fake, NEW, {"messages": [*HELLO, said, *(results or HELLO)], "tools": [TOOL]})
    assert {"text": "Changed."} in body["messages"][1]["content"]
    assert not any("citationsContent" in block for block in body["messages"][1]["content"])


@pytest.mark.asyncio
async def test_a_structured_answer_by_a_tool_is_text(fake: FakeProvider) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    how = {"type": "json_schema", "json_schema": {"name": "City", "schema": schema}}
    target = {"model": f"bedrock/{OLD}", "api_base": fake.host_url, "api_key": fake.api_key, "response_format": how}
    response = await eq.acompletion(messages=HELLO, **target)
    choice = response.choices[0]
    assert choice.message.content.startswith('{"city":')
    assert (choice.finish_reason, choice.message.tool_calls) == ("stop", None)
    chunks = [chunk async for chunk in await eq.acompletion(messages=HELLO, stream=True, **target)]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks).startswith('{"city":')
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert not any(chunk.choices[0].delta.tool_calls for chunk in chunks)


@pytest.mark.asyncio
async def test_anthropics_body_through_invoke(fake: FakeProvider) -> None:
    target = {"model": f"bedrock/invoke/{NEW}", "api_base": fake.host_url, "api_key": fake.api_key, "num_retries": 0}
    response = await eq.acompletion(messages=HELLO, max_tokens=50, **target)
    said = {"role": "user", "content": [{"type": "text", "text": "Hello"}]}
    body = {"messages": [said], "max_tokens": 50, "anthropic_version": "bedrock-2023-05-31"}
    assert (fake.requests[-1].json, response.choices[0].message.content) == (body, "You said: Hello")
    assert fake.requests[-1].path.endswith("%3A0/invoke")
    chunks = [chunk async for chunk in await eq.acompletion(messages=HELLO, max_tokens=50, stream=True, **target)]
    assert fake.requests[-1].json == body
    assert fake.requests[-1].path.endswith("/invoke-with-response-stream")
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "You said: Hello"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].model_dump()["amazon-bedrock-invocationMetrics"]["outputTokenCount"] > 0
