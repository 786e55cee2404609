"""Gemini's answers made at random: streams say what whole answers say, and what is sent back is what it was."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from google.genai.types import GenerateContentResponse

import edgequake_async
from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider, Received, Reply, raw

from .making import Maker, lost
from .test_answers import TYPES

_SEEDS = range(150)
_HELLO = {"role": "user", "content": "Hello"}
_TARGET = {"model": "gemini/gemini-2.5-flash", "api_key": "key-0123456789", "num_retries": 0}
Json = dict[str, Any]


def _answer(seed: int) -> Json:
    """An answer whose candidates are told apart by their index."""
    row = TYPES["gemini"]
    made: Json = Maker(seed, row.chosen, row.alone).make(row.type)
    for index, candidate in enumerate(made.get("candidates") or ()):
        candidate["index"] = index
        candidate.setdefault("finishReason", "STOP")
    GenerateContentResponse.model_validate(made)
    return made


def _events(answer: Json, chance: random.Random) -> Iterator[Json]:
    """The answer as Google streams it: parts one by one, unsigned texts in pieces, what else is said with the last."""
    beside = {name: value for name, value in answer.items() if name != "candidates"}
    for candidate in answer.get("candidates") or ():
        content = candidate.get("content", {})
        for part in content.get("parts") or ():
            for piece in _pieces(part, chance):
                told = {"content": {**content, "parts": [piece]}, "index": candidate["index"]}
                yield {**beside, "candidates": [told]}
        rest = {name: value for name, value in candidate.items() if name != "content"}
        yield {**beside, "candidates": [{**rest, "content": {"role": "model"}}]}


def _pieces(part: Json, chance: random.Random) -> list[Json]:
    text = part.get("text")
    if not text or not part.keys() <= {"text", "thought"}:
        return [part]
    ends = sorted({*chance.sample(range(1, len(text) + 1), chance.randint(1, 3)), len(text)})
    return [{**part, "text": text[start:end]} for start, end in zip([0, *ends], ends, strict=False)]


def _serve(fake: FakeProvider, answer: Json, seed: int) -> None:
    def reply(asked: Received) -> Reply:
        if "streamGenerateContent" not in asked.path:
            return raw(200, {"content-type": "application/json"}, [json.dumps(answer).encode()])
        events = [b"data: %b\r\n\r\n" % json.dumps(each).encode() for each in _events(answer, random.Random(seed))]
        return raw(200, {"content-type": "text/event-stream"}, events)

    fake.on_request(reply)


async def _ask(fake: FakeProvider, messages: list[Any], stream: bool = False) -> Any:
    return await edgequake_async.acompletion(messages=messages, api_base=fake.base_url, stream=stream, **_TARGET)


@pytest.mark.asyncio
async def test_a_stream_says_what_the_whole_says(fake: FakeProvider) -> None:
    for seed in _SEEDS:
        answer = _answer(seed)
        if not answer.get("candidates"):
            continue
        _serve(fake, answer, seed)
        whole = await _ask(fake, [_HELLO])
        chunks = [chunk async for chunk in await _ask(fake, [_HELLO], stream=True)]
        built: Any = stream_chunk_builder(chunks)
        for one, other in zip(whole.choices, sorted(built.choices, key=lambda each: each.index), strict=True):
            assert _comparable(other.message) == _comparable(one.message), f"seed {seed}: {json.dumps(answer)}"
            assert other.finish_reason == one.finish_reason
        assert built.usage == whole.usage
        otherwise = lost(answer, whole.model_dump())
        missing = lost(answer, [built.model_dump(), *(chunk.model_dump() for chunk in chunks)])
        assert missing.keys() <= otherwise.keys(), f"seed {seed}: {json.dumps(answer)}"


def _comparable(message: Any) -> Json:
    """Without ids that are made here."""
    said: Json = message.model_dump(exclude_none=True)
    for call in said.get("tool_calls", ()):
        call["id"] = "made" if call["id"].startswith("call_eq_") else call["id"]
    return said


@pytest.mark.asyncio
async def test_what_is_sent_back_is_what_it_was(fake: FakeProvider) -> None:
    for seed in _SEEDS:
        answer = _answer(seed)
        candidates = answer.get("candidates") or [{}]
        parts = candidates[0].get("content", {}).get("parts") or []
        if not parts:
            continue
        _serve(fake, answer, seed)
        whole = await _ask(fake, [_HELLO])
        built: Any = stream_chunk_builder([chunk async for chunk in await _ask(fake, [_HELLO], stream=True)])
        for response in (whole, built):
            message = next(each for each in response.choices if each.index == 0).message
            for again in (message, json.loads(message.model_dump_json())):
                calls = message.tool_calls or ()
                results = [{"role": "tool", "tool_call_id": call.id, "content": "ok"} for call in calls]
                await _ask(fake, [_HELLO, again, *results, _HELLO])
                contents = fake.requests[-1].json["contents"]
                sent = contents[1]["parts"] if contents[1]["role"] == "model" else []
                assert _needed(sent) == _needed(parts), f"seed {seed}"


def _needed(parts: list[Json]) -> list[Json]:
    """Without what tells Gemini nothing: thoughts in words, empty texts, speech. Texts beside each other are one."""
    needed: list[Json] = []
    for part in parts:
        kind = (part.get("inlineData") or {}).get("mimeType") or ""
        if (part.get("thought") and part.keys() <= {"text", "thought"}) or part == {"text": ""} or not part:
            continue
        if kind.startswith("audio/"):
            continue
        if "functionCall" in part:
            part = {**part, "functionCall": {"args": {}, **part["functionCall"]}}
        if part.keys() == {"text"} and needed and needed[-1].keys() == {"text"}:
            needed[-1] = {"text": needed[-1]["text"] + part["text"]}
        else:
            needed.append(part)
    return needed
