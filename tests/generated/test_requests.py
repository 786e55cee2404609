"""Requests made at random from OpenAI's own types: what a provider cannot be told is refused by name, and all else is
somewhere in what it is sent.
"""

from __future__ import annotations

import json
import random
import re
import typing
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

import edgequake_async
from edgequake_async.exceptions import BadRequestError, UnsupportedParamsError
from edgequake_async.testing import FakeProvider

from .making import Maker, lost

_SEEDS = range(150)
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# Built below, or another endpoint's.
_BUILT = (
    "messages model stream stream_options metadata audio modalities prediction functions function_call tools "
    "tool_choice response_format web_search_options"
).split()
_PARAMS = {
    name: kind
    for name, kind in typing.get_type_hints(CompletionCreateParamsNonStreaming, include_extras=True).items()
    if name not in _BUILT
}
# Numbers that no provider takes as they are made.
_USUAL = {"temperature": 0.625, "top_p": 0.875, "presence_penalty": 0.5, "frequency_penalty": 0.25, "top_logprobs": 4}
_FUNCTION = {
    "name": "f",
    "description": "text 1",
    "parameters": {"type": "object", "properties": {"x": {"type": "string", "description": "text 2"}}},
}
_CHOICES = ["auto", "required", {"type": "function", "function": {"name": "f"}}]

MODELS = {
    "anthropic": "anthropic/claude-sonnet-4-5",
    "bedrock": "bedrock/amazon.nova-lite-v1:0",
    "bedrock-claude": "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "cohere": "cohere_chat/command-a-03-2025",
    "gemini": "gemini/gemini-2.5-flash",
    "mistral": "mistral/mistral-large-latest",
    "ollama": "ollama_chat/qwen3",
    "openai": "openai/gpt-4o",
}
# Two names of one thing, of which one is said; one answer, which needs no word; a file's name where files have none.
_OTHERWISE = re.compile(r"\.(max_tokens|user|n)|\.messages\[\d+\]\.content\[\d+\]\.file\.filename")
_NO_FILES = ("cohere", "ollama")


def _request(seed: int, files: bool) -> dict[str, Any]:
    chance, maker, numbers = random.Random(seed), Maker(seed), count(500_000)
    request: dict[str, Any] = {"messages": list(_messages(chance, numbers, files))}
    for name, kind in _PARAMS.items():
        if chance.random() < 0.12 and (value := maker.make(kind, 2)) is not None:
            request[name] = _USUAL.get(name, value)
    request |= {name: value for name, value in {"n": 1, "logprobs": True}.items() if name in request}
    if "top_logprobs" in request:
        request["logprobs"] = True
    if chance.random() < 0.5 or any("tool_calls" in message for message in request["messages"]):
        request["tools"] = [{"type": "function", "function": _FUNCTION}]
        if chance.random() < 0.4:
            request["tool_choice"] = chance.choice(_CHOICES)
    return request


def _messages(chance: random.Random, numbers: Iterator[int], files: bool) -> Iterator[dict[str, Any]]:
    """Turns of a conversation in each form that OpenAI's types give them."""

    def said() -> str:
        return f"text {next(numbers)}"

    def maybe_parts() -> Any:
        return chance.choice([said(), [{"type": "text", "text": said()}, {"type": "text", "text": said()}]])

    if chance.random() < 0.5:
        yield {"role": chance.choice(["system", "developer"]), "content": maybe_parts()}
    for _ in range(chance.randint(1, 3)):
        parts: list[Any] = [{"type": "text", "text": said()}]
        if chance.random() < 0.4:
            parts.append({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_PIXEL}"}})
        if files and chance.random() < 0.3:
            data = "data:application/pdf;base64,JVBERi0xLjQK"
            parts.append({"type": "file", "file": {"file_data": data, "filename": f"{said()}.pdf"}})
        yield {"role": "user", "content": chance.choice([said(), parts])}
        answer: dict[str, Any] = {"role": "assistant", "content": chance.choice([maybe_parts(), None])}
        if chance.random() < 0.3:
            answer["refusal"] = said()
        ids = [f"call_{next(numbers)}" for _ in range(chance.randint(0 if answer["content"] else 1, 3))]
        if ids:
            arguments = [json.dumps({"x": said(), "y": next(numbers)}) for _ in ids]
            answer["tool_calls"] = [
                {"id": id, "type": "function", "function": {"name": "f", "arguments": said}}
                for id, said in zip(ids, arguments, strict=True)
            ]
        yield answer
        for id in ids:
            yield {"role": "tool", "tool_call_id": id, "content": maybe_parts()}
    yield {"role": "user", "content": said()}


async def _error(fake: FakeProvider, model: str, asked: dict[str, Any]) -> BadRequestError | None:
    """What is said against a request, which stays as it is."""
    before = json.dumps(asked)
    try:
        await edgequake_async.acompletion(
            model=model, api_base=fake.base_url, api_key=fake.api_key, num_retries=0, **asked
        )
    except BadRequestError as error:
        return error
    finally:
        assert json.dumps(asked) == before
    return None


@pytest.mark.asyncio
@pytest.mark.parametrize("name", MODELS)
async def test_nothing_of_a_request_is_dropped_without_a_word(name: str, fake: FakeProvider) -> None:
    understood = 0
    for seed in _SEEDS:
        asked = _request(seed, files=name not in _NO_FILES)
        error = await _error(fake, MODELS[name], asked)
        while isinstance(error, UnsupportedParamsError):
            refused = re.findall(r"'(\w+)'", str(error).partition("support parameters:")[2].partition("]")[0])
            assert refused, str(error)
            for parameter in refused:
                del asked[parameter]
            error = await _error(fake, MODELS[name], asked)
        if error is not None:
            # A value is wrong, of a parameter that is named.
            assert re.search("|".join(asked), str(error)), f"seed {seed}: {error}"
            continue
        understood += 1
        missing = [place for place in lost(asked, fake.requests[-1].json) if not _OTHERWISE.fullmatch(place)]
        assert not missing, f"seed {seed}: {missing} of {json.dumps(asked)}\nin {fake.requests[-1].json}"
    assert understood > len(_SEEDS) * 0.9
