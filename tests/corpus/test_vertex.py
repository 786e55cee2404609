"""Vertex AI's recorded answers: Gemini's and Claude's, each asked for at the address that was recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import edgequake_async
from edgequake_async.exceptions import EQError
from edgequake_async.testing import FakeProvider

from . import reading_anthropic, reading_gemini
from .native import complaints, filled_complaints
from .observing import ask
from .recordings import Exchange, chat, everything, native, needed
from .replay import RECORDED, Replay, cuts
from .running import batched, judge_all
from .test_gemini_requests import LEFT_OUT

pytestmark = needed

_EMBEDDINGS = ("vertex-embedContent", "vertex-predict")
# Where something else than the library's own choice was recorded, and what.
_OTHER_ADDRESSES = {
    "d065d5ff97e7be58": "the recorder put the model's path together twice",
}


def _answers() -> list[Exchange]:
    return [each for form in ("gemini", "anthropic-messages") for each in native(form) if each.provider == "vertex"]


def _batches(wanted: Callable[[Exchange], bool]) -> pytest.MarkDecorator:
    return batched(filter(wanted, _answers()))


def _place(exchange: Exchange) -> dict[str, str]:
    """The project and the location that the recorded address names; the recorder hid some."""
    parts = unquote(urlsplit(exchange.url).path).split("/")
    location = parts[parts.index("locations") + 1] if "locations" in parts else "us-central1"
    return {"vertex_project": "PROJECT", "vertex_location": "hidden" if location.startswith("<") else location}


async def _judge(exchange: Exchange, base_url: str) -> list[str]:
    seen = await ask(exchange, base_url, "vertex_ai", **_place(exchange))
    if exchange.wire_format == "gemini":
        return filled_complaints(exchange, reading_gemini.read(exchange), seen, ("chatcmpl-", "call_"))
    return complaints(exchange, reading_anthropic.read(exchange), seen)


@pytest.mark.asyncio
@_batches(lambda each: not each.stream)
async def test_whole_answers(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, replay.base_url(exchange, cut))

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@_batches(lambda each: each.stream)
async def test_streams_however_cut(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        return await _judge(exchange, replay.base_url(exchange, cut))

    await judge_all([(exchange, cut) for exchange in exchanges for cut in cuts(exchange)], judge)


def _address(url: str) -> str:
    """Below the version, without what says how to write enums and streams, and what the recorder hid."""
    path = unquote(urlsplit(url).path).replace("<GOOGLE_CLOUD_LOCATION>", "hidden")
    return path[path.index("/projects/") :]


@pytest.mark.asyncio
async def test_addresses_are_those_that_were_recorded(replay: Replay) -> None:
    asked = [each for each in _answers() if each.url and each.id not in _OTHER_ADDRESSES]
    for exchange in asked:
        await _judge(exchange, replay.base_url(exchange, RECORDED))
    embedded = [each for each in everything() if each.wire_format in _EMBEDDINGS]
    for exchange in embedded:
        place: dict[str, Any] = {"api_base": replay.base_url(exchange, RECORDED), **_place(exchange)}
        try:
            await edgequake_async.aembedding(
                f"vertex_ai/{exchange.model}", "This answer was recorded.", api_key="corpus-key-0123456789", **place
            )
        except EQError as error:
            pytest.fail(f"{exchange.id}: {error}")
    received = replay.received()
    wrong = {
        exchange.id: (_address(exchange.url), _address(received[exchange.id].path))
        for exchange in [*asked, *embedded]
        if _address(exchange.url) != _address(received[exchange.id].path)
    }
    assert wrong == {}
    # The array of a stream without `alt=sse` is not asked for.
    for exchange in asked:
        if exchange.stream and exchange.wire_format == "gemini":
            assert dict(received[exchange.id].query) == {"alt": "sse"}
    assert len(asked) > 60
    assert len(embedded) == 2


# What google-genai's converters for Vertex AI refuse (3.6.1, `_..._to_vertex` in models.py).
_NOT_ON_VERTEX = {
    "enableEnhancedCivicAnswers",
    "fileSearch",
    "includeServerSideToolInvocations",
    "partMetadata",
    "store",
    "toolCall",
    "toolResponse",
    "willContinue",
}


def _members(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
        for value in document.values():
            yield from _members(value)
    for value in document if isinstance(document, list) else ():
        yield from _members(value)


@pytest.mark.asyncio
async def test_gemini_is_asked_as_at_its_own_api() -> None:
    """And Google's types judge what is asked there, see ``test_gemini_requests``."""
    exchanges = [each for each in chat() if each.asked is not None and each.provider in ("openai", "azure")]
    compared = 0
    with FakeProvider() as fake:
        place = {"api_base": f"{fake.host_url}/v1", "api_key": "corpus-key-0123456789", "num_retries": 0}
        for exchange in exchanges:
            asked = {key: value for key, value in (exchange.asked or {}).items() if key not in LEFT_OUT}
            sent: list[Any] = []
            for prefix in ("gemini", "vertex_ai"):
                before = len(fake.requests)
                with contextlib.suppress(EQError):
                    call: dict[str, Any] = {**asked, **place, "drop_params": True, "vertex_project": "p"}
                    if prefix == "gemini":
                        del call["vertex_project"]
                    await edgequake_async.acompletion(f"{prefix}/gemini-2.5-flash", **call)
                sent.append([request.json for request in fake.requests[before:]])
            assert sent[0] == sent[1], exchange.id
            assert _NOT_ON_VERTEX.isdisjoint(_members(_without_schemas(sent[1]))), exchange.id
            compared += len(sent[1])
    assert compared > 180


def _without_schemas(document: Any) -> Any:
    """Names in schemas and arguments are the caller's."""
    if isinstance(document, dict):
        own = ("parametersJsonSchema", "parameters", "responseJsonSchema", "args", "response")
        return {key: _without_schemas(value) for key, value in document.items() if key not in own}
    return [_without_schemas(value) for value in document] if isinstance(document, list) else document


def test_no_recording_is_left_out() -> None:
    assert len(_answers()) == 93
