"""Fields of a request's JSON object: given, needed, of the kind that is expected.

Promises that a missing or misshapen field is refused with status 400 and named in ``param``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .openai_ask import Refusal

_WORDS: dict[Any, str] = {
    bool: "a boolean",
    dict: "an object",
    float: "a number",
    int: "an integer",
    list: "an array",
    str: "a string",
}


def given(body: Mapping[str, Any], name: str, *kinds: type, default: Any = None) -> Any:
    """The field, or ``default`` where it is missing or null; refused unless it is of one of ``kinds``."""
    value = body.get(name)
    if value is None:
        return default
    accepted = (*kinds, int) if float in kinds else kinds
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in kinds):
        expected = " or ".join(_WORDS[kind] for kind in kinds)
        raise Refusal(400, f"Invalid '{name}': expected {expected}.", param=name, code="invalid_type")
    return value


def needed(body: Mapping[str, Any], name: str, *kinds: type) -> Any:
    """The field, which must be there and not be empty."""
    value = given(body, name, *kinds)
    if value is None or value in ("", [], {}):
        raise Refusal(400, f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter")
    return value


def listed(body: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    """The field as an array of ``kind``; empty where it is missing."""
    items: list[Any] = given(body, name, list, default=[])
    if not all(isinstance(item, kind) for item in items):
        raise Refusal(400, f"Invalid '{name}': an item is not {_WORDS[kind]}.", param=name, code="invalid_type")
    return items
