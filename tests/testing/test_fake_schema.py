"""Documents made for schemas are valid by an independent validator."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from edgequake_async.testing.schema import SchemaError, example

STRING, INTEGER = {"type": "string"}, {"type": "integer"}
TREE = {
    "type": "object",
    "properties": {"value": INTEGER, "children": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["value", "children"],
    "additionalProperties": False,
}
LINKED = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
            "required": ["next"],
        }
    },
    "$ref": "#/$defs/node",
}
EXPRESSION = {
    "$defs": {
        "expr": {"anyOf": [{"$ref": "#/$defs/both"}, {"$ref": "#/$defs/either"}, {"$ref": "#/$defs/leaf"}]},
        "both": {
            "type": "object",
            "properties": {"left": {"$ref": "#/$defs/expr"}, "right": {"$ref": "#/$defs/expr"}},
            "required": ["left", "right"],
        },
        "either": {
            "type": "object",
            "properties": {"options": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/expr"}}},
            "required": ["options"],
        },
        "leaf": {"type": "object", "properties": {"n": INTEGER}, "required": ["n"]},
    },
    "$ref": "#/$defs/expr",
}


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        {"const": {"a": [1]}},
        {"enum": [None, 1]},
        {"type": ["null", "string"], "maxLength": 2},
        {"type": "string", "minLength": 40, "maxLength": 40},
        {"type": "string", "pattern": "^[0-9]{5}$"},
        {"type": "string", "format": "email", "pattern": "@"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "uuid"},
        {"type": "integer", "minimum": 5, "maximum": 5},
        {"type": "integer", "exclusiveMinimum": 10, "multipleOf": 7},
        {"type": "integer", "maximum": -3},
        {"type": "integer", "exclusiveMaximum": 1},
        {"type": "number", "minimum": 0.1, "maximum": 0.2},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "boolean"},
        {"type": "null"},
        {"type": "array", "items": INTEGER, "minItems": 3, "uniqueItems": True},
        {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True},
        {"type": "array", "prefixItems": [STRING, INTEGER], "items": False, "minItems": 2, "maxItems": 2},
        {"type": "array", "items": STRING, "maxItems": 0},
        {"type": "object"},
        {"type": "object", "required": ["undeclared"]},
        {"type": "object", "additionalProperties": INTEGER, "minProperties": 2},
        {"type": "object", "properties": {"a": STRING}, "required": ["a"], "additionalProperties": False},
        {"properties": {"a": {"type": "object", "properties": {"b": {"type": "array", "items": STRING}}}}},
        {"anyOf": [False, {"type": "string", "pattern": "\\bno sample\\b"}, INTEGER]},
        {"type": "object", "properties": {"a": STRING}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        {
            "allOf": [
                {"properties": {"a": STRING}, "required": ["a"]},
                {"properties": {"b": INTEGER}, "required": ["b"]},
            ]
        },
        TREE,
        LINKED,
        EXPRESSION,
    ],
)
def test_documents_are_valid(schema: Any) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(example(schema))


@pytest.mark.parametrize(
    "schema",
    [
        False,
        7,
        {"type": "strange"},
        {"enum": []},
        {"$ref": "https://example.com/schema"},
        {"$ref": "#/$defs/absent"},
        {"type": "string", "pattern": "^no sample$"},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": "object", "properties": {"again": {"$ref": "#"}}, "required": ["again"]},
        {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
    ],
)
def test_what_cannot_be_satisfied_is_refused(schema: Any) -> None:
    with pytest.raises(SchemaError):
        example(schema)
