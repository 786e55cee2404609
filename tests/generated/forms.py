"""Whole answers of the providers that stream, made at random: what the types say, and what they leave to prose.

Texts hold quotes, a line's end and letters of more than one byte, and are long enough to be cut.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

import ollama._types
import pydantic
from cohere.v2.types import V2ChatResponse
from mistralai.client.models import AssistantMessage, ChatCompletionResponse
from mistralai.client.types.basemodel import Unset
from openai.types.chat import ChatCompletion

from .making import Maker

Json = dict[str, Any]
Chosen = Mapping[tuple[str, str], Any]


class Speaker(Maker):
    """Makes values of types that name other types, too. A member that can have one value only has it."""

    def make(self, kind: Any, depth: int = 0) -> Any:
        named = kind if hasattr(kind, "__value__") else get_origin(kind)
        if hasattr(named, "__value__"):
            given = get_args(kind)
            return self.make(named.__value__[given] if given else named.__value__, depth)
        return super().make(kind, depth)

    def _one_of(self, kinds: list[Any], depth: int) -> Any:
        # Of what SDKs make of something that they do not know, nothing is ever sent.
        kinds = [each for each in kinds if each is not Unset and "Unknown" not in getattr(each, "__name__", "")]
        return super()._one_of(kinds, depth)

    def _model(self, kind: type[pydantic.BaseModel], depth: int) -> Json:
        fixed = {name: only for name, each in kind.model_fields.items() if (only := _only(each.annotation)) is not None}
        made = super()._model(kind, depth)
        # In front, where providers have it.
        return {**{name: only for name, only in fixed.items() if name in ("type", "role", "object")}, **made, **fixed}

    def _plain(self, kind: Any) -> Any:
        made = super()._plain(kind)
        # Numbered in four digits, so that no text is part of another.
        return f'text {int(made[5:]):04} "é\n😀 end' if isinstance(made, str) and made.startswith("text ") else made

    def _text(self) -> str:
        return f"name {int(super()._text()[5:]):04}"

    def choice(self, items: Any) -> Any:
        """One of several."""
        return self._random.choice(items)

    def pieces(self, text: str) -> list[str]:
        """A text cut at random; joined, they are the text."""
        cut, size = [], self._random.randint(1, max(1, len(text)))
        while text:
            length = self._random.randint(1, size)
            cut.append(text[:length])
            text = text[length:]
        return cut

    def torn(self, body: bytes) -> list[bytes]:
        """A body in a few writes, which may part a letter."""
        places = sorted(self._random.sample(range(len(body)), min(len(body), self._random.randint(0, 3))))
        return [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True) if end > start]


def _only(annotation: Any) -> Any:
    """The one value that a type allows."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0] if len(get_args(annotation)) == 1 else None
    kinds = [each for each in get_args(annotation) if each not in (type(None), ...)]
    return _only(kinds[0]) if len(kinds) == 1 or _is_annotated(annotation) else None


def _is_annotated(annotation: Any) -> bool:
    return hasattr(annotation, "__metadata__")


@dataclass(frozen=True)
class Form:
    """How a provider answers.

    Attributes:
        prefix: of models, on our side.
        kind: the type of a whole answer.
        chosen: members whose value is no matter of chance, and why: ``...`` is none.
        tidy: makes an answer that the type allows into one that the provider gives.
    """

    prefix: str
    kind: type[pydantic.BaseModel]
    tidy: Callable[[Json, Speaker], None]
    chosen: Chosen = field(default_factory=dict)

    def answer(self, seed: int) -> tuple[Json, Speaker]:
        """An answer, and what goes on making by the same chance."""
        speaker = Speaker(seed, self.chosen)
        made: Json = speaker.make(self.kind)
        self.tidy(made, speaker)
        for function in _members(made, "function", "function_call"):
            # The API's own word is a text of JSON; SDKs take objects too, for requests. Ollama's is an object.
            if ("arguments" in function and isinstance(function["arguments"], str)) or self.prefix == "mistral":
                told = speaker.make(str)
                function["arguments"] = json.dumps({"a": told}, ensure_ascii=False)
        return made, speaker


