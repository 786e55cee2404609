"""Compares what 68 packages use of litellm with what is here under its name: ``python tests/drop_in/surface.py``.

``litellm-usage.csv`` says which symbols, module paths, keyword arguments and assignments the packages use, and how many
of them do. ``litellm_surface.csv``, beside this file, says what each symbol is in litellm 1.106.2 and in which modules
it is found. A symbol is there if it is in each of them, is of the same kind (an ``async def`` is one, a class a class,
a default of the same type) and takes litellm's parameters in litellm's order.

Prints what is missing, and what is other than in litellm. Ends with 1 where that is true of anything that two packages
or more use, Router, callbacks and caching excepted.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
USAGE = Path(os.environ.get("LITELLM_USAGE_CSV") or HERE.parents[2] / "shared" / "design" / "litellm-usage.csv")
ANSWERED = HERE / "litellm_surface.csv"

# What has no counterpart yet: routing, callbacks, caching, budgets, the proxy, and what reaches into litellm's inside.
EXCEPTED = (
    "Router AllowedFailsPolicy DeploymentTypedDict success_callback failure_callback callbacks service_callback "
    "_async_success_callback cache Cache DualCache LiteLLMCacheType enable_cache disable_cache max_budget "
    "_current_cost integrations proxy types.guardrails types.router router caching"
).split()
# Assigned by packages to a name that litellm 1.106.2 does not have.
NOWHERE = frozenset({"telemetry", "turn_off_message", "verbose"})


class Found(NamedTuple):
    """What the comparison says of one line: ``problem`` is empty where all is well."""

    symbol: str
    count: int
    problem: str


def excepted(symbol: str) -> bool:
    name = symbol.rpartition(":")[2].removeprefix("litellm.")
    return any(name == each or name.startswith(f"{each}.") for each in EXCEPTED)


def usage(path: Path) -> Iterator[tuple[str, int]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["symbol"], int(row["count"])


def answered() -> dict[str, dict[str, str]]:
    with ANSWERED.open(encoding="utf-8", newline="") as file:
        return {row["symbol"]: row for row in csv.DictReader(file)}


def is_function(value: Any) -> bool:
    return inspect.isroutine(value) and not inspect.iscoroutinefunction(value)


# What each kind of litellm's must be here.
KINDS: dict[str, Callable[[Any], bool]] = {
    "class": inspect.isclass,
    "function": is_function,
    "coroutine function": inspect.iscoroutinefunction,
    "module": inspect.ismodule,
    "type": lambda value: value is not None and not isinstance(value, (str, int, list, dict)),
    "None": lambda value: value is None,
    "logger": lambda value: callable(getattr(value, "addFilter", None)),
    "tokenizer": lambda value: value.decode(value.encode("a text")) == "a text",
    **{kind.__name__: lambda value, kind=kind: isinstance(value, kind) for kind in (bool, int, float, list, dict)},
}


def parameters(function: Any) -> list[str]:
    return [
        name for name, each in inspect.signature(function).parameters.items() if each.kind == each.POSITIONAL_OR_KEYWORD
    ]


def differs(value: Any, expected: dict[str, str]) -> str:
    """How a value is other than litellm's; empty where it is not."""
    kind = expected["kind"]
    if not KINDS[kind](value):
        return f"is no {kind} but {value!r:.60}"
    if "function" not in kind:
        return ""
    ours, theirs = parameters(value), expected["parameters"].split()
    takes_any = any(each.kind == each.VAR_KEYWORD for each in inspect.signature(value).parameters.values())
    lacking = [name for name in theirs if name not in ours]
    if lacking and not takes_any:
        return f"does not take {' '.join(lacking)}"
    shared = [name for name in theirs if name in ours]
    if [name for name in ours if name in theirs] != shared:
        return f"takes parameters in another order: {' '.join(ours)}"
    return ""


def look_up(path: str) -> Any:
    """A dotted path under litellm: a module, or a name in one."""
    module, _, name = path.rpartition(".")
    if module:
        holder = importlib.import_module(module)
        if hasattr(holder, name):
            return getattr(holder, name)
    return importlib.import_module(path)


def check_symbol(symbol: str, facts: dict[str, dict[str, str]]) -> str:
    if symbol in NOWHERE:
        return ""
    expected = facts.get(symbol)
    if expected is None:
        return "unknown in litellm_surface.csv"
    problems = []
    seen: Any = None
    for module in expected["modules"].split():
        try:
            value = look_up(f"{module}.{symbol.rpartition('.')[2]}")
        except (ImportError, AttributeError):
            problems.append(f"not in {module}")
            continue
        problem = differs(value, expected)
        if not problem and seen is not None and value is not seen and expected["kind"] not in ("list", "dict"):
            problem = "is not the object that it is elsewhere"
        seen = value
        if problem:
            problems.append(f"{module}: {problem}")
    return "; ".join(problems)


def check_assignment(path: str) -> str:
    """Assigning must be possible, be seen, and leave nothing behind."""
    holder, _, name = path.rpartition(".")
    module = importlib.import_module(holder)
    had, before = hasattr(module, name), getattr(module, name, None)
    marker = before if callable(before) else object()
    setattr(module, name, marker)
    seen = getattr(module, name) is marker
    if had:
        setattr(module, name, before)
    else:
        delattr(module, name)
    return "" if seen else "the assigned value is not there"


def check_keyword(call: str) -> str:
    name, _, keyword = call.partition(".")
    function = importlib.import_module("litellm").__dict__.get(name) or look_up(f"litellm.{name}")
    if keyword == "**" or keyword.startswith("<"):
        return ""
    try:
        inspect.signature(function).bind_partial(**{keyword: None})
    except TypeError as error:
        return str(error)
    return ""


def check(symbol: str, facts: dict[str, dict[str, str]]) -> str | None:
    """What is wrong with a line; None where the line is nothing that can be looked up."""
    kind, colon, name = symbol.partition(":")
    try:
        if not colon:
            return check_symbol(symbol, facts)
        if kind == "set":
            return check_assignment(name)
        if kind == "module":
            look_up(name)
            return ""
        if kind == "kw":
            return check_keyword(name)
    except (ImportError, AttributeError) as error:
        return str(error)
    # How responses are read, and what packages' own tests use.
    return None


def compare(path: Path) -> list[Found]:
    facts = answered()
    found = []
    for symbol, count in usage(path):
        problem = check(symbol, facts)
        if problem is not None:
            found.append(Found(symbol, count, problem))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="What of litellm's surface is there.")
    parser.add_argument("usage", nargs="?", type=Path, default=USAGE)
    path = parser.parse_args().usage

    import edgequake_async

    edgequake_async.install_as_litellm()
    found = compare(path)
    needed = [each for each in found if each.count > 1 and not excepted(each.symbol)]
    lacking = [each for each in needed if each.problem]
    others = [each for each in found if each.problem and each not in lacking]
    print(f"{len(needed) - len(lacking)} of {len(needed)} that two packages or more use are there")
    for title, group in (
        ("Missing, used by two packages or more", lacking),
        ("Missing, used by one package", [each for each in others if not excepted(each.symbol)]),
        (
            "Excepted: Router, callbacks, caching, budgets, the proxy",
            [each for each in others if excepted(each.symbol)],
        ),
    ):
        print(f"\n{title}: {len(group)}")
        for each in sorted(group, key=lambda each: (-each.count, each.symbol)):
            print(f"  {each.symbol} ({each.count}): {each.problem}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
