"""Where two clients' answers to one exchange differ, by kind, and which of them says what the recording says.

Pure functions over what `witness_child.py` writes. Ids that a protocol lacks are made by each client and not compared;
arguments of calls are compared as values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

COUNTS = ("prompt", "completion", "total")
KINDS = ("crash", "error class", "content", "tool calls", "finish reason", "usage", "usage details", "reasoning")

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """`recorded` is None where the recording was not read or does not say."""

    id: str
    kind: str
    ours: Any
    theirs: Any
    recorded: Any = None

    def agrees(self, value: Any) -> bool:
        """Whether the recording says this value."""
        if self.kind in KINDS[:2]:
            return (value or "").partition(":")[0] == (self.recorded or "").partition(":")[0]
        if self.kind in ("usage", "usage details") and self.recorded is not None:
            return value is not None and all(value.get(name) == count for name, count in self.recorded.items())
        return bool(value == self.recorded)


def differences(ours: Told, theirs: Told, recorded: Told) -> list[Difference]:
    """One per kind. Where one of the two raised or died what it gave before that is not compared."""
    name = ours["id"]
    if raised(ours) != raised(theirs):
        kind = "error class" if raised(recorded) else "crash"
        return [Difference(name, kind, failed(ours), failed(theirs), failed(recorded))]
    if raised(ours):
        return []
    parts = [parted(told) for told in (ours, theirs, recorded)]
    return [
        Difference(name, kind, *(part[kind] for part in parts))
        for kind in KINDS[2:]
        if parts[0][kind] != parts[1][kind]
    ]


def raised(told: Told) -> str | None:
    """The class of the exception."""
    return told["error"]["class"] if told["error"] else None


def failed(told: Told) -> str | None:
    """The same with its message, for people."""
    return told["error"] and f"{told['error']['class']}: {told['error']['said']}"


def parted(told: Told) -> dict[str, Any]:
    """An answer, by kinds of difference."""
    choices, usage = told["choices"], told["usage"]
    return {
        "content": {index: choice["content"] for index, choice in choices.items()},
        "tool calls": {index: [(c[1], value(c[2])) for c in choice["calls"]] for index, choice in choices.items()},
        "finish reason": {index: choice["finish"] for index, choice in choices.items()},
        "reasoning": {index: choice["reasoning"] for index, choice in choices.items()},
        "usage": some(usage, lambda name: name in COUNTS),
        "usage details": some(usage, lambda name: name not in COUNTS),
    }


def some(usage: Mapping[str, int] | None, wanted: Any) -> dict[str, int] | None:
    return None if usage is None else {name: count for name, count in usage.items() if wanted(name)}


def value(arguments: str) -> Any:
    try:
        return json.loads(arguments)
    except ValueError:  # cut short by the token limit
        return arguments


def table(found: Iterable[Difference]) -> str:
    """Markdown, one row per kind that occurs."""
    found = list(found)
    lines = ["| kind | differ | ours as recorded | litellm as recorded | examples |", "|---|---|---|---|---|"]
    for kind in KINDS:
        rows = [each for each in found if each.kind == kind]
        ours, theirs = (
            sum(each.agrees(side(each)) for each in rows) for side in (lambda e: e.ours, lambda e: e.theirs)
        )
        if rows:
            lines.append(f"| {kind} | {len(rows)} | {ours} | {theirs} | {', '.join(e.id for e in rows[:3])} |")
    return "\n".join(lines)
