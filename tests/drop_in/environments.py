"""An environment for each program: its pinned release, what that requires, and this package from the working tree.

Built once per machine and kept by what it holds. litellm is in none of them; a wheel of its name stands there, for the
programs that ask the installed distributions. The exception is litellm's own environment, in which nothing of ours is.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from edgequake_async.shim import build_shim

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OURS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
REQUIREMENTS = """
import importlib.metadata, json, sys
print(json.dumps([line for line in importlib.metadata.requires(sys.argv[1]) or [] if "extra ==" not in line]))
"""


def build(name: str) -> Path:
    """The interpreter of a program's environment. Skips the test where the package index cannot be reached."""
    row = tomllib.loads((HERE / "environments.toml").read_text(encoding="utf-8"))[name]
    pins = hashlib.sha256(json.dumps([sys.version, OURS, row], sort_keys=True).encode()).hexdigest()[:12]
    home = Path(tempfile.gettempdir()) / f"edgequake-drop-in-{name}-{pins}"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        without = tuple(row.get("without", ()))
        if name == "litellm":
            _pip(python, *row["packages"])
        elif without:
            _pip(python, "--no-deps", *row["packages"])
            wanted = [line for package in row["packages"] for line in _requirements(python, package)]
            _pip(python, *OURS, *row.get("besides", ()), *(line for line in wanted if not line.startswith(without)))
        else:
            _pip(python, *OURS, *row["packages"], *row.get("besides", ()))
        if name != "litellm":
            _pip(python, "--no-deps", "--no-index", str(build_shim(home)))
        (home / "ready").touch()
    return python


def _requirements(python: Path, package: str) -> list[str]:
    found = subprocess.check_output([python, "-c", REQUIREMENTS, package.partition("==")[0]], text=True)
    return [str(line) for line in json.loads(found)]


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode and ("Could not find a version" in done.stderr or "connection" in done.stderr.lower()):
        pytest.skip(f"the package index does not give {arguments}: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
