"""Every protocol that FakeProvider speaks, found by the path of the request; OpenAI's where no other claims it."""

from __future__ import annotations

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
    """The answer where nothing is scripted."""
    return _of(record).default(record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in the format of the request."""
    return _of(record).render(reply, record)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """The error that says why not."""
    return _of(record).refuse(record, refusal)


def _of(record: Received) -> Wire:
    found = next((wire for wire in _OTHERS if wire.speaks(record)), openai_wire)
    return cast("Wire", found)
