"""How the recordings of each wire format are read, asked for and judged: a row each.

Promises that whichever format a recording has, the same is asked of the library: whole answers, streams however they
are cut, streams that end too early, and that none is left out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from edgequake_async import stream_chunk_builder

from . import (
    judging,
    native,
    reading,
    reading_anthropic,
    reading_cohere,
    reading_converse,
    reading_gemini,
    reading_invoke,
    reading_ollama,
)
from .native import NativeReading
from .observing import Seen, ask, plain
from .recordings import Exchange, chat
from .recordings import native as recorded

CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"


@dataclass(frozen=True)
class Format:
    """``is_stream`` says which recorded streams would be whole answers were they not severed."""

    exchanges: Callable[[], list[Exchange]]
    read: Callable[[Exchange], Any]
    judge: Callable[[Exchange, Any, str], Awaitable[list[str]]]
    at_least: int
    statuses: frozenset[int]
    is_stream: Callable[[Exchange], bool]
    says_something_when_severed: bool = True


async def _openai(exchange: Exchange, told: reading.Reading, base_url: str) -> list[str]:
    return judging.complaints(exchange, told, await ask(exchange, base_url))


async def _anthropic(exchange: Exchange, told: NativeReading, base_url: str) -> list[str]:
    return native.complaints(exchange, told, await ask(exchange, base_url, "anthropic"))


async def _gemini(exchange: Exchange, told: NativeReading, base_url: str) -> list[str]:
    return native.filled_complaints(exchange, told, await ask(exchange, base_url, "gemini"), ("chatcmpl-", "call_"))


async def _converse(exchange: Exchange, told: NativeReading, base_url: str) -> list[str]:
    return native.filled_complaints(exchange, told, await ask(exchange, base_url, "bedrock"))


async def _invoke(exchange: Exchange, told: NativeReading, base_url: str) -> list[str]:
    # Some recorders dropped the model's name, and an error may have been another model's.
    model = exchange.model if "anthropic.claude" in exchange.model else CLAUDE
    asked = replace(exchange, asked={"model": model})
    return native.filled_complaints(asked, told, await ask(asked, base_url, "bedrock/invoke"))


async def _ollama(exchange: Exchange, told: NativeReading, base_url: str) -> list[str]:
    return native.filled_complaints(exchange, told, await ask(exchange, base_url, "ollama_chat"))


async def _cohere(exchange: Exchange, told: NativeReading, base_url: str) -> list[str]:
    seen = await ask(exchange, base_url, "cohere_chat")
    plans = _plans(exchange, seen) if told.failure is None else ()
    return [*native.filled_complaints(exchange, told, seen), *plans]


def _plans(exchange: Exchange, seen: Seen) -> Iterator[str]:
    """The plan is in ``provider_specific_fields`` of the message, in pieces of the deltas."""
    plan = reading_cohere.tool_plan(exchange)
    whole = [stream_chunk_builder(list(seen.documents))] if exchange.stream else seen.documents
    pieces = [choice.delta for chunk in seen.documents for choice in chunk.choices] if exchange.stream else []
    for said in ([document.choices[0].message for document in whole], pieces):
        beside = [plain(getattr(each, "provider_specific_fields", None)) or {} for each in said]
        told = "".join(each.get("tool_plan") or "" for each in beside)
        if said and told != plan:
            yield f"tool_plan: recorded {plan!r}, got {told!r}"


def invoked() -> list[Exchange]:
    """Claude's messages on Bedrock's InvokeModel; errors are Bedrock's, whatever model was asked for."""
    return [each for each in recorded("bedrock-invoke") if each.status >= 400 or reading_invoke.is_message(each)]


def _whole(kind: str, read: Callable[[Exchange], Any]) -> Callable[[Exchange], bool]:
    return lambda each: each.body_kind == kind and read(each).failure is None


FORMATS = {
    "openai-chat": Format(
        chat,
        reading.read,
        _openai,
        800,
        frozenset({200, 400, 401, 403, 404, 422, 429, 500}),
        _whole("sse", reading.read),
        says_something_when_severed=False,
    ),
    "anthropic-messages": Format(
        lambda: recorded("anthropic-messages"),
        reading_anthropic.read,
        _anthropic,
        260,
        frozenset({200, 400, 401, 404}),
        lambda each: each.body_kind == "sse" and b"event: message\n" not in each.body,
        says_something_when_severed=False,
    ),
    "gemini": Format(
        lambda: recorded("gemini"),
        reading_gemini.read,
        _gemini,
        240,
        frozenset({200, 400, 404, 429}),
        lambda each: _whole("sse", reading_gemini.read)(each) and b'"finishReason"' in each.body,
        says_something_when_severed=False,
    ),
    "bedrock-converse": Format(
        lambda: recorded("bedrock-converse"),
        reading_converse.read,
        _converse,
        90,
        frozenset({200, 400, 403, 404}),
        _whole("eventstream", reading_converse.read),
    ),
    "bedrock-invoke": Format(
        invoked,
        reading_invoke.read,
        _invoke,
        35,
        frozenset({200, 400}),
        _whole("eventstream", reading_invoke.read),
    ),
    "cohere-v2": Format(
        lambda: recorded("cohere-v2"),
        reading_cohere.read,
        _cohere,
        40,
        frozenset({200, 400, 401}),
        _whole("sse", reading_cohere.read),
    ),
    "ollama": Format(
        lambda: [each for each in recorded("ollama") if each.endpoint == "api.chat"],
        reading_ollama.read,
        _ollama,
        25,
        frozenset({200}),
        _whole("ndjson", reading_ollama.read),
    ),
}
"""Whoever answered, a body's form is one: Claude's messages are asked for as Anthropic's, Gemini's as Google's."""

UNREADABLE: dict[str, str] = {}
"""Recordings that no client can read, by id, and why."""


def answers(name: str) -> list[Exchange]:
    """The readable recordings of a format."""
    return [each for each in FORMATS[name].exchanges() if each.id not in UNREADABLE]
