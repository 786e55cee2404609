"""``response_format``: a pydantic class or a dict, as the wire wants it and the model's provider can do it."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from . import _eq_core
from .exceptions import BadRequestError

__all__ = ["fit", "instructed", "read_response_format"]

_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})


def read_response_format(response_format: Any, model: str) -> Any:
    """The wire form of a ``response_format``.

    A pydantic class becomes a strict ``json_schema``: every object closed, every property required, as OpenAI's strict
    mode asks (https://platform.openai.com/docs/guides/structured-outputs). A mapping is passed on as it is.

    Raises:
        BadRequestError: neither, or a schema that no JSON Schema reader would take.
    """
    if isinstance(response_format, type) and issubclass(response_format, BaseModel):
        return _format_of_class(response_format)
    if not isinstance(response_format, Mapping):
        raise BadRequestError(
            f"response_format: must be a dict or a pydantic class, not {type(response_format).__name__}", model, ""
        )
    _check(response_format, model)
    return response_format


def fit(body: dict[str, Any], provider: str, allowed: Collection[str]) -> str | None:
    """Ask for JSON in the way that the model has.

    Args:
        body: the request, changed in place: where the provider takes no schema, it asks for ``json_object`` and a
            system message tells the schema.
        provider: its name in the table.
        allowed: parameters that are sent as they are; ``response_format`` may be one.

    Returns:
        ``json_schema``, ``tool`` or ``json_object``; None where no JSON is asked for.
    """
    asked = body.get("response_format") or {}
    kind = asked.get("type")
    if kind not in ("json_schema", "json_object"):
        return None
    if "response_format" in allowed:
        return str(kind)
    way = _way(provider, body["model"], kind == "json_schema")
    schema = asked.get("json_schema", {}).get("schema") if kind == "json_schema" else None
    if way == "json_object" and schema is not None:
        body["response_format"] = {"type": "json_object"}
        told = (
            f"Answer in JSON, and nothing else, that fits this JSON Schema:\n{to_json(schema, fallback=dict).decode()}"
        )
        body["messages"] = instructed(body["messages"], told)
    return way


# A look-up costs 0.1 us, asking the engine 2 us.
_way = functools.lru_cache(maxsize=1024)(_eq_core.structured_output)


def instructed(messages: list[Any], told: str) -> list[Any]:
    """The messages with an instruction: in the system's message where they begin with one of text, for many models take
    one only, and that first.
    """
    first = messages[0]
    if isinstance(first, Mapping) and first.get("role") == "system" and isinstance(first.get("content"), str):
        return [{**first, "content": f"{first['content']}\n\n{told}"}, *messages[1:]]
    return [{"role": "system", "content": told}, *messages]


@functools.lru_cache(maxsize=256)
def _format_of_class(cls: type[BaseModel]) -> dict[str, Any]:
    schema = cls.model_json_schema()
    return {
        "type": "json_schema",
        "json_schema": {"name": cls.__name__, "schema": _strict(schema, schema), "strict": True},
    }


def _strict(node: Any, root: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str) and len(node) > 1:
        # Strict mode takes a $ref alone; one with a description beside it is written out.
        target: Any = root
        for name in reference.removeprefix("#/").split("/"):
            target = target[name]
        return _strict({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root)
    # `properties` and `$defs` map names that users chose: a property called "default" is not a default.
    strict = {
        key: {name: _strict(value, root) for name, value in item.items()}
        if key in {"properties", "$defs"}
        else item
        if key in {"enum", "const", "examples", "required"}
        else _strict(item, root)
        for key, item in node.items()
        if not (key == "default" and item is None)
    }
    if node.get("type") == "object":
        strict.setdefault("additionalProperties", False)
        if "properties" in node:
            strict["required"] = list(node["properties"])
    return strict


def _check(response_format: Mapping[str, Any], model: str) -> None:
    kind = response_format.get("type")
    if not isinstance(kind, str):
        raise _wrong("response_format['type']", "must be a string", model)
    if kind != "json_schema":
        return
    wrapper = response_format.get("json_schema")
    if not isinstance(wrapper, Mapping):
        raise _wrong("response_format['json_schema']", "must be a dict with 'name' and 'schema'", model)
    if "schema" in wrapper:
        _check_schema(wrapper["schema"], "response_format['json_schema']['schema']", model)


def _check_schema(schema: Any, where: str, model: str) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        raise _wrong(where, f"a JSON Schema is a dict, not {type(schema).__name__}", model)
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else [kinds]:
        if not isinstance(kind, str) or kind not in _TYPES:
            raise _wrong(f"{where}['type']", f"{kind!r} is not a JSON Schema type", model)
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise _wrong(f"{where}['required']", "must be a list of strings", model)
    for key in ("properties", "$defs"):
        members = schema.get(key, {})
        if not isinstance(members, Mapping):
            raise _wrong(f"{where}[{key!r}]", "must be a dict", model)
        for name, member in members.items():
            _check_schema(member, f"{where}[{key!r}][{name!r}]", model)
    if "items" in schema and not isinstance(schema["items"], list):
        _check_schema(schema["items"], f"{where}['items']", model)


def _wrong(where: str, why: str, model: str) -> BadRequestError:
    return BadRequestError(f"{where}: {why}", model, "")
