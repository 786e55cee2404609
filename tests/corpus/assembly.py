"""Putting the pieces of a chat answer together: the one thing that reading and observing have in common.

Takes plain strings and dictionaries, whoever found them: the recording's own JSON on one side, the attributes
of the library's objects on the other. Shares no code with the library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A tool call; absent ids and names are empty."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Answer:
    """What one choice says."""

    text: str
    reasoning: str
    refusal: str
    calls: tuple[Call, ...]
    finish_reason: str | None
    logprobs: Mapping[str, list[Any]]
    annotations: list[Any]
    thinking: list[Any]
    raw_finish_reason: str | None


@dataclass
class _Open:
    id: str
    name: str
    arguments: str


@dataclass
class Assembly:
    """One choice under construction. Unary answers arrive as a single piece."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish_reason: str | None = None
    logprobs: dict[str, list[Any]] = field(default_factory=dict)
    annotations: list[Any] = field(default_factory=list)
    thinking: list[Any] = field(default_factory=list)
    raw_finish_reason: str | None = None
    _calls: list[tuple[int | None, _Open]] = field(default_factory=list)

    def content(self, value: Any) -> None:
        """A string; Mistral's list of parts, in which reasoning is a part of its own; a decoded document."""
        if isinstance(value, str):
            self.text += value
        elif isinstance(value, list):
            for part in value:
                if part.get("type") == "thinking":
                    self.reasoning += "".join(piece.get("text", "") for piece in part["thinking"])
                else:
                    self.text += part.get("text") or ""
        elif value is not None:
            self.text += json.dumps(value, sort_keys=True)

    def thought(self, reasoning: str | None) -> None:
        """Reasoning that has a field of its own, whatever the provider calls it."""
        self.reasoning += reasoning or ""

    def thought_block(self, block: Mapping[str, Any]) -> None:
        """A thinking block or a piece of one: pieces belong together until one is signed."""
        last = self.thinking[-1] if self.thinking else {"signature": "none begun"}
        if block.get("type") != "thinking" or last.get("type") != "thinking" or last.get("signature"):
            self.thinking.append({**block})
            return
        for key, value in block.items():
            last[key] = last.get(key, "") + value if key in ("signature", "thinking") else value

    def call(self, index: int | None, id: str | None, name: str | None, arguments: str | None) -> None:
        """A piece of a call. Without an index a new id opens a call, and no id continues the last one."""
        current = next((call for at, call in reversed(self._calls) if at == index), None)
        if current is None or (id and current.id and id != current.id):
            current = _Open("", "", "")
            self._calls.append((index, current))
        current.id = current.id or id or ""
        current.name = current.name or name or ""
        current.arguments += arguments or ""

    def likelihoods(self, logprobs: Any) -> None:
        """Token lists are joined per kind (content, refusal, ...). Together sends a bare number instead."""
        for kind, tokens in logprobs.items() if isinstance(logprobs, dict) else ():
            if isinstance(tokens, list):
                self.logprobs.setdefault(kind, []).extend(tokens)

    def finished(self, reason: str | None, raw: str | None = None) -> None:
        """The last reason given counts: some routers send it twice. ``raw`` is the provider's own, if another."""
        self.finish_reason = reason or self.finish_reason
        self.raw_finish_reason = raw or reason or self.raw_finish_reason

    def answer(self) -> Answer:
        calls = tuple(Call(call.id, call.name, call.arguments) for _, call in self._calls)
        kinds = {kind: tokens for kind, tokens in self.logprobs.items() if tokens}
        return Answer(
            self.text,
            self.reasoning,
            self.refusal,
            calls,
            self.finish_reason,
            kinds,
            self.annotations,
            self.thinking,
            self.raw_finish_reason,
        )


@dataclass(frozen=True)
class Reply:
    """A whole chat answer as its reader understands it."""

    id: str | None
    model: str | None
    choices: Mapping[int, Answer]
    usage: Mapping[str, Any] | None
    citations: Any
