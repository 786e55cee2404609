"""Where two documents differ, field by field, and which of the differences are listed.

Pure functions. A field's name is its way through the document, list items by number: `requests.0.body.max_tokens`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ABSENT, NULL = "<absent>", "<null>"
ANY: Any = object()


@dataclass(frozen=True)
class Difference:
    """A field that the two have differently; ABSENT where one has none."""

    case: str
    field: str
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        return f"{self.case}: {self.field}: ours {self.ours!r}, litellm's {self.theirs!r}"


@dataclass
class Row:
    """A difference that is meant: patterns of cases and of fields, what the two have there, and why.

    In a pattern `*` is any text and `{a,b}` either. `ours` and `theirs` are left out where they vary; ABSENT and NULL
    stand for what TOML cannot say.
    """

    cases: str
    field: str
    why: str
    ours: Any = ANY
    theirs: Any = ANY
    seen: list[Difference] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cases, self._field = pattern(self.cases), pattern(self.field)

    def __str__(self) -> str:
        said = [
            f"{name} {value!r}" for name, value in (("ours", self.ours), ("theirs", self.theirs)) if value is not ANY
        ]
        return ", ".join([f"{self.cases}: {self.field}", *said])

    def covers(self, found: Difference) -> bool:
        """Whether this is the difference that is meant."""
        return bool(
            self._cases.fullmatch(found.case)
            and self._field.fullmatch(found.field)
            and fits(self.ours, found.ours)
            and fits(self.theirs, found.theirs)
        )


def fits(wanted: Any, value: Any) -> bool:
    """Whether a row's value is that of a difference."""
    return wanted is ANY or same(None if wanted == NULL else wanted, value)


def pattern(text: str) -> re.Pattern[str]:
    """A pattern of names as a regular expression."""
    words = {"*": ".*", "{": "(?:", "}": ")", ",": "|"}
    return re.compile("".join(words.get(each, re.escape(each)) for each in text), re.DOTALL)


def compared(case: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    """Every difference between what came of a case; where one of the two raised, that one did and which exception."""
    ends = ["raises " + side["raised"]["class"] if "raised" in side else "returns" for side in (ours, theirs)]
    if (ends[0] == "returns") == (ends[1] == "returns"):
        return list(differences(case, ours, theirs))
    found = differences(case, ours["requests"], theirs["requests"], "requests")
    return [Difference(case, "end", *ends), *found]


def differences(case: str, ours: Any, theirs: Any, name: str = "") -> Iterator[Difference]:
    """The outermost fields that differ."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            inner = f"{name}.{key}" if name else str(key)
            yield from differences(case, ours.get(key, ABSENT), theirs.get(key, ABSENT), inner)
    elif isinstance(ours, list) and isinstance(theirs, list):
        for index in range(max(len(ours), len(theirs))):
            pair = [side[index] if index < len(side) else ABSENT for side in (ours, theirs)]
            yield from differences(case, *pair, f"{name}.{index}")
    elif not same(ours, theirs):
        yield Difference(case, name, ours, theirs)


def same(one: Any, other: Any) -> bool:
    """Equality, but for the last digits of sums of prices; True is not 1."""
    if isinstance(one, float) or isinstance(other, float):
        numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (one, other))
        return numbers and math.isclose(one, other, rel_tol=1e-9)
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def unlisted(found: Iterable[Difference], rows: Iterable[Row]) -> list[Difference]:
    """Differences that no row covers. Each row notes those that it does."""
    rows, left = list(rows), []
    for each in found:
        covering = [row for row in rows if row.covers(each)]
        for row in covering:
            row.seen.append(each)
        if not covering:
            left.append(each)
    return left
