"""Every recorded answer of Cohere's, taken as the library gives it and sent back, reaches the wire as it was recorded.

The plan of tool calls, ids, citations and thinking.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

import edgequake_async
from edgequake_async import stream_chunk_builder

from .cohere_types import refusals
from .judging import difference
from .reading_cohere import message_of
from .recordings import Exchange, native, needed
from .replay import RECORDED, Replay
from .running import batched, judge_all

pytestmark = needed

_HELLO = {"role": "user", "content": "Hello"}


@pytest.mark.asyncio
@batched(each for each in native("cohere-v2") if each.status == 200)
async def test_an_answer_sent_back_is_what_it_was(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        first = await _ask(exchange, replay.base_url(exchange, cut), [_HELLO])
        message = first.choices[0].message
        results = [{"role": "tool", "tool_call_id": each.id, "content": "ok"} for each in message.tool_calls or ()]
        # Once as the object that it is, once as the JSON that a program may have stored.
        for again in (message, json.loads(message.model_dump_json())):
            await _ask(exchange, replay.base_url(exchange, cut), [_HELLO, again, *(results or [_HELLO])])
            body = replay.received()[exchange.id].json
            found = [*difference(_plain(message_of(exchange)), _plain(body["messages"][1])), *refusals(body)]
            if found:
                return found
        return []

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


def test_the_recordings_hold_what_must_go_back() -> None:
    members = [message_of(each) for each in native("cohere-v2") if each.status == 200]
    for name in ("tool_plan", "tool_calls", "citations"):
        assert any(message.get(name) for message in members), name
    assert any(part["type"] == "thinking" for message in members for part in message.get("content", ()))


async def _ask(exchange: Exchange, base_url: str, messages: list[Any]) -> Any:
    response: Any = await edgequake_async.acompletion(
        model=f"cohere/{exchange.model}",
        messages=messages,
        api_base=base_url,
        api_key="corpus-key-0123456789",
        num_retries=0,
        stream=exchange.stream or None,
    )
    return stream_chunk_builder([chunk async for chunk in response]) if exchange.stream else response


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    """Without members that say nothing; a text alone is the block that says it, no arguments are empty ones."""
    plain = {key: value for key, value in message.items() if value}
    if isinstance(plain.get("content"), str):
        plain["content"] = [{"type": "text", "text": plain["content"]}]
    for call in plain.get("tool_calls", ()):
        call["function"]["arguments"] = call["function"]["arguments"] or "{}"
    return plain
