"""Whole answers made at random from each provider's own types: every text and number of them is somewhere in ours.

What OpenAI's shape has no word for is in ``provider_specific_fields``, or beside it under its own name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anthropic.types.beta
import cohere.v2.types
import google.genai.types
import mistralai.client.models
import ollama
import openai.types.chat
import pytest
from pydantic import BaseModel

import edgequake_async
from edgequake_async.testing import FakeProvider, raw

from .making import Maker, lost

_SEEDS = range(200)
# Of the SDK, not of the answer.
_OF_SDK = ("sdk_http_response", "parsed", "automatic_function_calling_history")
_GEMINI_DATA = (
    "code_execution_result executable_code file_data function_call function_response inline_data text tool_call "
    "tool_response"
).split()


@dataclass(frozen=True)
class Made:
    """A type of answers; the arguments of its maker; and what of it is said otherwise, as a pattern of its place."""

    type: type[BaseModel]
    model: str
    chosen: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    alone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    otherwise: str = "(?!)"


_MESSAGE = {("Message", "role"): "assistant", ("BetaMessage", "role"): "assistant"}
# Prompt tokens are counted with those of the cache.
_INPUT = r"\.usage\.input_tokens"
TYPES = {
    "anthropic": Made(anthropic.types.Message, "anthropic/claude-x", _MESSAGE, otherwise=_INPUT),
    "anthropic-beta": Made(anthropic.types.beta.BetaMessage, "anthropic/claude-x", _MESSAGE, otherwise=_INPUT),
    "cohere": Made(
        cohere.v2.types.V2ChatResponse, "cohere_chat/command-a", {("V2ChatResponse", "finish_reason"): "COMPLETE"}
    ),
    "gemini": Made(
        google.genai.types.GenerateContentResponse,
        "gemini/gemini-2.5-flash",
        {
            **{("GenerateContentResponse", name): ... for name in _OF_SDK},
            # Of streamed arguments.
            ("FunctionCall", "partial_args"): ...,
            ("FunctionCall", "will_continue"): ...,
            ("Content", "role"): "model",
        },
        {"Part": _GEMINI_DATA, "FunctionResponsePart": ["inline_data", "file_data"]},
        # With the tokens of tools, and of thoughts.
        r"\.usageMetadata\.(promptTokenCount|candidatesTokenCount)",
    ),
    "mistral": Made(mistralai.client.models.ChatCompletionResponse, "mistral/mistral-large-latest"),
    "ollama": Made(
        ollama.ChatResponse, "ollama_chat/qwen3", {("Message", "role"): "assistant"}, otherwise=r"\.created_at"
    ),
    "openai": Made(openai.types.chat.ChatCompletion, "openai/gpt-4o"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", TYPES)
async def test_nothing_of_a_whole_answer_is_lost(name: str, fake: FakeProvider) -> None:
    made = TYPES[name]
    answer: dict[str, Any] = {}
    fake.on_request(lambda _: raw(200, {"content-type": "application/json"}, [json.dumps(answer).encode()]))
    for seed in _SEEDS:
        answer = Maker(seed, made.chosen, made.alone).make(made.type)
        response: Any = await edgequake_async.acompletion(
            made.model,
            [{"role": "user", "content": "Hello"}],
            api_base=fake.base_url,
            api_key="key-0123456789",
            num_retries=0,
        )
        missing = lost(answer, response.model_dump())
        missing = {place: value for place, value in missing.items() if not re.fullmatch(made.otherwise, place)}
        assert not missing, f"seed {seed}: {json.dumps(answer)}\nbecame {response.model_dump_json()}"
