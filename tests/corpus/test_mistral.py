"""Every recorded Mistral answer, asked for under Mistral's name: text and thoughts apart, the parts kept and sent back.

The same recordings are read in ``test_answers`` as from a provider that nothing is known of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import edgequake_async
from edgequake_async import stream_chunk_builder

from . import judging, native
from .assembly import Answer
from .native import NativeReading
from .observing import ask
from .reading import read
from .recordings import Exchange, chat, needed
from .replay import RECORDED, Replay, cuts
from .running import batched, judge_all

pytestmark = needed

_HELLO = {"role": "user", "content": "Hello"}


def _exchanges() -> list[Exchange]:
    return [each for each in chat() if each.provider == "mistral"]


def _in_parts() -> list[Exchange]:
    return [each for each in _exchanges() if b'"thinking"' in each.body]


@pytest.mark.asyncio
@batched(_exchanges())
async def test_answers(exchanges: list[Exchange], replay: Replay) -> None:
    in_parts = {each.id for each in _in_parts()}

    async def judge(exchange: Exchange, cut: str) -> list[str]:
        reading, seen = read(exchange), await ask(exchange, replay.base_url(exchange, cut), "mistral")
        if exchange.id not in in_parts:
            return judging.complaints(exchange, reading, seen)
        choices = {index: _with_blocks(answer) for index, answer in reading.reply.choices.items()}
        kept = [] if exchange.stream else list(_lists(json.loads(exchange.body)))
        told = NativeReading(replace(reading.reply, choices=choices), reading.failure, reading.request_id, kept)
        return native.complaints(exchange, told, seen)

    await judge_all([(exchange, cut) for exchange in exchanges for cut in cuts(exchange)], judge)


@pytest.mark.asyncio
@batched(_in_parts())
async def test_an_answer_in_parts_is_sent_back_in_parts(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        first = await _ask(exchange, replay, [_HELLO])
        message = first.choices[0].message
        assert isinstance(message.content, str)
        assert message.reasoning_content
        wrong = []
        for again in (message, json.loads(message.model_dump_json())):
            await _ask(exchange, replay, [_HELLO, again, _HELLO])
            sent = replay.received()[exchange.id].json["messages"][1]
            if sent.keys() - {"role", "content", "tool_calls"}:
                wrong.append(f"sent too much: {sent}")
            expected = read(exchange).reply.choices[0]
            thoughts, texts = _said(sent["content"])
            if (thoughts, texts) != (expected.reasoning, expected.text):
                wrong.append(f"sent back {sent['content']}")
        return wrong

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


def test_there_are_answers_in_parts() -> None:
    assert {each.stream for each in _in_parts()} == {True, False}
    assert len(_in_parts()) >= 8


async def _ask(exchange: Exchange, replay: Replay, messages: list[Any]) -> Any:
    response: Any = await edgequake_async.acompletion(
        model=f"mistral/{exchange.model}",
        messages=messages,
        api_base=replay.base_url(exchange, RECORDED),
        api_key="corpus-key-0123456789",
        num_retries=0,
        stream=exchange.stream or None,
    )
    return stream_chunk_builder([chunk async for chunk in response]) if exchange.stream else response


def _with_blocks(answer: Answer) -> Answer:
    """The recordings have one thought each."""
    return replace(answer, thinking=[{"type": "thinking", "thinking": answer.reasoning}] if answer.reasoning else [])


def _lists(document: dict[str, Any]) -> Iterator[Any]:
    for choice in document["choices"]:
        if isinstance(choice["message"]["content"], list):
            yield choice["message"]["content"]


def _said(parts: list[dict[str, Any]]) -> tuple[str, str]:
    pieces = [piece for part in parts if part["type"] == "thinking" for piece in part["thinking"]]
    return "".join(piece["text"] for piece in pieces), "".join(part["text"] for part in parts if part["type"] == "text")
