"""Every protocol that FakeProvider speaks, found by the path of the request; OpenAI's where no other claims it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from . import anthropic_wire, bedrock_wire, cohere_wire, gemini_wire, ollama_wire, openai_wire, rerank_wire, vertex_wire
from .beside_wire import BesideWire
from .framing import Answer
from .openai_ask import Refusal
from .records import Received
from .replies import Error, Stream, Text

if TYPE_CHECKING:
    from .provider import Wire


class Wires:
    """The protocols of one provider, and what it remembers between requests."""

    def __init__(self) -> None:
        # Ollama's paths are asked for before Cohere's: both have a chat and an embed.
        self._others = (
            anthropic_wire,
            gemini_wire,
            vertex_wire,
            bedrock_wire,
            ollama_wire,
            cohere_wire,
            rerank_wire,
            BesideWire(),
        )

    def check_key(self, record: Received, key: str) -> None:
        """Refuse a request that does not carry ``key`` as its protocol does."""
        self._of(record).check_key(record, key)

    def default(self, record: Received) -> Answer:
        """The answer where nothing is scripted, or the error that says why not."""
        return self._told(record, self._of(record).default)

    def render(self, reply: Text | Stream | Error, record: Received) -> Answer:
        """A scripted reply in the format of the request, or the error that says why it has none there."""
        return self._told(record, partial(self._of(record).render, reply))

    def refuse(self, record: Received, refusal: Refusal) -> Answer:
        """The error that says why not."""
        return self._of(record).refuse(record, refusal)

    def _told(self, record: Received, how: Callable[[Received], Answer]) -> Answer:
        # Here, not where the server catches a refusal: a fault that a script asks for must befall an error, too.
        try:
            return how(record)
        except Refusal as refusal:
            return self.refuse(record, refusal)

    def _of(self, record: Received) -> Wire:
        found = next((wire for wire in self._others if wire.speaks(record)), openai_wire)
        return cast("Wire", found)
