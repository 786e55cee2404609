"""Write what docs/providers.md and README.md say of the provider table: ``python docs/generate_providers.py``.

Each part stands between ``<!-- name -->`` and ``<!-- /name -->``. tests/test_readme.py holds that running this changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from edgequake_async import _eq_core

__all__ = ["pages", "replaced"]

ROOT = Path(__file__).parent.parent
# A model that no rule names: what is lacking for it is lacking for all.
_ANY = "any-model"


def pages() -> dict[Path, str]:
    """The pages as they must be."""
    providers, readme = ROOT / "docs/providers.md", ROOT / "README.md"
    text = providers.read_text(encoding="utf-8")
    text = replaced(replaced(text, "providers", _table()), "rules", _rules())
    return {providers: text, readme: replaced(readme.read_text(encoding="utf-8"), "providers", _names())}


def replaced(text: str, name: str, part: str) -> str:
    """``text`` with ``part`` between the markers of that name."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, rest = text.split(begin)
    return before + begin + part + end + rest.split(end)[1]


def _rows() -> list[dict[str, Any]]:
    return sorted(_eq_core.providers(), key=lambda row: str(row["name"]))


def _table() -> str:
    lines = []
    for row in _rows():
        keys = _code(row["key_vars"]) + ("" if row["key_required"] or not row["key_vars"] else " (optional)")
        base = _code([row["base_url"]] if row["base_url"] else []) or "`api_base` is required"
        names = [_code([row["name"]]), _code(row["aliases"]), row["protocol"]]
        endpoints = ", ".join(row["endpoints"])
        lines.append([*names, base, keys, _code(row["base_vars"]), endpoints, _lacking(row["name"]), row["source"]])
    heads = "provider, also, protocol, base URL, key from, base URL from, endpoints, lacks, source"
    return _markdown(heads.split(", "), lines)


def _lacking(provider: str) -> str:
    """What it lacks for all models, and whether there is more for some."""
    everything = set(_eq_core.supported_params("litellm_proxy", _ANY, "chat") or ())
    lacking = everything - set(_eq_core.supported_params(provider, _ANY, "chat") or ())
    by_model = any(rule["models"] and provider in rule["providers"] for rule in _eq_core.param_rules())
    return "; ".join(filter(None, [_code(sorted(lacking)), "more by model, below" if by_model else ""]))


def _rules() -> str:
    def effect(what: str, value: Any) -> str:
        if what == "only":
            return f"only {value:g} is taken"
        if what == "named":
            return f"sent as `{value}`"
        if what == "implied":
            return "left out: so it is anyway" if value is None else f"`{value}` is left out: so it is anyway"
        return "not there"

    lines = [
        [
            _code(rule["providers"]),
            _code(rule["models"]) or "all",
            rule["route"],
            _code(rule["params"]),
            effect(*rule["effect"]),
            rule["source"],
        ]
        for rule in _eq_core.param_rules()
    ]
    return _markdown(["provider", "models", "endpoint", "parameters", "what happens", "source"], lines)


def _names() -> str:
    lines, line = [], ""
    *words, last = [_code([row["name"]]) for row in _rows()]
    for word in words:
        if len(line) + len(word) > 115:
            lines.append(line.rstrip())
            line = ""
        line += f"{word}, "
    return "\n".join([*lines, line + last]) + "\n"


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _markdown(heads: list[str], rows: Iterable[list[str]]) -> str:
    def lines() -> Iterator[str]:
        yield f"| {' | '.join(heads)} |"
        yield "|" + "---|" * len(heads)
        for row in rows:
            yield f"| {' | '.join(row)} |"

    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
