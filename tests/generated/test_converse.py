"""Nothing of a made answer of Converse's is lost: whole, streamed, put together again, sent back."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider, raw
from tests.corpus.judging import difference

from .converse_events import UNHEARD_OF, events, refused, reply, streamable
from .making import lost
from .serving import Served, arguments, ask, judge_all, sent_back, together, whole
from .shapes import ShapeMaker, service

MODEL = "bedrock/amazon.nova-lite-v1:0"
SEEDS = range(200)
USUAL = ("text", "text", "reasoningContent", "toolUse")

# What the description leaves open and the service does not.
CHOSEN: dict[tuple[str, str], Any] = {
    # Who answers.
    ("Message", "role"): "assistant",
}

Json = dict[str, Any]


def made(seed: int) -> Json:
    """An answer; every second only of such blocks as OpenAI's shape has words for."""
    maker, chance = ShapeMaker(seed, CHOSEN), random.Random(seed)
    answer: Json = maker.make(service().shape_for("ConverseResponse"))
    content, blocks = answer["output"]["message"]["content"], service().shape_for("ContentBlock")
    if seed % 2:
        members: Any = blocks.members  # type: ignore[attr-defined]
        kinds = [chance.choice(USUAL) for _ in range(chance.randint(1, 5))]
        content[:] = [{kind: maker.make(members[kind])} for kind in kinds]
        if chance.random() < 0.5:
            content.sort(key=lambda block: ["reasoningContent", "text", "toolUse"].index(*block))
    else:
        content += [maker.make(blocks) for _ in range(4)]
    _sign(content, signs=chance.random() < 0.7)
    for call in _calls(content):
        # What the service says of calls, and its description does not.
        call.setdefault("type", "tool_use")
    return answer


def _calls(content: list[Json]) -> list[Json]:
    return [block["toolUse"] for block in content if "toolUse" in block]


def _sign(content: list[Json], signs: bool) -> None:
    """A model signs its thoughts or does not."""
    told = [block.get("reasoningContent", {}).get("reasoningText") for block in content]
    for at, thought in enumerate(told):
        if thought and signs:
            thought.setdefault("signature", f"text {at} that signs")
        elif thought:
            thought.pop("signature", None)


def strange(seed: int) -> Json:
    """An answer with members and blocks that are yet to come."""
    answer, chance = made(seed), random.Random(seed)
    content = answer["output"]["message"]["content"]
    insides = [inside for block in content for inside in block.values()]
    insides = [inside.get("reasoningText", inside) for inside in insides if isinstance(inside, dict)]
    for at, each in enumerate((answer, answer["usage"], *insides)):
        if chance.random() < 0.3 and "redactedContent" not in each:
            each["unheard"] = chance.choice((f"text {at} unheard", {"inner": [f"text {at} unheard"]}))
    unheard = {"text": "text of it", "list": ["text 1 of it", "text 2 of it"], "inner": {"at": seed}}
    content.insert(chance.randint(0, len(content)), {UNHEARD_OF: unheard})
    return answer


@pytest.mark.asyncio
async def test_of_a_made_answer_nothing_is_lost(fake: FakeProvider) -> None:
    await _judge(fake, made)


@pytest.mark.asyncio
async def test_of_what_is_yet_to_come_nothing_is_lost(fake: FakeProvider) -> None:
    await _judge(fake, strange)


@pytest.mark.asyncio
async def test_blank_texts_which_are_refused_are_not_sent_back(fake: FakeProvider) -> None:
    served = Served(fake)

    async def judge(seed: int) -> list[str]:
        answer, chance = strange(seed), random.Random(seed)
        content = answer["output"]["message"]["content"]
        said = [*content]
        content.insert(chance.randint(0, len(said)), {"text": chance.choice(("", "\n"))})
        base_url = served.put(f"{seed}", raw(200, {}, answer))
        message = (await ask(MODEL, base_url)).choices[0].message
        sent = await sent_back(served, f"{seed}", MODEL, base_url, message)
        return [each for again in sent for each in difference(_plain(_taken(said)), _plain(again))]

    await judge_all(range(40), judge)


