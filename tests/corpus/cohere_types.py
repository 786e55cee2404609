"""Cohere's published request types, made strict: a member that they do not name is a complaint.

Its SDK's functions name the members of a body; its models take any others, which are looked for after validation.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_type_hints

from cohere.v2.client import V2Client
from pydantic import BaseModel, TypeAdapter, ValidationError

# Members of a body that the SDK decides by the function that is called.
_SAID_BY_FUNCTION = {"stream"}


def refusals(body: Mapping[str, Any], function: str = "chat") -> list[str]:
    """What Cohere's types have against a body of ``v2/chat``, ``v2/embed`` or ``v2/rerank``."""
    shapes, needed = _shapes(function)
    found = [f"{name}: missing" for name in needed - body.keys()]
    for name, value in body.items():
        if name in _SAID_BY_FUNCTION:
            continue
        if name not in shapes:
            found.append(f"{name}: no such member")
            continue
        try:
            read = shapes[name].validate_python(value)
        except ValidationError as error:
            found += [f"{name}.{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        else:
            found += [f"{name}{place}: no such member" for place in _unnamed(read)]
    return found


@cache
def _shapes(function: str) -> tuple[dict[str, TypeAdapter[Any]], set[str]]:
    method = getattr(V2Client, function)
    hints = get_type_hints(method, include_extras=True)
    parameters = [each for each in inspect.signature(method).parameters.values() if each.kind is each.KEYWORD_ONLY]
    names = {each.name for each in parameters} - {"request_options"}
    needed = {each.name for each in parameters if each.default is each.empty}
    return {name: TypeAdapter(hints[name]) for name in names}, needed


def _unnamed(value: Any, place: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{place}.{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from _unnamed(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _unnamed(item, f"{place}[{index}]")
