"""Every recorded Anthropic message, taken as the library gives it and sent back, reaches the wire as it was recorded.

Signatures, ids, order, server tools and citations; plain texts beside each other may become one.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_async
from edgequake_async import stream_chunk_builder
from edgequake_async.exceptions import EQError

from .judging import difference
from .reading_anthropic import message_of
from .recordings import Exchange, native, needed
from .replay import RECORDED, Replay
from .running import batched, judge_all

pytestmark = needed

_HELLO = {"role": "user", "content": "Hello"}


def _answered() -> list[Exchange]:
    """Answers that another turn may follow; a call that the token limit cut short may not."""
    messages = {each.id: message_of(each) for each in native("anthropic-messages") if each.status == 200}
    whole = [
        id
        for id, message in messages.items()
        if not any(isinstance(block.get("input", {}), str) for block in message["content"])
    ]
    return [each for each in native("anthropic-messages") if each.id in whole]


@pytest.mark.asyncio
@batched(_answered())
async def test_an_answer_sent_back_is_what_it_was(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        first = await _ask(exchange, replay.base_url(exchange, cut), [_HELLO])
        message = first.choices[0].message
        results = [{"role": "tool", "tool_call_id": each.id, "content": "ok"} for each in message.tool_calls or ()]
        # Once as the object that it is, once as the JSON that a program may have stored.
        for again in (message, json.loads(message.model_dump_json())):
            await _ask(exchange, replay.base_url(exchange, cut), [_HELLO, again, *(results or [_HELLO])])
            sent = replay.received()[exchange.id].json["messages"]
            recorded = _plain(message_of(exchange)["content"])
            got = _plain(sent[1]["content"]) if sent[1]["role"] == "assistant" else []
            if found := list(difference(recorded, got)):
                return found
        return []

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


async def _ask(exchange: Exchange, base_url: str, messages: list[Any]) -> Any:
    try:
        response: Any = await edgequake_async.acompletion(
            model=f"anthropic/{exchange.model}",
            messages=messages,
            api_base=base_url,
            api_key="corpus-key-0123456789",
            num_retries=0,
            stream=exchange.stream or None,
        )
        return stream_chunk_builder([chunk async for chunk in response]) if exchange.stream else response
    except EQError as error:
        raise AssertionError(f"{exchange.id}: {error}") from error


def _plain(blocks: list[Any]) -> list[Any]:
    """Without members that say nothing and texts that say nothing, which the API refuses."""
    joined: list[Any] = []
    for block in blocks:
        block = {key: value for key, value in block.items() if value is not None and (key, value) != ("citations", [])}
        if block == {"type": "text", "text": ""}:
            continue
        last = joined[-1] if joined else {}
        if block.keys() == last.keys() == {"type", "text"}:
            last["text"] += block["text"]
        else:
            joined.append(block)
    return joined
