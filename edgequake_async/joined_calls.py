"""Pieces of tool calls put together.

Fragments are joined by index, and where providers leave that out, by id, else by their place among several, else to the
call before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

__all__ = ["Fields", "dicts", "first", "join_calls", "join_function", "last", "plain"]

Fields = dict[str, Any]


def plain(value: BaseModel | Mapping[str, Any]) -> Fields:
    """The members that were sent."""
    return value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else {**value}


def dicts(value: Any) -> list[Fields]:
    """The objects of a list; none where it is no list."""
    items = value if isinstance(value, list) else []
    return [plain(item) for item in items if isinstance(item, (BaseModel, Mapping))]


def last(before: Any, value: Any) -> Any:
    """Of two the later."""
    return value


def first(before: Any, value: Any) -> Any:
    """Of two the earlier, unless it says nothing."""
    return before or value


def _text_of(arguments: Any) -> str:
    if isinstance(arguments, str) or arguments is None:
        return arguments or ""
    return json.dumps(arguments, ensure_ascii=False)


def join_function(before: Any, value: Any) -> Any:
    """A function that is called, its arguments piece after piece."""
    return _join_called(before, value, "arguments")


def _join_custom(before: Any, value: Any) -> Any:
    return _join_called(before, value, "input")


def _join_called(before: Any, value: Any, said: str) -> Any:
    if not isinstance(value, dict):
        return value
    before = before if isinstance(before, dict) else {}
    held, more = _text_of(before.get(said)), _text_of(value.get(said))
    # Some providers open with an empty object and send the real one after it.
    whole = more if said == "arguments" and held == "{}" and more.startswith("{") else held + more
    return {**value, **before, "name": before.get("name") or value.get("name"), said: whole}


def join_calls(before: Any, value: Any) -> Any:
    """The calls so far, with more of them or of their arguments."""
    calls: list[Fields] = before or []
    pieces = dicts(value)
    for position, piece in enumerate(pieces):
        call = _find_call(calls, piece, position if len(pieces) > 1 else -1)
        if call is None:
            call = {}
            calls.append(call)
        for key, item in piece.items():
            if item is not None or key not in call:
                call[key] = _JOIN_CALL.get(key, last)(call.get(key), item)
    return calls


def _find_call(calls: list[Fields], piece: Fields, position: int) -> Fields | None:
    """The call that a fragment belongs to; None where it opens a new one."""
    index, id, name = piece.get("index"), piece.get("id"), _name_of(piece)
    if index is not None:
        call = _last_with(calls, "index", index)
        # Gemini numbers all parallel calls 0: another id with a name is another call.
        return None if call is not None and id and call.get("id") and id != call["id"] and name else call
    if id:
        return _last_with(calls, "id", id)
    call = calls[position] if position < len(calls) and calls else None
    return None if call is not None and name and name != (_name_of(call) or name) else call


def _name_of(call: Fields) -> Any:
    function = call.get("function")
    return function.get("name") if isinstance(function, dict) else None


def _last_with(calls: Iterable[Fields], key: str, value: Any) -> Fields | None:
    return next((call for call in reversed(list(calls)) if call.get(key) == value), None)


_JOIN_CALL: Mapping[str, Callable[[Any, Any], Any]] = {
    "custom": _join_custom,
    "function": join_function,
    "id": first,
    "type": first,
}
