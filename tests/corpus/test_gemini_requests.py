"""What goes to Gemini: judged by the types of Google's own SDK, by recorded pairs, and by what came from there.

Recorded OpenAI requests, whatever they ask, become requests that Google's types allow. A question that was recorded
in both wire formats is asked of Gemini as it was recorded. A message that Gemini sent goes back as the parts that it
came from.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from google.genai import types
from pydantic import BaseModel, ConfigDict, ValidationError

import edgequake_async
from edgequake_async.exceptions import BadRequestError, EQError
from edgequake_async.testing import FakeProvider

from .judging import difference
from .reading import events
from .recordings import Exchange, chat, native, needed
from .replay import RECORDED, Replay

pytestmark = needed

Json = dict[str, Any]

_KEY = "corpus-key-0123456789"
# Custom tools, search in files, and the like.
_NOT_FOR_GEMINI = r"messages|tools"
# What acompletion reads itself, or what names another provider's model or feature.
LEFT_OUT = frozenset({"model", "stream", "stream_options", "metadata", "moderation", "timeout"})


class _Request(BaseModel):
    """A request as it travels; the SDK's own model has all but the contents in one ``config``."""

    model_config = ConfigDict(extra="forbid")

    contents: list[types.Content]
    systemInstruction: types.Content | None = None
    tools: list[types.Tool] | None = None
    toolConfig: types.ToolConfig | None = None
    generationConfig: types.GenerationConfig | None = None
    safetySettings: list[types.SafetySetting] | None = None
    cachedContent: str | None = None
    serviceTier: types.ServiceTier | None = None


def _refusals(sent: Any) -> Iterator[str]:
    try:
        _Request.model_validate(sent)
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())


@pytest.mark.asyncio
async def test_requests_of_every_provider_become_ones_that_google_allows() -> None:
    """OpenAI's own parameters only: what a host adds is its own matter."""
    exchanges = [each for each in chat() if each.asked is not None and each.provider in ("openai", "azure")]
    wrong: list[str] = []
    refused = 0
    with FakeProvider() as fake:
        for exchange in exchanges:
            before = len(fake.requests)
            error = await _ask(fake.host_url, {**_told(exchange), "drop_params": True})
            if fake.requests[before:]:
                wrong += [f"{exchange.id}: {each}" for each in _refusals(fake.requests[-1].json)]
            elif isinstance(error, BadRequestError) and re.search(_NOT_FOR_GEMINI, str(error)):
                refused += 1
            else:
                wrong.append(f"{exchange.id}: {error!r}")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert len(exchanges) > 200
    assert refused < len(exchanges) / 10


def _told(exchange: Exchange) -> Json:
    assert exchange.asked is not None
    return {key: value for key, value in exchange.asked.items() if key not in LEFT_OUT}


async def _ask(base_url: str, params: Mapping[str, Any], model: str = "gemini-2.5-flash") -> EQError | None:
    """The failure, if any: most answers of the fake provider are none of Gemini's, which does not matter here."""
    call = {"model": f"gemini/{model}", "api_base": f"{base_url}/v1beta", "api_key": _KEY, "num_retries": 0, **params}
    try:
        await edgequake_async.acompletion(**call)
    except EQError as error:
        return error
    return None


# Pairs that do not ask the same, and why.
_UNLIKE = {"lingua:multimodalRequest": "Gemini was sent the picture, OpenAI its address"}


def _pairs() -> Iterator[tuple[Exchange, Exchange]]:
    theirs = {each.case: each for each in native("gemini") if each.case and each.asked}
    for ours in chat():
        if ours.case in theirs and ours.asked and ours.case.removesuffix(":followup") not in _UNLIKE:
            yield ours, theirs[ours.case]


@pytest.mark.asyncio
async def test_a_question_recorded_in_both_formats_is_asked_as_it_was_recorded() -> None:
    wrong: list[str] = []
    pairs = list(_pairs())
    with FakeProvider() as fake:
        for ours, theirs in pairs:
            await _ask(fake.host_url, {**_told(ours), "drop_params": True}, theirs.model)
            found = difference(_comparable(theirs.asked, ours), _comparable(fake.requests[-1].json, ours))
            wrong += [f"{ours.case}: {each}" for each in found]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert len(pairs) > 40


