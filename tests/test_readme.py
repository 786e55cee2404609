"""README.md and docs/ say what is true: their Python runs, their links lead somewhere, their tables and lists are what
the package says of itself.

The Python blocks of a page run in order in one child process whose OPENAI_API_KEY and OPENAI_BASE_URL lead to a fake
provider; ``await`` stands at the top level as in a notebook. A block marked ``text output`` is what the block before it
prints. A block under the comment ``compiled only: <why>`` is not run. With EDGEQUAKE_REWRITE_DOCS=1 the generated parts
are written in place of being compared.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from pathlib import Path
from typing import NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import pytest

import edgequake_async
from edgequake_async import _eq_core, config, exceptions
from edgequake_async.testing import FakeProvider

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [README, *DOCS]
BLOCK = re.compile(r"(?:^<!-- compiled only: (.+?) -->\s+)?^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)([^)\s#]*)(?:#([^)\s]+))?\)")


class Block(NamedTuple):
    kind: str
    text: str
    line: int
    compiled_only: bool


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        why, kind, body = found.groups()
        yield Block(kind, body, text.count("\n", 0, found.start(3)), why is not None)


def run_page(page: Path) -> None:
    """Run a page's Python blocks in this process."""
    names = {"__name__": "__main__"}
    with closing(asyncio.new_event_loop()) as loop:
        run_blocks(page, names, loop)


def run_blocks(page: Path, names: dict[str, object], loop: asyncio.AbstractEventLoop) -> None:
    printed = ""
    for block in blocks(page):
        if block.kind == "text output":
            assert printed.rstrip() == block.text.rstrip(), f"line {block.line}: prints\n{printed}"
        if block.kind != "python":
            continue
        # The empty lines make tracebacks name the page's own lines.
        source = "\n" * block.line + block.text
        code = compile(source, str(page), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        if block.compiled_only:
            continue
        with redirect_stdout(io.StringIO()) as out:
            started = eval(code, names)
            if inspect.iscoroutine(started):
                loop.run_until_complete(started)
        printed = out.getvalue()


@pytest.mark.parametrize("page", [p for p in PAGES if "```python" in p.read_text("utf-8")], ids=lambda page: page.stem)
def test_python_blocks_run(page: Path, fake: FakeProvider) -> None:
    environment = {**os.environ, "OPENAI_API_KEY": fake.api_key, "OPENAI_BASE_URL": fake.base_url}
    command = [sys.executable, "-W", "error", __file__, str(page)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {path}"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {path}#{anchor}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_leads_to_every_page() -> None:
    linked = {path for path, _ in LINK.findall((ROOT / "docs/index.md").read_text(encoding="utf-8"))}
    assert {page.name for page in DOCS} - {"index.md"} <= linked


def test_set_up_commands_name_what_exists() -> None:
    (block,) = [block for block in blocks(README) if block.kind == "sh setup"]
    first, second = block.text.splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for extras in re.findall(r"'\.\[([\w,]+)\]'", first + second):
        assert set(extras.split(",")) <= set(project["project"]["optional-dependencies"])
    modules = re.findall(r"python -m (\w+)", first + second)
    assert modules == ["edgequake_async", "pytest"]
    assert first.endswith("edgequake_async demo")
    assert (ROOT / "edgequake_async/demo.py").exists()
    assert all((ROOT / path).is_dir() for path in project["tool"]["pytest"]["ini_options"]["testpaths"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_shell_blocks_name_what_exists(page: Path) -> None:
    for block in blocks(page):
        if block.kind.startswith("sh"):
            for path in re.findall(r"(?:examples|tests|docs)/[\w./]+", block.text):
                assert (ROOT / path).exists(), f"{page.name}: {path}"


def generated(page: Path, name: str, expected: str) -> None:
    """Compare, or write, what stands between ``<!-- name -->`` and ``<!-- /name -->``."""
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, rest = text.split(begin)
    found, after = rest.split(end)
    if os.environ.get("EDGEQUAKE_REWRITE_DOCS"):
        page.write_text(before + begin + expected + end + after, encoding="utf-8")
    else:
        assert found == expected, f"{page.name} is out of date: run this test with EDGEQUAKE_REWRITE_DOCS=1"


def test_the_provider_tables_are_those_of_the_engine() -> None:
    pages = runpy.run_path(str(ROOT / "docs/generate_providers.py"))["pages"]()
    stale = [page.name for page, text in pages.items() if page.read_text(encoding="utf-8") != text]
    assert stale == [], "run docs/generate_providers.py"


def test_model_strings() -> None:
    text = (ROOT / "docs/providers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$", text, re.MULTILINE)
    assert len(rows) == 5
    assert [(model, *_eq_core.resolve(model)) for model, _, _ in rows] == rows


def test_settings() -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.MULTILINE))
    effective = {name: value for name, value in config.DEFAULTS.items() if name in told}
    assert told == {
        name: "none" if value is None else f"{value:g}" if value > 1 else str(value)
        for name, value in effective.items()
    }
    assert [name for name in config.DEFAULTS if f"`{name}`" not in text] == []


def test_error_tree() -> None:
    tree = [line[4:] for line in (exceptions.__doc__ or "").splitlines() if re.match(r"    (EQError|[+|])", line)]
    generated(ROOT / "docs/errors.md", "tree", "```text\n" + "\n".join(tree) + "\n```\n")


def test_api_page_names_every_public_name() -> None:
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    public = [*edgequake_async.__all__, *exceptions.__all__]
    assert [name for name in public if f"`{name}" not in text] == []


if __name__ == "__main__":
    run_page(Path(sys.argv[1]))
