"""Every protocol that FakeProvider speaks, found by the path of the request; OpenAI's where no other claims it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, cast

from . import anthropic_wire, bedrock_wire, cohere_wire, gemini_wire, ollama_wire, openai_wire, rerank_wire, vertex_wire
from .framing import Answer
from .openai_ask import Refusal
from .records import Received
from .replies import Error, Stream, Text

if TYPE_CHECKING:
    from .provider import Wire

# Ollama's paths are asked for before Cohere's: both have a chat and an embed.
_OTHERS: tuple[ModuleType, ...] = (
    anthropic_wire,
    gemini_wire,
    vertex_wire,
    bedrock_wire,
    ollama_wire,
    cohere_wire,
    rerank_wire,
)


def check_key(record: Received, key: str) -> None:
    """Refuse a request that does not carry ``key`` as its protocol does."""
    _of(record).check_key(record, key)


def default(record: Received) -> Answer:
    """The answer where nothing is scripted, or the error that says why not."""
    return _told(record, _of(record).default)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in the format of the request, or the error that says why it has none there."""
    return _told(record, partial(_of(record).render, reply))


def refuse(record: Received, refusal: Refusal) -> Answer:
    """The error that says why not."""
    return _of(record).refuse(record, refusal)


def _told(record: Received, how: Callable[[Received], Answer]) -> Answer:
    # Here, not where the server catches a refusal: a fault that a script asks for must befall an error, too.
    try:
        return how(record)
    except Refusal as refusal:
        return refuse(record, refusal)


def _of(record: Received) -> Wire:
    found = next((wire for wire in _OTHERS if wire.speaks(record)), openai_wire)
    return cast("Wire", found)