async def _judge(fake: FakeProvider, make: Any) -> None:
    served = Served(fake)

    async def judge(seed: int) -> list[str]:
        found = (await _whole(served, f"{seed}", make(seed)))[1]
        answer = make(seed)
        message = answer["output"]["message"]
        message["content"] = streamable(message["content"])
        told = events(answer, random.Random(seed))
        if make is strange:
            told.insert(random.Random(seed).randint(1, len(told) - 2), ("unheardEvent", {"contentBlockIndex": 0}))
        found += [f"the events: {each}" for each in (refused(told) if make is made else ())]
        return found + await _streamed(served, f"s{seed}", answer, reply(told))

    await judge_all(SEEDS, judge)


async def _whole(served: Served, name: str, answer: Json) -> tuple[Any, list[str]]:
    base_url = served.put(name, raw(200, {}, answer))
    response = await ask(MODEL, base_url)
    became = [whole(response), arguments(response), _uncached(response.usage)]
    found = [f"lost: {each}" for each in lost(answer, became)]
    content = answer["output"]["message"]["content"]
    for sent in await sent_back(served, name, MODEL, base_url, response.choices[0].message):
        found += [f"sent back: {each}" for each in difference(_plain(_taken(content)), _plain(sent))]
    return response, found


async def _streamed(served: Served, name: str, answer: Json, body: Any) -> list[str]:
    response, found = await _whole(served, name, answer)
    base_url = served.put(name, body)
    chunks = await ask(MODEL, base_url, stream=True)
    built: Any = stream_chunk_builder(chunks)
    found += [f"lost by the stream: {each}" for each in lost(answer, [*together(chunks), _uncached(built.usage)])]
    found += [f"put together: {each}" for each in difference(_said(response), _said(built))]
    content = answer["output"]["message"]["content"]
    for sent in await sent_back(served, name, MODEL, base_url, built.choices[0].message, stream=True):
        found += [f"sent back of a stream: {each}" for each in difference(_plain(_taken(content)), _plain(sent))]
    return found


def _uncached(usage: Any) -> int:
    """Input as Bedrock counts it, which the prompt's tokens are the sum of."""
    details = usage.prompt_tokens_details
    cached = (details.get("cached_tokens") or 0, details.get("cache_creation_tokens") or 0) if details else (0, 0)
    return int(usage.prompt_tokens - sum(cached))


def _said(response: Any) -> Json:
    """Without the id, which is made up here; where unsigned thoughts part cannot be seen in the chunks of one."""
    said = {name: value for name, value in whole(response).items() if name != "id"}
    message = said["choices"][0]["message"]
    joined: list[Json] = []
    for block in message.get("thinking_blocks", ()):
        last = joined[-1] if joined else {}
        if block.keys() == last.keys() == {"type", "thinking"}:
            joined[-1] = last | {"thinking": last["thinking"] + block["thinking"]}
        else:
            joined.append(block)
    message["thinking_blocks"] = joined
    return said


def _taken(blocks: list[Json]) -> list[Json]:
    """As requests have them: no call says that it is one."""
    taken = copy.deepcopy(blocks)
    for call in _calls(taken):
        if call["type"] == "tool_use":
            del call["type"]
    return taken


def _plain(blocks: list[Any]) -> list[Any]:
    """Plain texts beside each other as one: the library joins those, and leaves out unsigned thoughts."""
    joined: list[Any] = []
    for block in blocks:
        thought = block.get("reasoningContent", {}).get("reasoningText")
        if thought and "signature" not in thought:
            continue
        last = joined[-1] if joined else {}
        if block.keys() == last.keys() == {"text"}:
            joined[-1] = {"text": last["text"] + block["text"]}
        else:
            joined.append(block)
    return joined
