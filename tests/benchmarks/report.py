"""Markdown tables from the figures of a run; pure functions, so that a saved run prints the same again.

A ratio above 1 in "x ours" means that the rival needs that many times what ours needs, by medians; "x floor" compares
with the cheapest floor of the question. A rival with failed children shows what went wrong instead of a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from questions import Question

Runs = Sequence[Mapping[str, float]]


def number(value: float) -> str:
    if value == int(value):
        return f"{value:,.0f}"
    if abs(value) < 10:
        return f"{value:.2f}"
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def middle(runs: Runs, key: str) -> float:
    return median(run[key] for run in runs)


def ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else "-"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def ranked(
    question: Question, results: Mapping[str, Runs], faults: Mapping[str, Sequence[str]], floors: set[str]
) -> list[str]:
    first, *others = question.columns
    medians = {name: middle(runs, first) for name, runs in results.items() if runs}
    best = min((value for name, value in medians.items() if name in floors), default=None)
    ours = medians.get(question.rivals[0])
    top = question.ceiling
    ceiling = max((middle(results[name], top) for name in medians if name in floors), default=None) if top else None
    heads = [
        "",
        f"{question.columns[first]}: min",
        "median",
        "max",
        "x ours",
        "x floor",
        *(question.columns[key] for key in others),
        *(["of the ceiling"] if ceiling else []),
    ]
    lines = [row(*heads), row("---", *["---:"] * (len(heads) - 1))]
    for name, value in sorted(medians.items(), key=lambda item: item[1]):
        runs = results[name]
        spread = [
            number(min(run[first] for run in runs)),
            number(value),
            number(max(run[first] for run in runs)),
        ]
        ratios = [ratio(value, ours), ratio(value, best)]
        share = [f"{middle(runs, top) / ceiling:.0%}"] if ceiling else []
        label = f"{name} (floor)" if name in floors else name
        lines.append(row(label, *spread, *ratios, *(number(middle(runs, key)) for key in others), *share))
    lines += [row(name, *["failed"] * 3, *["-"] * (len(heads) - 4)) for name in results if name not in medians]
    return lines + footnotes(faults)


def counted(question: Question, results: Mapping[str, Runs], faults: Mapping[str, Sequence[str]]) -> list[str]:
    *sums, last = question.columns
    heads = ["", "runs", *question.columns.values()]
    lines = [row(*heads), row("---", *["---:"] * (len(heads) - 1))]
    for name, runs in results.items():
        totals = [f"{sum(run[key] for run in runs):.0f}" for key in sums]
        lines.append(row(name, str(len(runs)), *totals, number(middle(runs, last)) if runs else "-"))
    return lines + footnotes(faults)


def footnotes(faults: Mapping[str, Sequence[str]]) -> list[str]:
    told = {name: sorted(set(messages)) for name, messages in faults.items() if messages}
    return [f"\n{name}: {len(faults[name])} failed run(s): {'; '.join(messages)}" for name, messages in told.items()]


def table(
    question: Question,
    results: Mapping[str, Runs],
    faults: Mapping[str, Sequence[str]],
    floors: set[str],
    rounds: int,
    quick: bool,
) -> str:
    """The Markdown section of one question, `rounds` interleaved rounds per rival."""
    lines = counted(question, results, faults) if question.counted else ranked(question, results, faults, floors)
    size = ", ".join(f"{key} {value}" for key, value in (question.quick if quick else question.full).items())
    note = f"`--only {question.name}`; {rounds} rounds, interleaved; {size}".removesuffix("; ")
    return "\n".join([f"### {question.title}", "", note, "", *lines, ""])
