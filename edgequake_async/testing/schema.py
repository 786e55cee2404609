"""Smallest readable documents that are valid for a JSON Schema.

Understands type, enum, const, default-free objects (properties, required, additionalProperties,
minProperties), arrays (items, prefixItems, minItems, uniqueItems), string lengths and formats, numeric bounds
and multipleOf, local $ref, anyOf, oneOf and allOf. Optional properties are included until a definition
recurs. Refuses (SchemaError) what it cannot satisfy: remote references, endless recursion, patterns that no
sample matches. Does not look at not, if/then/else, contains or dependent keywords.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

_STEP_LIMIT = 20_000
_DEPTH_LIMIT = 100
_BOUNDED = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_FORMATS = {
    "date": "2025-01-01",
    "date-time": "2025-01-01T00:00:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "time": "12:00:00Z",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000001",
}
_PATTERN_SAMPLES = (
    "a",
    "A",
    "1",
    "a1",
    "A1",
    "ab",
    "AB",
    "abc",
    "ABC",
    "12",
    "123",
    "1234",
    "12345",
    "ABC-123",
)


class SchemaError(ValueError):
    """No document is known for this schema; the message says where."""


def example(schema: Any) -> Any:
    """A document that is valid for ``schema``. Raises SchemaError."""
    return _Synthesis(schema).value(schema, "value", ())


class _Synthesis:
    """One walk over one root schema, which local references are resolved against."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._steps = 0

    def value(self, schema: Any, name: str, trail: tuple[str, ...], index: int = 0) -> Any:
        """``trail`` lists the references followed so far; ``index`` makes unique array items differ."""
        if schema is True:
            return name
        if not isinstance(schema, Mapping):
            raise SchemaError(f"{name}: not a schema")
        self._steps += 1
        if self._steps > _STEP_LIMIT or len(trail) > _DEPTH_LIMIT:
            raise SchemaError(f"{name}: recursion without an end")
        if "$ref" in schema:
            reference = schema["$ref"]
            rest = {key: item for key, item in schema.items() if key != "$ref"}
            return self.value(_merged(rest, self._resolve(reference)), name, (*trail, reference), index)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"], name, index)
        if "allOf" in schema:
            return self.value(self._flat(schema), name, trail, index)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self._branch(schema, keyword, name, trail, index)
        return self._typed(schema, name, trail, index)

    def _typed(self, schema: Schema, name: str, trail: tuple[str, ...], index: int) -> Any:
        kind = _kind(schema, recurring=_recurs(trail))
        if kind == "object":
            return self._object(schema, name, trail)
        if kind == "array":
            return self._array(schema, name, trail)
        scalar = _SCALARS.get(kind)
        if scalar is None:
            raise SchemaError(f"{name}: unknown type {kind!r}")
        return scalar(schema, name, index)

    def _object(self, schema: Schema, name: str, trail: tuple[str, ...]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        wanted = [key for key in properties if key in required or not _recurs(trail)]
        document = {}
        for key in wanted:
            try:
                document[key] = self.value(properties[key], key, (*trail, ""))
            except SchemaError:
                if key in required:
                    raise
        others = schema.get("additionalProperties", True)
        for key in required:
            if key not in document:
                document[key] = self.value(others, key, (*trail, ""))
        shortfall = schema.get("minProperties", 0) - len(document)
        if not document and isinstance(others, Mapping) and not _recurs(trail):
            shortfall = max(shortfall, 1)
        for number in range(1, shortfall + 1):
            document[f"key{number}"] = self.value(others, f"{name}_{number}", (*trail, ""))
        return document

    def _array(self, schema: Schema, name: str, trail: tuple[str, ...]) -> list[Any]:
        items = [
            self.value(item, f"{name}_{position}", (*trail, ""))
            for position, item in enumerate(schema.get("prefixItems", ()), 1)
        ]
        size = max(schema.get("minItems", 0), 0 if _recurs(trail) or "items" not in schema else len(items) + 1)
        size = min(size, schema.get("maxItems", size))
        each = schema.get("items", True)
        if each is False:
            return items
        unique = bool(schema.get("uniqueItems"))
        while len(items) < size:
            items.append(self.value(each, name, (*trail, ""), len(items) if unique else 0))
        return items[:size] if "maxItems" in schema else items

    def _branch(self, schema: Schema, keyword: str, name: str, trail: tuple[str, ...], index: int) -> Any:
        rest = {key: item for key, item in schema.items() if key != keyword}
        branches: list[Any] = list(schema[keyword])
        if _recurs(trail):
            branches.sort(key=lambda branch: _weight(branch, trail))
        failure = SchemaError(f"{name}: {keyword} is empty")
        for branch in branches:
            try:
                return self.value(_merged(rest, branch), name, (*trail, ""), index)
            except SchemaError as exc:
                failure = exc
        raise failure

    def _flat(self, schema: Schema) -> Schema:
        whole: Schema = {key: item for key, item in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            if isinstance(part, Mapping) and "$ref" in part:
                part = _merged({k: v for k, v in part.items() if k != "$ref"}, self._resolve(part["$ref"]))
            whole = _merged(whole, part)
        return whole

    def _resolve(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise SchemaError(f"{reference!r}: only local references are followed")
        node = self._root
        for word in reference[1:].split("/")[1:]:
            word = word.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or word not in node:
                raise SchemaError(f"{reference!r}: points nowhere")
            node = node[word]
        return node

    @staticmethod
    def _choice(options: Sequence[Any], name: str, index: int) -> Any:
        if not options:
            raise SchemaError(f"{name}: enum is empty")
        return options[index % len(options)]


def _recurs(trail: tuple[str, ...]) -> bool:
    followed = [reference for reference in trail if reference]
    return len(followed) != len(set(followed)) or len(trail) > 12


def _weight(branch: Any, trail: tuple[str, ...]) -> int:
    """How far a branch leads away from the end of a recursion."""
    if not isinstance(branch, Mapping) or branch.get("type") == "null":
        return 0
    if "$ref" not in branch:
        return 1
    return 3 if branch["$ref"] in trail else 2


def _merged(left: Schema, right: Any) -> Schema:
    if not isinstance(right, Mapping):
        if right is True:
            return left
        raise SchemaError("a subschema is false")
    whole = {**left, **right}
    if "properties" in left and "properties" in right:
        whole["properties"] = {**left["properties"], **right["properties"]}
    if "required" in left and "required" in right:
        whole["required"] = list(dict.fromkeys([*left["required"], *right["required"]]))
    return whole


def _kind(schema: Schema, *, recurring: bool) -> str:
    kind = schema.get("type")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        if recurring and "null" in kind:
            return "null"
        return next((str(item) for item in kind if item != "null"), "null")
    if isinstance(kind, str):
        return kind
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    return "integer" if any(word in schema for word in _BOUNDED) else "string"


def _string(schema: Schema, name: str, index: int) -> str:
    text = _FORMATS.get(schema.get("format", ""), name)
    if index and text == name:
        text = f"{name}_{index + 1}"
    pattern = schema.get("pattern")
    if pattern is not None:
        samples = (text, *_FORMATS.values(), *_PATTERN_SAMPLES)
        found = next((sample for sample in samples if re.search(pattern, sample)), None)
        if found is None:
            raise SchemaError(f"{name}: no sample matches the pattern {pattern!r}")
        return found
    text = text.ljust(schema.get("minLength", 0), "x")
    return text[: schema["maxLength"]] if "maxLength" in schema else text


def _number(schema: Schema, name: str, index: int, step: float) -> float:
    step = schema.get("multipleOf", step)
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    if low is not None or above is not None:
        floor = max(bound for bound in (low, above) if bound is not None)
        value = math.ceil(floor / step) * step
        value += step if above is not None and value <= above else 0
    elif high is not None or below is not None:
        ceiling = min(bound for bound in (high, below) if bound is not None)
        value = min(step, math.floor(ceiling / step) * step)
        value -= step if below is not None and value >= below else 0
    else:
        value = step
    value += index * step
    if (high is not None and value > high) or (below is not None and value >= below):
        if "multipleOf" in schema or step == 1 or index:
            raise SchemaError(f"{name}: no number within the bounds")
        floor = max(bound for bound in (low, above) if bound is not None)
        ceiling = min(bound for bound in (high, below) if bound is not None)
        value = (floor + ceiling) / 2
    return float(value)


def _integer(schema: Schema, name: str, index: int) -> int:
    return int(_number(schema, name, index, 1))


_SCALARS: dict[str, Callable[[Schema, str, int], Any]] = {
    "boolean": lambda schema, name, index: index % 2 == 0,
    "integer": _integer,
    "null": lambda schema, name, index: None,
    "number": lambda schema, name, index: _number(schema, name, index, 0.5),
    "string": _string,
}
