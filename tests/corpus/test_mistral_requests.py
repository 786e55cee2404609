"""What Mistral was asked in the recordings, asked again under its name: Mistral's own SDK types take what is sent."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from mistralai.client.models import ChatCompletionRequest, ChatCompletionStreamRequest
from pydantic import ValidationError

import edgequake_async

from .recordings import Exchange, chat, needed
from .replay import RECORDED, Replay
from .running import batched, judge_all

pytestmark = needed

# What litellm's callers say in OpenAI's words, beside what was recorded.
BESIDE = {"seed": 7, "max_completion_tokens": 50}


def _asked() -> list[Exchange]:
    return [
        each
        for each in chat()
        if each.provider == "mistral" and each.endpoint == "chat.completions" and each.status == 200 and each.asked
    ]


@pytest.mark.asyncio
@batched(_asked())
async def test_mistral_takes_what_is_sent(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        given = {name: value for name, value in copy.deepcopy(dict(exchange.asked or {})).items() if value is not None}
        for name, value in BESIDE.items():
            if not given.keys() & {"max_tokens", "random_seed", name}:
                given[name] = value
        given["model"] = f"mistral/{exchange.model}"
        response: Any = await edgequake_async.acompletion(
            **given, api_base=replay.base_url(exchange, cut), api_key="corpus-key-0123456789", num_retries=0
        )
        if given.get("stream"):
            async for _ in response:
                pass
        return list(_refusals(replay.received()[exchange.id].json))

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


def test_a_wrong_request_is_refused() -> None:
    right = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
    assert not list(_refusals(right))
    for wrong in ({"max_completion_tokens": 5}, {"seed": 1}, {"temperature": "warm"}, {"messages": [{"role": "tool"}]}):
        assert list(_refusals({**right, **wrong})), wrong


def _refusals(body: Mapping[str, Any]) -> Iterator[str]:
    model = ChatCompletionStreamRequest if body.get("stream") else ChatCompletionRequest
    names = {field.alias or name for name, field in model.model_fields.items()}
    yield from (f"{name}: no such member" for name in body if name not in names)
    try:
        model.model_validate(body)
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
