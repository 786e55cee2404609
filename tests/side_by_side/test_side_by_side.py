"""Both clients are asked the same; every difference is listed in accepted/, and everything listed there occurs.

Skipped unless LITELLM_COMPAT_TESTS is set: litellm is installed into an environment of its own (300 MB).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drop_in.environments import build

from . import cases
from .asking import Client
from .comparing import Difference, Row, compared, unlisted

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if not os.environ.get("LITELLM_COMPAT_TESTS"):
    pytest.skip("LITELLM_COMPAT_TESTS is not set: needs litellm, 300 MB", allow_module_level=True)

CASES = cases.load()
TABLE = [
    row
    for page in sorted((Path(__file__).parent / "accepted").glob("*.toml"))
    for row in tomllib.loads(page.read_text(encoding="utf-8"))["accepted"]
]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [Row(**row) for row in TABLE]


@pytest.fixture(scope="module")
def found(rows: list[Row]) -> Iterator[dict[str, list[Difference]]]:
    """The differences of each case that no row covers."""
    with Client(sys.executable, "edgequake_async") as ours, Client(str(build("litellm")), "litellm") as theirs:
        yield {name: unlisted(compared(name, ours.ask(case), theirs.ask(case)), rows) for name, case in CASES.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_difference_is_listed(name: str, found: dict[str, list[Difference]]) -> None:
    assert not found[name], "\n".join(map(str, found[name]))


@pytest.mark.slow
@pytest.mark.parametrize("index", range(len(TABLE)), ids=[f"{row['cases']}:{row['field']}" for row in TABLE])
def test_every_listed_difference_occurs(index: int, rows: list[Row], found: dict[str, list[Difference]]) -> None:
    assert found, "both clients were asked"
    assert rows[index].seen, f"the two agree now, or another row says it: {rows[index]}"
