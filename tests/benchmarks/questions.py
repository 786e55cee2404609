"""The questions, as a table: probe, route, rivals, sizes, columns. The first column decides the order and the ratios,
the first rival is ours.

Promises that a question is fully described by its row, so that README and report cannot drift from what ran.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bodies_native import WIRES

SDKS = ("ours", "liter-llm", "openai", "litellm")
ROUNDS, QUICK_ROUNDS = 5, 2


@dataclass(frozen=True)
class Question:
    """`columns` maps a probe's figure to its heading; `full` and `quick` are the probe's options.

    `ceiling` names a figure, the more the better, that is also shown as a share of the best floor's.
    `counted` questions add up runs (how many failed) instead of ranking figures, and take `runs` rounds, not ROUNDS.
    """

    name: str
    title: str
    probe: str
    route: str
    rivals: tuple[str, ...]
    columns: dict[str, str]
    full: dict[str, Any] = field(default_factory=dict)
    quick: dict[str, Any] = field(default_factory=dict)
    timeout: float = 120.0
    counted: bool = False
    ceiling: str = ""
    runs: tuple[int, int] = (ROUNDS, QUICK_ROUNDS)


ROUNDS_OF_LOAD = 3
COST = {"cpu_us": "CPU us", "wall_us": "wall us"}
ABOVE = {"cpu_us": "CPU us", "above_us": "us above the pass-through"}
CROWD = {"in_flight": 1000}


def zaguan_load(in_flight: int, calls: int) -> Question:
    return Question(
        f"zaguan-{in_flight}",
        f"Chat through a Zaguan client, {in_flight:,} in flight on a 200 ms upstream",
        "load",
        "brisk",
        ("ours-zaguan", "zaguan-sdk", "sockets"),
        {"cpu_us": "CPU us per answer", "per_second": f"answers/s (ideal {in_flight * 5:,})", "failed": "failed calls"},
        full={"calls": calls, "in_flight": in_flight},
        quick={"calls": in_flight, "in_flight": in_flight},
        timeout=600.0,
        ceiling="per_second",
        runs=(ROUNDS_OF_LOAD, QUICK_ROUNDS),
    )


NATIVE = ("ours", *(f"ours-{wire}" for wire in WIRES))

QUESTIONS = (
    Question(
        "unary",
        "CPU per chat completion, 48 in flight",
        "unary",
        "unary",
        (*SDKS, "pyreqwest", "aiohttp"),
        COST,
        full={"calls": 6000, "in_flight": 48},
        quick={"calls": 600, "in_flight": 48},
    ),
    Question(
        "stream",
        "CPU per streamed chunk, 300-chunk bursts, 8 streams in flight",
        "stream",
        "burst",
        (*SDKS, "aiohttp"),
        {**COST, "chunks": "chunks seen per stream"},
        full={"calls": 160, "in_flight": 8},
        quick={"calls": 24, "in_flight": 8},
    ),
    Question(
        "translated-unary",
        "CPU per chat completion in other protocols than OpenAI's, 48 in flight",
        "above",
        "unary",
        NATIVE,
        ABOVE,
        full={"calls": 500, "in_flight": 48, "blocks": 24, "streamed": False},
        quick={"calls": 100, "in_flight": 48, "blocks": 4, "streamed": False},
    ),
    Question(
        "translated-stream",
        "CPU per streamed chunk in other protocols than OpenAI's, 300-chunk bursts, 8 streams in flight",
        "above",
        "burst",
        NATIVE,
        ABOVE,
        full={"calls": 16, "in_flight": 8, "blocks": 24, "streamed": True},
        quick={"calls": 8, "in_flight": 8, "blocks": 4, "streamed": True},
    ),
    Question(
        "embeddings",
        "CPU per embeddings call, 64 x 1536 JSON numbers, result in hand",
        "embedding",
        "embed",
        (*SDKS, "pyreqwest", "aiohttp"),
        COST,
        full={"calls": 120, "in_flight": 4, "lists": False},
        quick={"calls": 24, "in_flight": 4, "lists": False},
    ),
    Question(
        "embeddings-lists",
        "CPU per embeddings call, every vector read as a Python list",
        "embedding",
        "embed",
        (*SDKS, "pyreqwest", "aiohttp"),
        COST,
        full={"calls": 120, "in_flight": 4, "lists": True},
        quick={"calls": 24, "in_flight": 4, "lists": True},
    ),
    Question(
        "sync",
        "CPU per synchronous chat completion, one at a time",
        "sync",
        "unary",
        ("ours", "openai", "litellm", "httpx"),
        COST,
        full={"calls": 1000},
        quick={"calls": 200},
    ),
    Question(
        "import",
        "Importing the package, warm",
        "imported",
        "",
        SDKS,
        {"ms": "ms", "modules": "modules", "threads": "threads started", "sockets": "sockets opened"},
    ),
    Question(
        "lag",
        "Event-loop lag of a 5 ms ticker with 1,000 calls in flight on a 300 ms upstream",
        "crowd",
        "slow",
        SDKS,
        {"lag_ms": "max lag ms", "cold_lag_ms": "max lag ms, connecting", "wall_ms": "wall ms (ideal 300)"},
        full=CROWD,
        quick=CROWD,
    ),
    Question(
        "threads",
        "OS threads with 1,000 calls in flight",
        "crowd",
        "slow",
        SDKS,
        {"threads": "threads"},
        full=CROWD,
        quick=CROWD,
    ),
    Question(
        "memory",
        "Resident memory per open stream, 999 paced streams",
        "memory",
        "paced",
        SDKS,
        {"kb": "KiB per stream", "mb": "MiB in all", "opened": "streams open"},
        full={"in_flight": 999, "patience": 30},
        quick={"in_flight": 999, "patience": 15},
    ),
    Question(
        "exit",
        "Leaving the process with 400 calls in flight",
        "leave",
        "slow",
        ("ours", "liter-llm", "litellm"),
        {
            "failed": "bad exit status",
            "hung": "hung",
            "noisy": "wrote to stderr",
            "unfinished": "calls in flight, median",
        },
        full={"in_flight": 400},
        quick={"in_flight": 400},
        timeout=30,
        counted=True,
        runs=(50, 10),
    ),
    Question(
        "first-token",
        "Time to first token above the server's own, one stream at a time",
        "first_token",
        "first",
        (*SDKS, "aiohttp"),
        {"p50_us": "p50 us", "p99_us": "p99 us"},
        full={"calls": 200},
        quick={"calls": 40},
    ),
    zaguan_load(50, 1000),
    zaguan_load(100, 2000),
    zaguan_load(400, 4000),
    zaguan_load(1000, 4000),
    Question(
        "zaguan-stream",
        "CPU per chunk of a Zaguan client's chat stream, 300-chunk bursts, 8 streams in flight",
        "stream",
        "burst",
        ("ours-zaguan", "zaguan-sdk"),
        {**COST, "chunks": "chunks seen per stream"},
        full={"calls": 160, "in_flight": 8},
        quick={"calls": 24, "in_flight": 8},
    ),
    Question(
        "zaguan-sync",
        "CPU per chat of a synchronous Zaguan client, one at a time",
        "sync",
        "unary",
        ("ours-zaguan", "zaguan-sdk"),
        COST,
        full={"calls": 1000},
        quick={"calls": 200},
    ),
)


def named(name: str) -> list[Question]:
    """The question of that name, else those whose first word it is: `zaguan` is every `zaguan-...`."""
    exact = [question for question in QUESTIONS if question.name == name]
    return exact or [question for question in QUESTIONS if question.name.startswith(f"{name}-")]
