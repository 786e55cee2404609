"""Every recorded answer of the Responses API, replayed over a socket: documents lossless, events in order and typed,
errors by class, streams that are cut. Read independently: plain JSON, and the SSE reader of ``reading``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

import edgequake_async
from edgequake_async.exceptions import EQError
from edgequake_async.types import ResponsesAPIResponse
from edgequake_async.types.llms import openai as types

from .judging import difference, unequal
from .reading import error_class, events
from .recordings import Exchange, native, needed
from .replay import RECORDED, Replay, cuts
from .running import batched, judge_all

pytestmark = needed

_LAST = ("response.completed", "response.incomplete")
# Its events are no Responses API's: `response.delta` objects without a type.
UNREADABLE = {"11a41437bb77fa70": "a dialect whose events have no type and no end"}
_CLASSES = {
    "response.created": types.ResponseCreatedEvent,
    "response.output_item.added": types.OutputItemAddedEvent,
    "response.output_item.done": types.OutputItemDoneEvent,
    "response.output_text.delta": types.OutputTextDeltaEvent,
    "response.output_text.done": types.OutputTextDoneEvent,
    "response.function_call_arguments.delta": types.FunctionCallArgumentsDeltaEvent,
    "response.function_call_arguments.done": types.FunctionCallArgumentsDoneEvent,
    "response.reasoning_summary_text.delta": types.ReasoningSummaryTextDeltaEvent,
    "response.completed": types.ResponseCompletedEvent,
    "response.incomplete": types.ResponseIncompleteEvent,
    "response.shell_call_command.delta": types.GenericEvent,
}


def recorded() -> list[Exchange]:
    """Every answer to a request for a response."""
    return [each for each in native("openai-responses") if each.endpoint == "responses" and each.id not in UNREADABLE]


def told(exchange: Exchange) -> tuple[list[Mapping[str, Any]], bool]:
    """The documents of a stream before its failure or end, and whether it ended well."""
    documents: list[Mapping[str, Any]] = []
    for _, data in events(exchange.body):
        if data == "[DONE]":
            return documents, True
        document = json.loads(data)
        if document.get("type") in ("error", "response.failed"):
            return documents, False
        documents.append(document)
        if document.get("type") in _LAST:
            return documents, True
    return documents, False


async def _call(exchange: Exchange, base_url: str) -> tuple[list[Any], EQError | None, Any]:
    seen: list[Any] = []
    answer: Any = None
    try:
        answer = await edgequake_async.aresponses(
            "This answer was recorded.",
            f"openai/{exchange.model}",
            api_base=base_url,
            api_key="corpus-key-0123456789",
            num_retries=0,
            stream=exchange.stream or None,
        )
        if not exchange.stream:
            return [answer], None, answer
        async for event in answer:
            seen.append(event)
    except EQError as error:
        return seen, error, answer
    return seen, None, answer


async def _ask(exchange: Exchange, base_url: str) -> tuple[list[Any], EQError | None, Any]:
    return await asyncio.wait_for(_call(exchange, base_url), 60)


def _compare(documents: list[Mapping[str, Any]], seen: list[Any]) -> list[str]:
    if len(documents) != len(seen):
        return [f"{len(documents)} documents recorded, {len(seen)} seen"]
    dumped = [json.loads(each.model_dump_json(exclude_unset=True)) for each in seen]
    return [wrong for pair in zip(documents, dumped, strict=True) for wrong in difference(*pair)]


def _text(response: Mapping[str, Any]) -> str:
    parts = [part for item in response["output"] if item["type"] == "message" for part in item["content"]]
    return "".join(part["text"] for part in parts if part["type"] == "output_text")


@pytest.mark.asyncio
@batched(each for each in recorded() if not each.stream and each.status == 200)
async def test_whole_answers(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        document = json.loads(exchange.body)
        seen, error, _ = await _ask(exchange, replay.base_url(exchange, cut))
        if error is not None:
            return [repr(error)]
        response = seen[0]
        said = _text(document) if "output" in document else ""
        return [*_compare([document], seen), *unequal("output_text", said, response.output_text)]

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@batched(each for each in recorded() if each.status >= 400)
async def test_errors(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        document = json.loads(exchange.body)
        detail = document["error"] if isinstance(document["error"], dict) else document
        message = detail.get("message") or document["error"]
        seen, error, _ = await _ask(exchange, replay.base_url(exchange, cut))
        kind = error_class(exchange.status, {str(detail.get("code"))}, message)
        if error is None:
            return [f"no error but {seen}"]
        wrong = [] if message.strip() in str(error) else [f"{error} lacks {message}"]
        return [
            *wrong,
            *unequal("class", kind, type(error).__name__),
            *unequal("status", exchange.status, error.status_code),
        ]

    await judge_all([(exchange, RECORDED) for exchange in exchanges], judge)


@pytest.mark.asyncio
@batched(each for each in recorded() if each.body_kind == "sse")
async def test_streams_however_cut(exchanges: list[Exchange], replay: Replay) -> None:
    async def judge(exchange: Exchange, cut: str) -> list[str]:
        documents, whole = told(exchange)
        seen, error, stream = await _ask(exchange, replay.base_url(exchange, cut))
        wrong = _compare(documents, seen)
        for document, event in zip(documents, seen, strict=False):
            expected = _CLASSES.get(document["type"])
            if expected is not None and type(event) is not expected:
                wrong.append(f"{document['type']} is a {type(event).__name__}")
        if whole != (error is None):
            wrong.append(f"ended {whole}, raised {error!r}")
        if whole and documents[-1]["type"] in _LAST:
            last = seen[-1].response if seen else None
            wrong += unequal("text", _text(documents[-1]["response"]), last.output_text if last else None)
            if stream.completed_response is not (seen[-1] if seen else None):
                wrong.append("completed_response is not the last event")
        return wrong

    await judge_all([(exchange, cut) for exchange in exchanges for cut in cuts(exchange)], judge)


@pytest.mark.asyncio
@batched(each for each in recorded() if each.body_kind == "sse")
async def test_streams_that_end_too_early_raise_what_had_arrived(exchanges: list[Exchange], replay: Replay) -> None:
    """Cut before the first event that says that the response is whole."""
    shortened = {}
    for exchange in exchanges:
        ends = [found for kind in _LAST if (found := exchange.body.find(b'"type":"%b"' % kind.encode())) >= 0]
        start = exchange.body.rfind(b"\n\n", 0, min(ends, default=0))
        if start > 0:
            shortened[exchange.id] = replace(exchange, body=exchange.body[: start + 2], chunk_bytes=())
    severed = Replay(replay._fake, shortened.values())

    async def judge(exchange: Exchange, cut: str) -> list[str]:
        documents, _ = told(exchange)
        seen, error, _ = await _ask(exchange, severed.base_url(exchange, cut))
        if error is None or type(error).__name__ not in ("APIConnectionError", "RateLimitError"):
            return [f"raised {error!r}"]
        deltas = [each["delta"] for each in documents if each["type"] == "response.output_text.delta"]
        done = {
            each["output_index"]: _text({"output": [each["item"]]})
            for each in documents
            if each["type"] == "response.output_item.done" and each["item"]["type"] == "message"
        }
        wrong = _compare(documents, seen)
        if isinstance(error.partial, ResponsesAPIResponse) is not bool(documents):
            wrong.append(f"partial: {error.partial!r}")
        if not done or deltas:
            wrong += unequal("generated_content", "".join(deltas) or "".join(done.values()), error.generated_content)
        return wrong

    await judge_all([(exchange, RECORDED) for exchange in shortened.values()], judge)


@pytest.mark.asyncio
async def test_a_failure_in_the_stream_is_raised_by_its_code(replay: Replay) -> None:
    failing = [each for each in recorded() if each.body_kind == "sse" and b'"type":"response.failed"' in each.body]
    assert failing
    for exchange in failing:
        seen, error, _ = await _ask(exchange, replay.base_url(exchange, RECORDED))
        assert type(error).__name__ == "RateLimitError", exchange.id
        assert [event.type for event in seen][:2] == ["response.created", "response.in_progress"]
        assert isinstance(error.partial, ResponsesAPIResponse)  # type: ignore[union-attr]


def test_no_recording_is_left_out() -> None:
    exchanges = recorded()
    assert len(exchanges) > 320
    assert {exchange.status for exchange in exchanges} >= {200, 400, 401}
