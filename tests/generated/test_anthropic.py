"""Nothing of a made message of Anthropic's is lost: streamed, put together again, sent back."""

from __future__ import annotations

import random
from typing import Any

import pytest
from anthropic.types import Message, RedactedThinkingBlock, TextBlock, ThinkingBlock, ToolUseBlock
from anthropic.types.beta import BetaMessage

from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider, raw
from tests.corpus.judging import difference

from .anthropic_events import UNHEARD_OF, events, meaning, reply
from .making import Maker, lost
from .serving import Served, arguments, ask, judge_all, sent_back, together, whole

MODEL = "anthropic/claude-made"
SEEDS = range(200)
USUAL = (TextBlock, TextBlock, ThinkingBlock, RedactedThinkingBlock, ToolUseBlock)

# What the type leaves open and the API does not.
CHOSEN: dict[tuple[str, str], Any] = {
    # Written in one way; the SDK, which judges the events, writes it anew.
    ("Container", "expires_at"): "2026-01-01T00:00:03Z",
    ("BetaContainer", "expires_at"): "2026-01-01T00:00:03Z",
}

Json = dict[str, Any]


def made(seed: int) -> Json:
    """A message; of every second only such blocks as OpenAI's shape has words for."""
    kind = BetaMessage if seed % 2 else Message
    maker, chance = Maker(seed, CHOSEN), random.Random(seed)
    message: Json = maker.make(kind)
    # It has ended.
    message.setdefault("stop_reason", "end_turn")
    if seed // 2 % 2:
        message["content"] = [maker.make(chance.choice(USUAL)) for _ in range(chance.randint(1, 5))]
        if chance.random() < 0.5:
            message["content"].sort(key=lambda block: ("thinking" not in block["type"], block["type"] == "tool_use"))
    else:
        message["content"] += maker.make(kind.model_fields["content"].annotation)
    # The model that went on to the end is the one that answered.
    for block in message["content"]:
        if block["type"] == "fallback":
            message["model"] = block["to"]["model"]
    return message


def strange(seed: int) -> Json:
    """A message with members and blocks that are yet to come."""
    message, chance = made(seed), random.Random(seed)
    for at, each in enumerate((message, message["usage"], *message["content"])):
        if chance.random() < 0.3:
            each["unheard"] = chance.choice((f"text {at} unheard", {"inner": [f"text {at} unheard"]}))
    at = chance.randint(0, len(message["content"]))
    unheard = {"type": UNHEARD_OF, "text": "text of it", "list": ["text 1 of it", "text 2 of it"], "inner": {"at": at}}
    message["content"].insert(at, unheard)
    return message


@pytest.mark.asyncio
async def test_of_a_made_message_nothing_is_lost(fake: FakeProvider) -> None:
    served = Served(fake)

    async def judge(seed: int) -> list[str]:
        message = made(seed)
        told = events(message, random.Random(seed), beta=bool(seed % 2))
        found = [f"the events: {each}" for each in difference(_said(message), _said(meaning(told, bool(seed % 2))))]
        return found + await _judged(served, seed, message, told)

    await judge_all(SEEDS, judge)


@pytest.mark.asyncio
async def test_of_what_is_yet_to_come_nothing_is_lost(fake: FakeProvider) -> None:
    served = Served(fake)

    async def judge(seed: int) -> list[str]:
        message = strange(seed)
        told = events(message, random.Random(seed), beta=bool(seed % 2))
        told.insert(random.Random(seed).randint(1, len(told) - 2), {"type": "unheard_event", "index": 0})
        return await _judged(served, seed, message, told)

    await judge_all(SEEDS, judge)


@pytest.mark.asyncio
async def test_what_deltas_say_besides_is_told(fake: FakeProvider) -> None:
    served = Served(fake)
    beside = {"text_delta": "text 1 of a delta", "input_json_delta": "text 2 of a delta", "thinking_delta": 1234567}

    async def judge(seed: int) -> list[str]:
        told = events(made(seed), random.Random(seed), beta=bool(seed % 2))
        deltas = [event["delta"] for event in told if event["type"] == "content_block_delta"]
        for delta in deltas:
            delta |= {"estimated_tokens": beside[delta["type"]]} if delta["type"] in beside else {}
        chunks = await ask(MODEL, served.put(f"{seed}", reply(told)), stream=True)
        return [f"lost: {each}" for each in lost([delta.get("estimated_tokens") for delta in deltas], together(chunks))]

    await judge_all(range(40), judge)


@pytest.mark.asyncio
async def test_blank_texts_which_are_refused_are_not_sent_back(fake: FakeProvider) -> None:
    served = Served(fake)

    async def judge(seed: int) -> list[str]:
        message, chance = strange(seed), random.Random(seed)
        said = [*message["content"]]
        message["content"].insert(chance.randint(0, len(said)), {"type": "text", "text": chance.choice(("", "\n"))})
        base_url = served.put(f"{seed}", raw(200, {}, message))
        answer = (await ask(MODEL, base_url)).choices[0].message
        sent = await sent_back(served, f"{seed}", MODEL, base_url, answer)
        return [each for again in sent for each in difference(_plain(said), _plain(again))]

    await judge_all(range(40), judge)


async def _judged(served: Served, seed: int, message: Json, told: list[Json]) -> list[str]:
    base_url = served.put(f"{seed}", raw(200, {}, message))
    response = await ask(MODEL, base_url)
    found = [
        f"lost: {each}" for each in lost(message, [whole(response), arguments(response), _uncached(response.usage)])
    ]
    for sent in await sent_back(served, f"{seed}", MODEL, base_url, response.choices[0].message):
        found += [f"sent back: {each}" for each in difference(_plain(message["content"]), _plain(sent))]
    return found + await _streamed(served, seed, message, told, response)


async def _streamed(served: Served, seed: int, message: Json, told: list[Json], response: Any) -> list[str]:
    base_url = served.put(f"s{seed}", reply(told))
    chunks = await ask(MODEL, base_url, stream=True)
    built: Any = stream_chunk_builder(chunks)
    found = [f"lost by the stream: {each}" for each in lost(message, [*together(chunks), _uncached(built.usage)])]
    found += [f"put together: {each}" for each in difference(_said(whole(response)), _said(whole(built)))]
    for sent in await sent_back(served, f"s{seed}", MODEL, base_url, built.choices[0].message, stream=True):
        found += [f"sent back of a stream: {each}" for each in difference(_plain(message["content"]), _plain(sent))]
    return found


def _uncached(usage: Any) -> int:
    """Input as Anthropic counts it, which the prompt's tokens are the sum of."""
    details = usage.prompt_tokens_details
    return int(usage.prompt_tokens - details.cached_tokens - details.cache_creation_tokens)


def _said(value: Any) -> Any:
    """Without members that say nothing."""
    if isinstance(value, dict):
        return {
            name: _said(item) for name, item in value.items() if item is not None and (name, item) != ("citations", [])
        }
    return [_said(item) for item in value] if isinstance(value, list) else value


def _plain(blocks: list[Any]) -> list[Any]:
    """Likewise, and plain texts beside each other as one: the library joins those."""
    joined: list[Any] = []
    for block in _said(blocks):
        last = joined[-1] if joined else {}
        if block.keys() == last.keys() == {"type", "text"}:
            last["text"] += block["text"]
        else:
            joined.append(block)
    return joined