def _members(value: Any, *names: str) -> Iterator[Json]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in names and isinstance(item, dict):
                yield item
            else:
                yield from _members(item, *names)
    elif isinstance(value, list):
        for item in value:
            yield from _members(item, *names)


def _cohere(made: Json, speaker: Speaker) -> None:
    message = made["message"]
    # It thinks before it speaks, and plans before it calls; a failure is an error, not an answer.
    if made["finish_reason"] in ("ERROR",):
        made["finish_reason"] = "COMPLETE"
    for call in message.get("tool_calls", ()):
        call["function"] = {"name": speaker.make(str), "arguments": "{}", **call.get("function", {})}
    said = "".join(part.get("text", "") for part in message.get("content", ()))
    for citation in message.get("citations", ()):
        # A citation says where it stands in the text and is kept as long as that is there.
        citation["sources"] = citation.get("sources", [])
        citation["start"] = citation.get("start", 0)
        citation["text"] = said[4:9]
    # No probabilities of no text.
    if not message.get("content"):
        made.pop("logprobs", None)


def _ollama(made: Json, speaker: Speaker) -> None:
    made["done"] = True
    made["message"]["role"] = "assistant"


def _mistral(made: Json, speaker: Speaker) -> None:
    made["choices"] = made["choices"] or [speaker.make(_choice_of(ChatCompletionResponse))]
    for index, choice in enumerate(made["choices"]):
        choice["index"] = index
        choice.setdefault("message", speaker.make(AssistantMessage))
        content = choice["message"].get("content")
        if isinstance(content, list):
            content[:] = _joined(content)
        for number, call in enumerate(choice["message"].get("tool_calls", ())):
            call["id"] = f"{index:04}{number:05}"
            call["index"] = number


def _joined(parts: list[Json]) -> list[Json]:
    """Parts whose ends can be told of pieces: two texts beside each other are one."""
    joined: list[Json] = []
    for part in parts:
        if part["type"] == "thinking":
            part["thinking"] = _joined(part["thinking"])
        last = joined[-1] if joined else {}
        is_open = "signature" not in last and not last.get("closed")
        if part["type"] in ("text", "thinking") and part["type"] == last.get("type") and is_open:
            continue
        joined.append(part)
    return joined


def _choice_of(kind: type[pydantic.BaseModel]) -> Any:
    return get_args(kind.model_fields["choices"].annotation)[0]


def _openai(made: Json, speaker: Speaker) -> None:
    made["choices"] = made["choices"] or [speaker.make(_choice_of(ChatCompletion))]
    for index, choice in enumerate(made["choices"]):
        choice["index"] = index


COHERE = Form("cohere", V2ChatResponse, _cohere)
OLLAMA = Form(
    "ollama_chat",
    ollama._types.ChatResponse,
    _ollama,
    {
        # Our time is in seconds.
        ("ChatResponse", "created_at"): "2026-01-01T00:00:00Z",
        # Of results of tools and of questions, never of answers.
        ("Message", "tool_name"): ...,
        ("Message", "images"): ...,
    },
)
MISTRAL = Form(
    "mistral",
    ChatCompletionResponse,
    _mistral,
    {
        ("ChatCompletionResponse", "object"): "chat.completion",
        # Of requests: the answer goes on with it.
        ("AssistantMessage", "prefix"): ...,
        # Of a model that answers in several messages, which no chunk has a place for.
        ("ChatCompletionChoice", "messages"): ...,
    },
)
OPENAI = Form(
    "openai",
    ChatCompletion,
    _openai,
    {
        # Of stored answers; no chunk has it.
        ("ChatCompletion", "metadata"): ...,
    },
)