def _comparable(asked: Any, ours: Exchange) -> Json:
    """Without free choices: limits that the OpenAI side was not given, spellings of schemas, and an earlier answer."""
    request: Json = copy.deepcopy(asked)
    config = request.get("generationConfig") or {}
    for name, theirs in (("temperature", "temperature"), ("max_completion_tokens", "maxOutputTokens")):
        if name not in _told(ours):
            config.pop(theirs, None)
    if "responseJsonSchema" in config:
        config["responseJsonSchema"] = _schema(config["responseJsonSchema"])
    for tool in request.get("tools") or ():
        for function in tool.get("functionDeclarations") or ():
            # The same schema in either member: the one has types in capitals and knows fewer words.
            schema = function.pop("parameters", None) or function.pop("parametersJsonSchema", None)
            function["schema"] = _schema(schema)
    if request.get("toolConfig") == {"functionCallingConfig": {"mode": "AUTO"}}:
        del request["toolConfig"]
    request["contents"] = [_turn(content) for content in request["contents"]]
    if (system := request.get("systemInstruction")) is not None:
        system.pop("role", None)
    return request


def _schema(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _schema(item) for key, item in value.items() if key != "additionalProperties"}
        return {**kept, "type": kept["type"].lower()} if isinstance(kept.get("type"), str) else kept
    return [_schema(item) for item in value] if isinstance(value, list) else value


def _turn(content: Json) -> Json:
    """Of an answer only that it is one, of a result whose it is: both depend on what the model had said."""
    if content["role"] == "model":
        return {"role": "model"}
    parts = [
        {"result": part["functionResponse"]["name"]} if "functionResponse" in part else part
        for part in content["parts"]
    ]
    return {"role": content["role"], "parts": parts}


def test_the_types_refuse_what_google_does() -> None:
    assert list(_refusals({"contents": [{"parts": [{"words": "Hello"}]}]}))
    assert list(_refusals({"messages": []}))


@pytest.mark.asyncio
async def test_an_answer_goes_back_as_the_parts_that_it_came_from(replay: Replay) -> None:
    exchanges = [each for each in native("gemini") if each.status == 200 and b"partialArgs" not in each.body]
    exchanges = [each for each in exchanges if b'"error"' not in each.body and _parts(each)]
    wrong = []
    with FakeProvider() as fake:
        for exchange in exchanges:
            message = await _answer(exchange, replay.base_url(exchange, RECORDED))
            asked = [{"role": "user", "content": "Go on."}, message]
            for way in (asked, [asked[0], message.model_dump()]):
                await _ask(fake.host_url, {"messages": way}, exchange.model)
                [_, content] = fake.requests[-1].json["contents"]
                wrong += [f"{exchange.id}: {each}" for each in difference(_parts(exchange), _needed(content["parts"]))]
                wrong += [f"{exchange.id}: the types refuse {each}" for each in _refusals(fake.requests[-1].json)]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    assert len(exchanges) > 180


async def _answer(exchange: Exchange, base_url: str) -> Any:
    call: Json = {"model": f"gemini/{exchange.model}", "messages": [{"role": "user", "content": "Go on."}]}
    response: Any = await edgequake_async.acompletion(
        **call, api_base=base_url, api_key=_KEY, num_retries=0, stream=exchange.stream or None
    )
    if exchange.stream:
        response = edgequake_async.stream_chunk_builder([chunk async for chunk in response])
    return response.choices[0].message


def _parts(exchange: Exchange) -> list[Json]:
    """The recorded parts of the first candidate, texts that follow each other as one."""
    if exchange.body_kind == "sse":
        pieces = [json.loads(data) for _, data in events(exchange.body)]
    else:
        document = json.loads(exchange.body)
        pieces = document if isinstance(document, list) else [document]
    parts: list[Json] = []
    for piece in pieces:
        for candidate in (piece.get("candidates") or [])[:1]:
            parts += (candidate.get("content") or {}).get("parts") or []
    return _needed(parts)


def _needed(parts: Sequence[Json]) -> list[Json]:
    """Without what tells Gemini nothing: thoughts that are not signed, empty texts, speech."""
    joined: list[Json] = []
    for part in copy.deepcopy(list(parts)):
        if "functionCall" in part:
            part["functionCall"].setdefault("args", {})
        last = joined[-1] if joined else {}
        if _is_plain(part) and _is_plain(last) and last.get("thought") == part.get("thought"):
            last["text"] += part["text"]
        else:
            joined.append(part)
    return [part for part in joined if _tells(part)]


def _is_plain(part: Json) -> bool:
    return "text" in part and part.keys() <= {"text", "thought"}


def _tells(part: Json) -> bool:
    is_speech = part.get("inlineData", {}).get("mimeType", "").startswith("audio/")
    return "thoughtSignature" in part or not (part.get("thought") or part in ({}, {"text": ""}) or is_speech)
