"""A stream's chunks put together into the answer that the same call would have given unstreamed.

Promises: choices stay apart; fragments of tool calls are joined by index; reasoning, refusals, audio, annotations,
citations, ``usage`` and ``promptshield`` are kept; chunks are not changed, and what was taken from an accumulator does
not change with later ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from ..chunk_builder import JoinedChunks
from ..types.construct import construct
from ._anthropic_accumulate import accumulate_messages_events
from .models import ChatResponse, Message, Usage

__all__ = ["StreamAccumulator", "accumulate_messages_events", "reconstruct_message_from_stream"]


class StreamAccumulator:
    """Puts chunks together as they arrive; what they say so far can be read at any time."""

    def __init__(self) -> None:
        self._joined = JoinedChunks()

    def add_chunk(self, chunk: BaseModel | Mapping[str, Any]) -> None:
        """Add the next chunk: a ChatChunk, or a dict of the same shape."""
        self._joined.add(chunk)

    def reset(self) -> None:
        """Forget everything, for another stream."""
        self._joined = JoinedChunks()

    def get_response(self) -> ChatResponse:
        """The whole answer, its choices in the order of ``index``."""
        return construct(ChatResponse, self._joined.response())

    def get_message(self, index: int = 0) -> Message:
        """The message of a choice; an empty one where nothing of that choice has arrived.

        Its content is text, or where a provider sends parts (Mistral), the list of parts with their text joined.
        """
        return construct(Message, self._message(index))

    def get_content(self, index: int = 0) -> str:
        """The text of a choice; of parts, those that are text."""
        return _text(self._message(index).get("content"), "text")

    def get_reasoning(self, index: int = 0) -> str:
        """What the model thought for a choice: ``reasoning_content``, else ``reasoning``, else parts of thinking."""
        message = self._message(index)
        told = (message.get(name) for name in ("reasoning_content", "reasoning"))
        texts = (text for text in told if isinstance(text, str) and text)
        return next(texts, "") or _text(_parts(message.get("content")), "thinking")

    def _choice(self, index: int) -> Mapping[str, Any]:
        return self._joined.choice(index) or {}

    def _message(self, index: int) -> Mapping[str, Any]:
        message: Mapping[str, Any] = self._choice(index).get("message") or {}
        return message

    @property
    def id(self) -> str | None:
        """The answer's id."""
        return self._joined.fields.get("id")

    @property
    def object(self) -> str | None:
        """What the chunks call themselves."""
        return self._joined.fields.get("object")

    @property
    def created(self) -> int | None:
        """When the answer began, in Unix seconds."""
        return self._joined.fields.get("created")

    @property
    def model(self) -> str | None:
        """The model that answers."""
        return self._joined.fields.get("model")

    @property
    def usage(self) -> Usage | None:
        """The counts of tokens that were sent last."""
        usage = self._joined.fields.get("usage")
        return construct(Usage, usage) if isinstance(usage, dict) else None

    @property
    def role(self) -> str | None:
        """Who speaks, in the first choice; None before anything of it has arrived."""
        return self._message(0).get("role")

    @property
    def finish_reason(self) -> str | None:
        """Why the first choice ended; None before it did."""
        return self._choice(0).get("finish_reason")

    @property
    def tool_calls(self) -> list[dict[str, Any]]:
        """The calls of the first choice, arguments as far as they have arrived."""
        return self._message(0).get("tool_calls") or []

    @property
    def content_parts(self) -> list[str]:
        """The text of the first choice as a list, as zaguan-sdk (Python) has it; empty before any has arrived."""
        content = self.get_content()
        return [content] if content else []


def _parts(content: Any) -> list[Any]:
    return content if isinstance(content, list) else []


def _text(content: Any, kind: str) -> str:
    """A text, or the texts of the parts of a kind; a part of thinking has parts of its own (Mistral)."""
    if isinstance(content, str):
        return content
    parts = (part for part in _parts(content) if isinstance(part, dict) and part.get("type") == kind)
    return "".join(_text(part.get(kind), "text") for part in parts)


def reconstruct_message_from_stream(chunks: Iterable[BaseModel | Mapping[str, Any]]) -> Message:
    """The message of the first choice of a stream, from all its chunks."""
    accumulator = StreamAccumulator()
    for chunk in chunks:
        accumulator.add_chunk(chunk)
    return accumulator.get_message()
