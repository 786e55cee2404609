"""Each program does its job over the fake provider, under litellm's name, and litellm is not there."""

from __future__ import annotations

import os
import subprocess

import pytest

from .environments import HERE, ROOT, build

PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_program_runs(program: str) -> None:
    command = [str(build(program)), "-W", "ignore", str(HERE / "programs" / f"{program}.py")]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
        "PYTHONPATH": str(ROOT),
        "HOME": os.environ.get("HOME", "/"),
    }
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("done\n"), done.stdout + done.stderr
