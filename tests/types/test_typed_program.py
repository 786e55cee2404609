"""What type checkers make of typical programs: no error, and no Any that the program did not bring."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("typed_program.py")
ROOT = PROGRAM.parents[2]
PYRIGHT = {
    "include": [str(PROGRAM)],
    "pythonVersion": "3.10",
    "typeCheckingMode": "strict",
    # Every expression that is Any, and every one of which pyright does not know what it is.
    "reportAny": "error",
    # ``_hidden_params`` is a documented name of litellm's.
    "reportPrivateUsage": "none",
}


def mypy(program: Path, directory: Path) -> subprocess.CompletedProcess[str]:
    # The library itself is checked by the linters; its own errors are not this test's.
    command = ["mypy", "--strict", "--follow-imports=silent", "--cache-dir", str(directory), str(program)]
    return run("mypy", command)


def pyright(program: Path, directory: Path) -> subprocess.CompletedProcess[str]:
    settings = directory / "pyrightconfig.json"
    settings.write_text(json.dumps({**PYRIGHT, "include": [str(program)], "extraPaths": [str(ROOT)]}))
    return run(
        "basedpyright", ["basedpyright", "--project", str(settings), "--pythonpath", sys.executable, "--level", "error"]
    )


def run(needs: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    if importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed (pip install -e '.[lint]')")
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_typical_lines_have_the_types_they_name(checker, tmp_path):
    checked = checker(PROGRAM, tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_wrong_lines_are_found(checker, tmp_path):
    program = tmp_path / "wrong.py"
    program.write_text(
        "import edgequake_async as litellm\n"
        "answer = litellm.completion('m', [], stream=True)\n"
        "print(answer.choices)\n"
        "number: int = answer.model\n"
        "print(litellm.no_such_name)\n"
    )
    found = checker(program, tmp_path).stdout
    assert [number for number in (3, 4, 5) if f"wrong.py:{number}:" in found] == [3, 4, 5]
