"""Measure this client against its rivals: `python tests/benchmarks/run.py [--only unary,stream] [--quick]`.

Promises: every rival in its own environment and process, rounds interleaved (A B C A B C), one measurement at a time on
the machine (a lock), a timeout on each child, Markdown on stdout. Refuses to rank a run that lost data.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import platform
import resource
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bodies
import report
import servers
import venvs
from questions import QUESTIONS, Question, named

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgequake-bench"
EXIT_SWEEP = [0.2, *(0.285 + 0.012 * step for step in range(9))]
"""Seconds at which the exit question leaves: once well before the 300 ms replies, then across their arrival."""


def environment() -> dict[str, str]:
    """The parent's, without proxies; litellm is spared its cost-map download at import, which would dominate it."""
    kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    return {**kept, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONPATH": str(HERE)}


def last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def child(python: str, script: str, task: dict[str, Any], timeout: float) -> tuple[str, str, int | None]:
    """Run one measurement; (stdout, stderr, exit status), status None where the child had to be killed."""
    command = [python, str(HERE / script), json.dumps(task)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return out, err, None
        return out, err, process.returncode


def measure(
    question: Question, rival: venvs.Rival, python: str, base: str, options: dict[str, Any], turn: int
) -> dict[str, float]:
    """One child's figures; raises RuntimeError with the last line it wrote where it did not answer."""
    if question.probe == "leave":
        options = {**options, "after": EXIT_SWEEP[turn % len(EXIT_SWEEP)]}
    task = {
        "module": rival.module, "adapter": rival.adapter, "probe": question.probe,
        "base": f"{base}/{question.route}", "options": options,
    }  # fmt: skip
    script = "importing.py" if question.probe == "imported" else "child.py"
    out, err, status = child(python, script, task, question.timeout)
    answered = last_line(out).startswith("{")
    if question.counted and answered:
        outcome = {"failed": status not in (0, None), "hung": status is None, "noisy": bool(err.strip())}
        return {**json.loads(last_line(out)), **outcome}
    if status is None:
        raise RuntimeError(f"no answer in {question.timeout:.0f} s")
    if status or not answered:
        raise RuntimeError(f"exit status {status}: {last_line(err)[:200]}")
    figures: dict[str, float] = json.loads(last_line(out))
    return figures


def ask(
    question: Question,
    names: Sequence[str],
    pythons: dict[str, str],
    bases: dict[str, str],
    rounds: int,
    quick: bool,
) -> tuple[dict[str, list[dict[str, float]]], dict[str, list[str]]]:
    """(figures, faults) per rival, `rounds` of each, interleaved; importing gets one unmeasured round for its .pyc."""
    rows = venvs.rivals()
    results: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    faults: dict[str, list[str]] = {name: [] for name in names}
    base = bases["canned" if question.route in bodies.CANNED else "timed"]
    options = question.quick if quick else question.full
    for turn in range(-1 if question.probe == "imported" else 0, rounds):
        for name in names:
            rival = rows[name]
            try:
                figures = measure(question, rival, pythons[rival.environment], base, options, turn)
            except RuntimeError as fault:
                faults[name].append(str(fault))
                continue
            if turn >= 0:
                results[name].append(figures)
        print(f"{question.name}: round {turn + 1} of {rounds}", file=sys.stderr)
    return results, faults


@contextlib.contextmanager
def alone(cache: Path) -> Iterator[None]:
    """Hold the machine-wide lock; raises SystemExit where another run holds it."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("another benchmark run holds the lock; two at once would measure each other") from None
        yield


def parse() -> argparse.Namespace:
    names = ",".join(question.name for question in QUESTIONS)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=names, help=f"questions, or their first word, by comma; default {names}")
    parser.add_argument("--rivals", default=",".join(venvs.rivals()), help="rivals, by comma; see rivals.toml")
    parser.add_argument("--rounds", type=int, help="rounds per rival; default 5, or 2 with --quick; exit: 50, or 10")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    parser.add_argument("--ours-python", help="an interpreter with this package installed; default: build one")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the virtual environments live")
    parser.add_argument("--json", type=Path, help="also write every figure to this file")
    return parser.parse_args()


def machine(served: str, versions: dict[str, str], notes: Sequence[str]) -> str:
    model = next(
        (line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "?",
    )
    parts = [
        f"{os.cpu_count()} CPUs ({model})",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        f"upstream {served}",
    ]
    lines = ["; ".join(parts), ", ".join(f"{name} {version}" for name, version in versions.items()), *notes]
    return "\n\n".join([f"Command: `python tests/benchmarks/run.py {shlex.join(sys.argv[1:])}`", *lines, ""])


def main() -> None:
    arguments = parse()
    asked, wanted, rows = arguments.only.split(","), arguments.rivals.split(","), venvs.rivals()
    if unknown := {name for name in asked if not named(name)} | (set(wanted) - set(rows)):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}")
    questions = [question for question in QUESTIONS if any(question in named(name) for name in asked)]
    used = [name for name in rows if name in wanted and any(name in question.rivals for question in questions)]
    floors = {name for name in used if rows[name].floor}
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with alone(arguments.cache):
        environments = {"upstream", *(rows[name].environment for name in used)}
        given = {"ours": (arguments.ours_python, "")} if arguments.ours_python else {}
        built = {name: given.get(name) or venvs.build(name, arguments.cache) for name in environments}
        upstream = built["upstream"][0]
        pythons = {name: python for name, (python, _) in built.items()}
        versions = {
            name: venvs.version(pythons[rows[name].environment], rows[name].distribution)
            for name in used
            if rows[name].distribution
        }
        saved: dict[str, Any] = {"versions": versions, "questions": {}}
        with servers.canned(upstream) as (canned, served), servers.timed(upstream) as timed:
            print(machine(served, versions, [note for _, note in built.values() if note]), flush=True)
            for question in questions:
                names = [name for name in question.rivals if name in used]
                rounds = arguments.rounds or question.runs[arguments.quick]
                bases = {"canned": canned, "timed": timed}
                results, faults = ask(question, names, pythons, bases, rounds, arguments.quick)
                print(report.table(question, results, faults, floors, rounds, arguments.quick), flush=True)
                saved["questions"][question.name] = {"results": results, "faults": faults}
                if arguments.json:
                    arguments.json.write_text(json.dumps(saved, indent=1))


if __name__ == "__main__":
    main()
