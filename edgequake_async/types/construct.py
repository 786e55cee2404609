"""Models from dictionaries without validation: the way in for documents whose shape no schema would let pass.

Promises that no value is lost or changed: what has the declared shape becomes the declared class, all else stays as it
was sent. Only null where a value is promised becomes the field's default. Refuses nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import NoneType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

__all__ = ["AsSent", "construct"]

_Model = TypeVar("_Model", bound=BaseModel)


class AsSent:
    """Annotation of a field that takes any value as it is; its type is what providers promise, not what is enforced."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return {"type": "any"}

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {}


class _Slot(NamedTuple):
    """One field: its attribute, the model it holds (if any), whether in a list, whether null may stay."""

    name: str
    field: FieldInfo
    model: type[BaseModel] | None
    many: bool
    nullable: bool


@functools.cache
def _slots(cls: type[BaseModel]) -> dict[str, _Slot]:
    return {field.alias or name: _slot(name, field) for name, field in cls.model_fields.items()}


def _slot(name: str, field: FieldInfo) -> _Slot:
    members = get_args(field.annotation) if get_origin(field.annotation) is not list else ()
    nullable = NoneType in members or any(isinstance(item, AsSent) for item in field.metadata)
    kind = next((member for member in members if member is not NoneType), field.annotation)
    many = get_origin(kind) is list
    item = get_args(kind)[0] if many else kind
    model = item if isinstance(item, type) and issubclass(item, BaseModel) else None
    return _Slot(name, field, model, many, nullable)


def construct(cls: type[_Model], data: Mapping[str, Any]) -> _Model:
    """An instance of ``cls`` holding ``data``, nested declared models constructed likewise."""
    slots = _slots(cls)
    values: dict[str, Any] = {}
    given: set[str] = set()
    for key, slot in slots.items():
        value = data.get(key)
        if value is None and (key not in data or not slot.nullable):
            values[slot.name] = slot.field.get_default(call_default_factory=True, validated_data={})
        else:
            values[slot.name] = _fill(slot, value)
            given.add(slot.name)
    instance = cls.__new__(cls)
    object.__setattr__(instance, "__dict__", values)
    object.__setattr__(instance, "__pydantic_extra__", {key: data[key] for key in data if key not in slots})
    object.__setattr__(instance, "__pydantic_fields_set__", given)
    object.__setattr__(instance, "__pydantic_private__", None)
    return instance


def _fill(slot: _Slot, value: Any) -> Any:
    model = slot.model
    if model is None:
        return value
    if slot.many and isinstance(value, list):
        return [construct(model, item) if isinstance(item, dict) else item for item in value]
    if not slot.many and isinstance(value, dict):
        return construct(model, value)
    return value
