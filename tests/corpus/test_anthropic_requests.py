"""Chat requests in OpenAI's form, as Anthropic gets them, against bodies written by hand.

Every body must also satisfy the types of Anthropic's own SDK. A text and the one block that says it are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import edgequake_async
from edgequake_async.exceptions import BadRequestError, UnsupportedParamsError
from edgequake_async.testing import FakeProvider, raw, text

from .anthropic_requests import (
    CALL,
    HELLO,
    HIDDEN,
    NEW,
    OLD,
    REQUESTS,
    SAID,
    STRICT,
    THOUGHT,
    TOOL,
    USED,
    City,
    Json,
    answer,
    user,
)
from .anthropic_types import refusals
from .judging import difference

REFUSED: dict[str, tuple[Json, type[Exception], str]] = {
    "several choices": ({"n": 2}, UnsupportedParamsError, "'n'"),
    "penalties": ({"frequency_penalty": 1, "logit_bias": {"1": 2}}, UnsupportedParamsError, "'logit_bias'"),
    "a choice of no such kind": ({"tools": [TOOL], "tool_choice": "perhaps"}, BadRequestError, "tool_choice"),
    "sound": (
        {"messages": user({"type": "input_audio", "input_audio": {"data": ""}})},
        BadRequestError,
        r"content.*\[0\]",
    ),
    "a role of no such name": ({"messages": [{"role": "robot", "content": "x"}]}, BadRequestError, r"messages\[0\]"),
    "arguments that are no JSON": (
        {"messages": [{"role": "assistant", "tool_calls": [{**CALL, "function": {"name": "w", "arguments": "{"}}]}]},
        BadRequestError,
        "arguments",
    ),
}


async def sent(fake: FakeProvider, model: str, given: Mapping[str, Any]) -> Json:
    """The body that ``given`` becomes."""
    fake.script(text("ok"))
    target = {"model": f"anthropic/{model}", "api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}
    response = await edgequake_async.acompletion(**{"messages": HELLO, **given, **target})
    if given.get("stream"):
        async for _ in response:
            pass
    body: Json = fake.requests[-1].json
    assert body.pop("model") == model
    return body


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REQUESTS)
async def test_what_anthropic_gets(fake: FakeProvider, name: str) -> None:
    model, given, expected = REQUESTS[name]
    body = await sent(fake, model, given)
    assert refusals({**body, "model": model}) == []
    if "max_tokens" not in expected:
        assert body.pop("max_tokens") >= 1024
    assert list(difference(as_blocks({"messages": SAID, **expected}), as_blocks(body))) == []


@pytest.mark.asyncio
async def test_a_schema_for_an_older_model_becomes_a_forced_tool(fake: FakeProvider) -> None:
    body = await sent(fake, OLD, {"response_format": City})
    assert refusals({**body, "model": OLD}) == []
    [tool] = body["tools"]
    assert (tool["input_schema"], body["tool_choice"]) == (STRICT, {"type": "tool", "name": tool["name"]})


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_said_is_refused_unsent(fake: FakeProvider, name: str) -> None:
    given, expected, said = REFUSED[name]
    with pytest.raises(expected, match=said):
        await sent(fake, OLD, given)
    assert fake.requests == []


@pytest.mark.asyncio
async def test_what_cannot_be_said_is_left_out_where_asked(fake: FakeProvider) -> None:
    given = {"frequency_penalty": 1, "seed": 3, "drop_params": True, "allowed_openai_params": ["seed"]}
    body = await sent(fake, OLD, given)
    assert body.keys() == {"messages", "max_tokens", "seed"}


@pytest.mark.asyncio
@pytest.mark.parametrize("model", [OLD, NEW])
async def test_an_answer_sent_back_is_what_it_was(fake: FakeProvider, model: str) -> None:
    content = [THOUGHT, HIDDEN, {"type": "text", "text": "Let me see."}, USED]
    assert await _sent_back(fake, model, content) == content
    cited = {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "cited_text": "x"}
    cited["encrypted_index"] = "ZW5j"
    searched: list[Json] = [
        {"type": "text", "text": "Searching."},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
        {"type": "text", "text": "Found.", "citations": [cited]},
    ]
    assert await _sent_back(fake, model, searched) == searched


async def _sent_back(fake: FakeProvider, model: str, content: list[Json]) -> Any:
    whole = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content}
    whole |= {"stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}}
    fake.script(raw(200, (), whole))
    target = {"model": f"anthropic/{model}", "api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}
    response = await edgequake_async.acompletion(messages=HELLO, **target)
    message = response.choices[0].message
    results = [answer(call.id, "Rain.") for call in message.tool_calls or ()]
    body = await sent(fake, model, {"messages": [*HELLO, message, *(results or HELLO)]})
    assert refusals({**body, "model": model}) == []
    return body["messages"][1]["content"]


def as_blocks(body: Json) -> Json:
    """The body with every text as the block that says the same."""
    said = [{**message, "content": _blocks(message["content"])} for message in body["messages"]]
    body = {**body, "messages": said}
    return {**body, "system": _blocks(body["system"])} if "system" in body else body


def _blocks(content: Any) -> Any:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [
        {**block, "content": _blocks(block["content"])} if block.get("type") == "tool_result" else block
        for block in content
    ]
