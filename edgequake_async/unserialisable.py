"""Request bodies as JSON; of one that is none, why and where, looked for only when serialising it failed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

__all__ = ["find_unserialisable", "lone_surrogate", "to_body"]


def to_body(document: Mapping[str, Any] | BaseModel, *, native: bool = False) -> bytes:
    """A request body. Members that are None are left out.

    Args:
        document: what is sent.
        native: it goes to a translator, which takes from messages what other providers would refuse.

    Raises:
        ValueError: a value cannot be sent as JSON; the message names its place.
    """
    try:
        data = to_json(
            document, exclude_none=True, inf_nan_mode="constants", fallback=_plain, context={"native": native}
        )
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        where, why = find_unserialisable(dict(document)) or ("the request", str(error))
        raise ValueError(f"{where}: {why}") from None
    # NaN is no JSON. The words are looked for first (2 us in 1 MB); a text that holds them is not at fault.
    if (b"NaN" in data or b"Infinity" in data) and (found := find_unserialisable(dict(document))):
        raise ValueError(f"{found[0]}: {found[1]}")
    return data


def _plain(value: Any) -> Any:
    """Mappings of any class are dicts to JSON; pydantic-core knows only ``dict`` itself."""
    if isinstance(value, Mapping):
        return dict(value)
    raise ValueError(f"{type(value).__name__} cannot be written as JSON")


def find_unserialisable(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first value that JSON cannot hold.

    Returns:
        Its place, as ``messages[0]['content']``, and the reason; None when there is none.
    """
    for key, value in body.items():
        try:
            found = _search(value, str(key), frozenset())
        except RecursionError:
            return str(key), "is nested too deeply"
        if found:
            return found
    return None


def lone_surrogate(error: UnicodeEncodeError) -> str:
    """What is wrong with a text that has no UTF-8."""
    return f"holds a lone surrogate at index {error.start}, which is no Unicode text"


def _search(value: Any, where: str, above: frozenset[int]) -> tuple[str, str] | None:
    if id(value) in above:
        return where, "refers to itself"
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            return where, lone_surrogate(error)
        return None
    if isinstance(value, float):
        return None if math.isfinite(value) else (where, f"{value} is not a JSON number")
    if isinstance(value, Mapping):
        for key in value:
            if found := _search(key, f"{where}, key {key!r}", above) if isinstance(key, str) else None:
                return found
        inner = [(f"{where}[{key!r}]", item) for key, item in value.items()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        inner = [(f"{where}[{index}]", item) for index, item in enumerate(value)]
    elif isinstance(value, BaseModel):
        inner = [(f"{where}.{name}", item) for name, item in value]
    else:
        return _try(value, where)
    for place, item in inner:
        if found := _search(item, place, above | {id(value)}):
            return found
    return None


def _try(value: Any, where: str) -> tuple[str, str] | None:
    try:
        to_json(value)
    except (PydanticSerializationError, ValueError) as error:
        reason = str(error) if isinstance(value, (bytes, bytearray)) else "cannot be written as JSON"
        return where, f"{type(value).__name__}: {reason}"
    return None
