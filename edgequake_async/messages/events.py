"""Events of a streamed message, as the bytes that a server sends, and the answers of both kinds of calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from pydantic_core import from_json, to_json

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["AnthropicEvent", "MessageReply", "arguments", "chat_usage", "frame"]


class Source(Protocol):
    """What is known of the call that brought an answer."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    def hidden_params(self, response: Any) -> dict[str, Any]: ...


class AnthropicEvent(bytes):
    """One event: the bytes of a server-sent event, ``event:`` line and ``data:`` line, to be sent on as they are.

    ``data`` is what it says, a dict in Anthropic's shape
    (https://docs.anthropic.com/en/docs/build-with-claude/streaming).
    """

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The event that a document is."""
        return cls(frame(str(document.get("type") or "message"), to_json(document)))

    @property
    def data(self) -> dict[str, Any]:
        """What it says. A new dict each time."""
        lines = self.split(b"\n")
        found: dict[str, Any] = from_json(b"\n".join(line[6:] for line in lines if line.startswith(b"data: ")))
        return found

    @property
    def type(self) -> str:
        """Its name: ``message_start``, ``content_block_delta``, ..."""
        return self[7 : self.index(b"\n")].decode()


def frame(name: str, data: bytes) -> bytes:
    """The bytes of a server-sent event."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\ndata: ")
    return b"event: %b\ndata: %b\n\n" % (name.encode(), lines)


class MessageReply(dict[str, Any]):
    """A whole answer: a dict as Anthropic sends it, and beside it what litellm keeps of a call."""

    _source: Source | None = None

    @property
    def _hidden_params(self) -> dict[str, Any]:
        """litellm's ``_hidden_params``."""
        counted = {**self, "usage": chat_usage(self.get("usage"))}
        return {} if self._source is None else self._source.hidden_params(counted)

    @property
    def _response_headers(self) -> Mapping[str, str]:
        return {} if self._source is None else self._source.headers


def chat_usage(usage: Any) -> dict[str, Any] | None:
    """Anthropic's counts as a chat's, whose prompt is all that was sent: new, cached, and written to the cache."""
    if not isinstance(usage, Mapping):
        return None
    read, written = usage.get("cache_read_input_tokens") or 0, usage.get("cache_creation_input_tokens") or 0
    prompt, answer = (usage.get("input_tokens") or 0) + read + written, usage.get("output_tokens") or 0
    return {
        **usage,
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
        "prompt_tokens_details": {"cached_tokens": read, "cache_creation_tokens": written},
    }


def arguments(text: str) -> Any:
    """A tool's arguments as an object; what is no JSON stays a text."""
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return text
