"""Pinned virtual environments, one per entry of rivals.toml; built once, then reused by content of the pins.

Promises that a rival is measured with its own dependencies and nothing else. Refuses to hide a relaxed pin: `build`
returns a note for the report. Ours is rebuilt from the repository on every run, because the tree is what is measured.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
REQUIREMENTS = """
import importlib.metadata, json, sys
print(json.dumps([r for r in importlib.metadata.requires(sys.argv[1]) or [] if "extra ==" not in r]))
"""
VERSION = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


@dataclass(frozen=True)
class Rival:
    """One row of a table: `adapter` is a module of adapters/, with the wire that it is to speak where it knows several,
    `module` what the import question imports.

    One without a `distribution` is of the standard library, and has no version to report.
    """

    name: str
    environment: str
    adapter: str
    distribution: str
    module: str
    floor: bool = False


def rivals() -> dict[str, Rival]:
    rows = tomllib.loads((HERE / "rivals.toml").read_text())["rivals"]
    return {name: Rival(name=name, **row) for name, row in rows.items()}


def pip(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def install(python: Path, packages: list[str], relax: list[str]) -> str:
    """Install `packages`; where the registry lacks a requirement named in `relax`, install that one unpinned."""
    plain = pip(python, *packages)
    if plain.returncode == 0:
        return ""
    if not relax:
        raise RuntimeError(f"pip could not install {packages}:\n{plain.stderr}")
    pip(python, "--no-deps", *packages).check_returncode()
    wanted: list[str] = list(relax)
    for package in packages:
        listing = subprocess.check_output([python, "-c", REQUIREMENTS, package.partition("==")[0]], text=True)
        wanted += [line for line in json.loads(listing) if not line.startswith(tuple(relax))]
    pip(python, *wanted).check_returncode()
    held = ", ".join(f"{name} {version(str(python), name)}" for name in relax)
    return f"{', '.join(packages)} runs with {held}: the registry had no release that it asks for"


def build(name: str, cache: Path) -> tuple[str, str]:
    """Return (interpreter of the environment `name`, note for the report); slow once, then a look-up."""
    row = tomllib.loads((HERE / "rivals.toml").read_text())["environments"][name]
    pins = json.dumps([sys.version, row], sort_keys=True)
    home = cache / f"{name}-{hashlib.sha256(pins.encode()).hexdigest()[:10]}"
    python, ready = home / "bin" / "python", home / "ready"
    if not python.exists():
        print(f"building {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    if row.get("install") == "repository":
        install(python, [str(REPOSITORY)], [])
        return str(python), ""
    if not ready.exists():
        ready.write_text(install(python, row["packages"], row.get("relax", [])))
    return str(python), ready.read_text()


def version(python: str, distribution: str) -> str:
    return subprocess.check_output([python, "-c", VERSION, distribution], text=True).strip()
