"""Answers made at random from the types that a provider publishes.

Promises values that the type allows: every member of a union, every optional member, is made sooner or later. A text
that the type leaves open is one of its own (``text 17``), and so is a number, so that each can be looked for in what
became of it. The same seed makes the same answer.
"""

from __future__ import annotations

import random
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from typing_extensions import NotRequired, Required

# Below this depth lists are empty and optional members missing, so that types that hold themselves come to an end.
DEPTH = 9
_OPEN = object()
# How everything begins that was made and can be looked for.
_MADE = ("text ", "name ", "id-")


class Maker:
    """Makes values of types.

    Args:
        seed: of all that is left to chance.
        chosen: members whose value the caller says, by class and name; ``...`` is none.
        alone: members of which a value has exactly one, by class: what the type's documentation says and it does not.
    """

    def __init__(
        self,
        seed: int,
        chosen: Mapping[tuple[str, str], Any] | None = None,
        alone: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._random = random.Random(seed)
        self._chosen = chosen or {}
        self._alone = alone or {}
        self._made = 0

    def make(self, kind: Any, depth: int = 0) -> Any:
        """A value of a type, as JSON has it."""
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (typing.Annotated, Required, NotRequired):
            return self.make(arguments[0], depth)
        if origin in (Union, types.UnionType):
            return self._one_of([each for each in arguments if each is not type(None)], depth)
        if origin is Literal:
            return self._random.choice(arguments)
        if origin in (list, tuple, Sequence) or kind in (list, tuple):
            return [self.make((arguments or (str,))[0], depth + 1) for _ in range(self._count(depth))]
        if origin in (dict, Mapping) or kind is dict:
            item = arguments[1] if len(arguments) == 2 else str
            return {self._text(): self.make(item, depth + 1) for _ in range(self._random.randint(0, 2))}
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self._model(kind, depth)
        if typing.is_typeddict(kind):
            return self._typed(kind, depth)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self._random.choice([each.value for each in kind] or [self._plain(str)])
        return self._plain(kind)

    def _count(self, depth: int) -> int:
        return 0 if depth > DEPTH else self._random.randint(0 if depth else 1, 3)

    def _number(self) -> int:
        self._made += 1
        return self._made

    def _one_of(self, kinds: list[Any], depth: int) -> Any:
        return self.make(self._random.choice(kinds), depth) if kinds else None

    def _model(self, kind: type[BaseModel], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        alone = self._alone.get(kind.__name__, ())
        only = self._random.choice(alone) if alone else None
        for name, field in kind.model_fields.items():
            value = self._chosen.get((kind.__name__, name), _OPEN)
            if value is _OPEN and name in alone:
                value = _OPEN if name == only else ...
            elif value is _OPEN and not field.is_required() and (depth > DEPTH or self._random.random() < 0.3):
                value = ...
            if value is _OPEN:
                value = self.make(field.annotation, depth + 1)
            if value is not ...:
                made[field.serialization_alias or field.alias or name] = value
        return made

    def _typed(self, kind: Any, depth: int) -> dict[str, Any]:
        hints = typing.get_type_hints(kind, include_extras=True)
        wanted = kind.__required_keys__
        made = {
            name: self._chosen.get((kind.__name__, name), _OPEN)
            for name in hints
            if name in wanted or self._random.random() > 0.3
        }
        return {
            name: self.make(hints[name], depth + 1) if value is _OPEN else value
            for name, value in made.items()
            if value is not ...
        }

    def _plain(self, kind: Any) -> Any:
        number = self._number()
        if kind is bool:
            return self._random.random() < 0.5
        if kind is int:
            return 100_000 + number
        if kind is float:
            # Counts are floats in some types.
            return float(number)
        if kind in (datetime, date):
            return datetime(2026, 1, 1, 0, 0, number % 60, tzinfo=timezone.utc).isoformat()
        if kind is bytes:
            return "AAEC"
        return f"text {number}"

    def _text(self) -> str:
        return f"name {self._number()}"


def lost(made: Any, became: Any) -> dict[str, Any]:
    """What of an answer is nowhere in what became of it, by its place; a text may be part of another."""
    texts, numbers = [], set()
    pending = [became]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str):
            texts.append(value)
        elif isinstance(value, (int, float)):
            numbers.add(value)
    whole = "\n".join(texts)
    return {
        place: value
        for place, value in _leaves(made, "")
        if (value not in whole if isinstance(value, str) else value not in numbers)
    }


def _leaves(value: Any, place: str) -> Iterator[tuple[str, str | int | float]]:
    """The texts and numbers that were made."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name.startswith("name "):
                yield f"{place}.<name>", name
            yield from _leaves(item, f"{place}.{name.partition(' ')[0]}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{place}[{index}]")
    elif (isinstance(value, str) and value.startswith(_MADE)) or type(value) in (int, float):
        yield place, value
