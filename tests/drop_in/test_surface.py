"""What two packages or more use of litellm is there, of the same kind, where they look for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .environments import HERE, ROOT
from .surface import USAGE


def compare(*arguments: object) -> subprocess.CompletedProcess[str]:
    # A process of its own, in which litellm can mean this package.
    command = [sys.executable, "-W", "ignore", str(HERE / "surface.py"), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "HOME": str(HERE / "nobody"), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}


def lacking(report: str) -> list[str]:
    section = report.partition("Missing, used by two packages or more")[2].partition("\n\n")[0]
    return [line.split()[0] for line in section.splitlines() if line.startswith("  ")]


def test_nothing_that_two_packages_use_is_missing() -> None:
    if not USAGE.exists():
        pytest.skip(f"no {USAGE}; LITELLM_USAGE_CSV may name the measured list")
    report = compare()
    assert "that two packages or more use are there" in report.stdout, report.stderr
    assert lacking(report.stdout) == [], report.stdout
    assert report.returncode == 0


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no_such_function,a;b,2", "unknown in litellm_surface.csv"),
        ("get_optional_params,a;b,2", "not in litellm"),
        ("module:litellm.no.such,a;b,2", "No module named"),
        ("kw:rerank.model,a;b,2", None),
        ("kw:get_max_tokens.colour,a;b,2", "unexpected keyword argument"),
        ("set:litellm.anything,a;b,2", None),
        ("completion,a;b,2", None),
    ],
)
def test_what_is_missing_is_reported(tmp_path: Path, line: str, why: str | None) -> None:
    measured = tmp_path / "usage.csv"
    measured.write_text(f"symbol,packages,count\n{line}\n", encoding="utf-8")
    report = compare(measured)
    assert report.returncode == (0 if why is None else 1), report.stdout + report.stderr
    assert lacking(report.stdout) == ([] if why is None else [line.partition(",")[0]])
    assert why is None or why in report.stdout
