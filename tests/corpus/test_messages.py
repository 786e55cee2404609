"""Every recorded Anthropic message, asked for and answered in Anthropic's own words: what was recorded is what is sent,
and what is handed on.

Read independently: plain JSON, and the SSE reader of ``reading``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

import edgequake_async
from edgequake_async.exceptions import EQError

from .judging import difference, unequal
from .reading import events
from .recordings import Exchange, native, needed
from .replay import RECORDED, SEVERED, Replay, cuts
from .running import batched, judge_all

pytestmark = needed

_NAMED = {"model", "messages", "max_tokens", "stream"}


def _messages() -> list[Exchange]:
    return native("anthropic-messages")


def _told(exchange: Exchange) -> tuple[list[tuple[str, Mapping[str, Any]]], bool]:
    """The events of a stream before its failure or end, and whether it ended well."""
    told: list[tuple[str, Mapping[str, Any]]] = []
    for _, data in events(exchange.body):
        document = json.loads(data)
        if document["type"] == "error":
            return told, False
        told.append((data, document))
        if document["type"] == "message_stop":
            return told, True
    return told, False


async def _call(exchange: Exchange, base_url: str) -> tuple[list[Any], EQError | None]:
    asked = exchange.asked or {}
    seen: list[Any] = []
    try:
        answer = await edgequake_async.anthropic_messages(
            asked.get("max_tokens", 1),
            asked.get("messages") or [{"role": "user", "content": "This answer was recorded."}],
            f"anthropic/{exchange.model}",
            api_base=base_url,
            api_key="corpus-key-0123456789",
            num_retries=0,
            stream=exchange.stream,
            extra_body={name: value for name, value in asked.items() if name not in _NAMED},
        )
        if not exchange.stream:
            return [answer], None
        async for event in answer:
            seen.append(event)
    except EQError as error:
        return seen, error
    return seen, None


async def _ask(exchange: Exchange, base_url: str) -> tuple[list[Any], EQError | None]:
    return await asyncio.wait_for(_call(exchange, base_url), 60)


@pytest.mark.asyncio
@batched(each for each in _messages() if not each.stream)
async def test_whole_messages(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        seen, error = await _ask(exchange, replay.base_url(exchange, cut))
        document = json.loads(exchange.body)
        if exchange.status < 400:
            return [repr(error)] if error is not None else list(difference(document, seen[0]))
        if error is None:
            return [f"no error but {seen}"]
        message = document["error"]["message"]
        wrong = [] if message.strip() in str(error) else [f"{error} lacks {message}"]
        return [*wrong, *unequal("status", exchange.status, error.status_code)]

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@batched(each for each in _messages() if each.body_kind == "sse")
async def test_streams_however_cut(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        told, whole = _told(exchange)
        seen, error = await _ask(exchange, replay.base_url(exchange, cut))
        wrong = unequal("events", [document for _, document in told], [event.data for event in seen])
        frames = [f"event: {document['type']}\ndata: {data}\n\n".encode() for data, document in told]
        return [*wrong, *unequal("bytes", frames, list(map(bytes, seen))), *unequal("whole", whole, error is None)]

    await judge_all([(exchange, cut) for exchange in exchanges for cut in cuts(exchange)], judge)


@pytest.mark.asyncio
@batched(each for each in _messages() if each.body_kind == "sse" and _told(each)[1])
async def test_streams_that_end_too_early_raise(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        told, _ = _told(exchange)
        seen, error = await _ask(exchange, replay.base_url(exchange, cut))
        before = [document for _, document in told][: len(seen)]
        wrong = [] if isinstance(error, edgequake_async.APIConnectionError) else [f"ended with {error!r}"]
        return [*wrong, *unequal("events", before, [event.data for event in seen])]

    await judge_all([(exchange, SEVERED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@batched(each for each in _messages() if each.asked and each.method)
async def test_requests_are_sent_as_they_are(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        await _ask(exchange, replay.base_url(exchange, cut))
        sent = replay.received()[exchange.id].json
        asked = dict(exchange.asked or {})
        asked = {**asked, "model": exchange.model, "max_tokens": asked.get("max_tokens", 1)}
        asked.pop("stream", None)
        return list(difference(asked, {name: value for name, value in sent.items() if name != "stream"}))

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)
