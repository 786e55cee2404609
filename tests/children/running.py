"""Runs the child programs: each is a process of its own whose exit code, output and last words are looked at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

PROGRAMS = Path(__file__).parent / "programs"
# Children that end under load are run this many times: what goes wrong there goes wrong now and then.
EXIT_RUNS = int(os.environ.get("EDGEQUAKE_EXIT_RUNS", "15"))
# Children at a time.
SIDE_BY_SIDE = 2


class Ended(NamedTuple):
    """What a child left behind."""

    code: int
    out: str
    err: str


def command(program: str, *args: object, flags: Sequence[str] = ()) -> list[str]:
    return [sys.executable, *flags, str(PROGRAMS / f"{program}.py"), *map(str, args)]


def run(
    program: str,
    *args: object,
    flags: Sequence[str] = (),
    env: dict[str, str] | None = None,
    timeout: float = 60.0,
) -> Ended:
    """Run a program to its end; one that does not end is killed and fails the test."""
    child = subprocess.run(
        command(program, *args, flags=flags),
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Ended(child.returncode, child.stdout, child.stderr)


def run_often(program: str, *args: object, runs: int = EXIT_RUNS, flags: Sequence[str] = ()) -> list[Ended]:
    """Run a program ``runs`` times, a few side by side."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda _: run(program, *args, flags=flags), range(runs)))


def interrupt(child: subprocess.Popen[str], timeout: float = 30.0) -> tuple[Ended, float]:
    """Send Ctrl-C's signal and wait for the end; also says how many seconds that took."""
    sent = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=timeout)
    return Ended(child.returncode, out, err), time.monotonic() - sent


def start(
    program: str, *args: object, flags: Sequence[str] = (), env: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a program and leave it running."""
    return subprocess.Popen(
        command(program, *args, flags=flags),
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def unclean(ends: Iterable[Ended], code: int = 0, err: str = "") -> list[Ended]:
    """Those that did not end with this code and exactly this on stderr."""
    return [end for end in ends if (end.code, end.err) != (code, err)]
