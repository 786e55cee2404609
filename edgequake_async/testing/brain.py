"""A small deterministic model: what it says depends on the request alone.

It repeats the last user message, calls the tools that this message names (or that it is forced to call),
quotes tool results, and fills in JSON schemas. It speaks no wire format: a wire turns its requests into an
``Ask`` and the ``Turn`` values back into bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .replies import Text, ToolCall
from .schema import example

FinishReason = Literal["stop", "length", "tool_calls"]

_TOKEN = re.compile(r"\s*\S{1,12}|\s+")
_TOKENS_PER_MESSAGE = 4


@dataclass(frozen=True)
class Said:
    """One message of the conversation: who spoke, the text, and the kinds of the parts that are not text."""

    role: str
    text: str
    attached: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tool:
    """A tool on offer: its name and the JSON schema of its arguments."""

    name: str
    schema: Any = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """What a request wants, in no wire's words.

    ``choice`` is "auto", "none", "required" or "=" and the name of the tool to call. ``document`` is the
    schema that the answer must satisfy, if any. ``limit`` counts tokens.
    """

    said: Sequence[Said]
    tools: Sequence[Tool] = ()
    choice: str = "auto"
    parallel: bool = True
    document: Any = None
    stop: Sequence[str] = ()
    limit: int | None = None
    turns: int = 1
    reasons: bool = False


@dataclass(frozen=True)
class Turn:
    """One answer of the model."""

    content: str | None
    calls: tuple[ToolCall, ...] = ()
    reasoning: str | None = None
    refusal: str | None = None
    finish_reason: str = "stop"


def scripted(reply: Text) -> Turn:
    """A scripted reply as a turn."""
    finish = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
    return Turn(reply.content or None, reply.tool_calls, reply.reasoning, reply.refusal, finish)


def tokens(text: str | None) -> list[str]:
    """The text in the small pieces that the model counts and streams; joined, they are the text."""
    return _TOKEN.findall(text or "")


def prompt_tokens(said: Sequence[Said]) -> int:
    """How many tokens a conversation costs."""
    return sum(len(tokens(message.text)) + _TOKENS_PER_MESSAGE for message in said)


def answers(ask: Ask) -> list[Turn]:
    """The turns asked for. Raises SchemaError where a schema cannot be satisfied."""
    calls = _calls(ask)
    asked = _last_user_text(ask)
    reasoning = f"The user wants: {asked}" if ask.reasons else None
    if calls:
        forced = ask.choice.startswith("=")
        turn = Turn(None, calls, reasoning, finish_reason="stop" if forced else "tool_calls")
        return [turn] * ask.turns
    turns = []
    for number in range(1, ask.turns + 1):
        content, finish_reason = _limited(_text(ask, number), ask)
        turns.append(Turn(content, (), reasoning, finish_reason=finish_reason))
    return turns


def stopped(ask: Ask) -> tuple[Turn, str | None]:
    """The first turn, and the sequence that stopped it, if one did. Raises SchemaError as answers() does."""
    turn = answers(replace(ask, stop=()))[0]
    found = [(turn.content.find(word), word) for word in ask.stop if turn.content and word in turn.content]
    return (answers(ask)[0], min(found)[1]) if found else (turn, None)


def _text(ask: Ask, number: int) -> str:
    if ask.document is not None:
        return json.dumps(example(ask.document), ensure_ascii=False)
    results = _trailing_results(ask)
    text = "The tool answered: " + "; ".join(results) if results else f"You said: {_last_user_text(ask)}"
    return text if number == 1 else f"{text} (choice {number})"


def _limited(text: str, ask: Ask) -> tuple[str, FinishReason]:
    ends = [text.find(word) for word in ask.stop if word and word in text]
    text = text[: min(ends)] if ends else text
    pieces = tokens(text)
    if ask.limit is not None and len(pieces) > ask.limit:
        return "".join(pieces[: ask.limit]), "length"
    return text, "stop"


def _calls(ask: Ask) -> tuple[ToolCall, ...]:
    if ask.choice == "none" or not ask.tools:
        return ()
    if ask.choice.startswith("="):
        named = [tool for tool in ask.tools if tool.name == ask.choice[1:]]
        return tuple(_mentions(ask, named)[:1] or [_call(tool) for tool in named[:1]])
    calls = [] if ask.choice == "auto" and _trailing_results(ask) else _mentions(ask, ask.tools)
    if not calls and ask.choice == "required":
        calls = [_call(ask.tools[0])]
    return tuple(calls if ask.parallel else calls[:1])


def _mentions(ask: Ask, tools: Sequence[Tool]) -> list[ToolCall]:
    """A call for every place where the user names a tool, in the order of the text.

    A JSON object right after the name gives the arguments; otherwise they are made from the tool's schema.
    """
    text = _last_user_text(ask)
    places: list[tuple[int, ToolCall]] = []
    for tool in tools:
        for match in re.finditer(rf"(?<![\w-]){re.escape(tool.name)}(?![\w-])", text):
            places.append((match.start(), _call(tool, _object_at(text[match.end() :]))))
    return [call for _, call in sorted(places, key=lambda place: place[0])]


def _call(tool: Tool, arguments: Mapping[str, Any] | None = None) -> ToolCall:
    return ToolCall(tool.name, example({"type": "object", **tool.schema}) if arguments is None else arguments)


def _object_at(text: str) -> Mapping[str, Any] | None:
    text = text.lstrip(" (:")
    if not text.startswith("{"):
        return None
    try:
        found = json.JSONDecoder().raw_decode(text)[0]
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None


def _trailing_results(ask: Ask) -> list[str]:
    results: list[str] = []
    for message in reversed(ask.said):
        if message.role not in ("tool", "function"):
            break
        results.insert(0, message.text)
    return results


def _last_user_text(ask: Ask) -> str:
    for message in reversed(ask.said):
        if message.role == "user":
            kinds = sorted(set(message.attached))
            parts = ", ".join(f"{message.attached.count(kind)} {kind}" for kind in kinds)
            return f"{message.text} [with {parts}]" if parts else message.text
    return ""
