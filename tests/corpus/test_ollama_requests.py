"""Chat requests in OpenAI's form, as Ollama gets them: the recorded ones turned back, and what they leave untried.

Every body must also satisfy the types of Ollama's own SDK.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import ollama._types
import pytest

import edgequake_async
from edgequake_async.exceptions import BadRequestError
from edgequake_async.testing import FakeProvider, text

from .judging import difference
from .recordings import Exchange, native, needed

Json = dict[str, Any]
PIXEL = "iVBORw0KGgo="
CALL = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"x": 2}'}}
REFUSED: dict[str, Any] = {
    "a picture that is not base64": [{"type": "image_url", "image_url": "data:image/svg+xml,<svg/>"}],
    "sound": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}],
}


async def sent(fake: FakeProvider, model: str, given: Mapping[str, Any]) -> Json:
    """The body that ``given`` becomes."""
    fake.script(text("ok"))
    response: Any = await edgequake_async.acompletion(f"ollama/{model}", api_base=fake.host_url, **given)
    if given.get("stream"):
        assert [chunk async for chunk in response]
    body: Json = fake.requests[-1].json
    ollama._types.ChatRequest(**body)
    return body


def in_openais_words(asked: Mapping[str, Any]) -> Json:
    """A recorded request as a caller of ours says it."""
    given = {name: value for name, value in asked.items() if name not in ("model", "options", "format", "messages")}
    options = dict(asked.get("options") or {})
    if "num_predict" in options:
        given["max_tokens"] = options.pop("num_predict")
    if isinstance(form := asked.get("format"), dict):
        given["response_format"] = {"type": "json_schema", "json_schema": {"name": "n", "schema": form}}
    elif form:
        given["response_format"] = {"type": "json_object"}
    given["messages"] = [_message(message) for message in asked["messages"]]
    given.setdefault("stream", True)
    return {**given, **options}


def _message(message: Mapping[str, Any]) -> Json:
    said = dict(message)
    if "thinking" in said:
        said["reasoning_content"] = said.pop("thinking")
    if "tool_name" in said:
        said["name"] = said.pop("tool_name")
    if "tool_calls" in said:
        functions = [call["function"] for call in said["tool_calls"]]
        said["tool_calls"] = [
            {"type": "function", "function": {**each, "arguments": json.dumps(each["arguments"])}} for each in functions
        ]
    return said


def _bare(body: Mapping[str, Any]) -> Json:
    """Without what says nothing: empty options, an empty format, a missing id, a temperature beside the options."""
    messages = [{k: v for k, v in each.items() if v is not None} for each in body["messages"]]
    kept = {name: value for name, value in body.items() if value not in ({}, "", None) and name != "messages"}
    if "temperature" in kept:
        kept.setdefault("options", {})["temperature"] = kept.pop("temperature")
    return {"stream": True, **kept, "messages": messages}


@needed
@pytest.mark.asyncio
@pytest.mark.parametrize(
    "exchange", [pytest.param(each, id=each.id) for each in native("ollama") if each.endpoint == "api.chat"]
)
async def test_a_recorded_request_is_made_again(fake: FakeProvider, exchange: Exchange) -> None:
    assert exchange.asked
    body = await sent(fake, exchange.model, in_openais_words(exchange.asked))
    assert list(difference(_bare(exchange.asked), _bare(body))) == []


@pytest.mark.asyncio
async def test_pictures_calls_and_results(fake: FakeProvider) -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Look."}, image]},
        {"role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "5"},
    ]
    body = await sent(fake, "m", {"messages": messages, "logprobs": True, "top_logprobs": 2, "keep_alive": "5m"})
    function = {"name": "add", "arguments": {"x": 2}}
    assert body == {
        "model": "m",
        "stream": False,
        "logprobs": True,
        "top_logprobs": 2,
        "keep_alive": "5m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Look.", "images": [PIXEL]},
            {
                "role": "assistant",
                "content": "",
                "thinking": "Hm.",
                "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
            },
            {"role": "tool", "content": "5", "tool_name": "add", "tool_call_id": "call_1"},
        ],
    }


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REFUSED)
async def test_what_ollama_cannot_be_shown(fake: FakeProvider, name: str) -> None:
    with pytest.raises(BadRequestError, match=r"messages\[0\].*\[0\]"):
        await sent(fake, "m", {"messages": [{"role": "user", "content": REFUSED[name]}]})
    assert fake.requests == []
