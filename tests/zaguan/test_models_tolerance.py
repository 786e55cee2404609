"""Every answer's model reads every document, and gives back what was sent."""

from __future__ import annotations

import copy
import importlib
import json
import pickle
import pkgutil
from typing import Any

import pytest
from pydantic import BaseModel

from edgequake_async.types.tolerant import read
from edgequake_async.zaguan import models
from edgequake_async.zaguan.models import RequestModel, ZaguanModel

ANSWERS = [
    found
    for found in (getattr(models, name) for name in models.__all__)
    if isinstance(found, type) and issubclass(found, ZaguanModel) and not issubclass(found, RequestModel)
]
ODD = ["", "text", 5, 1.5, True, [], [1], [None], [[]], {}, {"unknown": 1}, [{"unknown": {"deep": [1, None]}}]]


def document(cls: type[BaseModel], value: Any) -> dict[str, Any]:
    return {field.alias or name: value for name, field in cls.model_fields.items()}


def sent(model: BaseModel) -> Any:
    return model.model_dump(by_alias=True, exclude_unset=True)


@pytest.mark.parametrize("cls", ANSWERS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_any_value_of_any_field_is_kept(cls: type[ZaguanModel], value: Any) -> None:
    expected = {**document(cls, value), "not declared": [value]}
    answer = read(cls, json.dumps(expected).encode())
    assert sent(answer) == expected
    assert json.loads(answer.model_dump_json(by_alias=True, exclude_unset=True)) == expected


@pytest.mark.parametrize("cls", ANSWERS, ids=lambda cls: cls.__name__)
def test_null_and_missing_read_alike_and_lists_are_never_none(cls: type[ZaguanModel]) -> None:
    nothing, nulls = read(cls, b"{}"), read(cls, json.dumps(document(cls, None)).encode())
    for name, field in cls.model_fields.items():
        assert getattr(nothing, name) == getattr(nulls, name) == field.get_default(call_default_factory=True), name
    assert sent(nothing) == {}


@pytest.mark.parametrize("cls", ANSWERS, ids=lambda cls: cls.__name__)
def test_what_was_read_can_be_copied_pickled_and_read_again(cls: type[ZaguanModel]) -> None:
    answer = read(cls, json.dumps({**document(cls, [{"unknown": 1}]), "more": {"a": 1}}).encode())
    assert copy.deepcopy(answer) == pickle.loads(pickle.dumps(answer)) == answer
    assert sent(read(cls, json.dumps(sent(answer)).encode())) == sent(answer)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"5", b'"text"', b"{", b"\xff"])
def test_only_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read(models.ChatResponse, data)


def test_every_public_name_of_the_modules_is_exported() -> None:
    names = {
        name
        for module in pkgutil.iter_modules(models.__path__)
        if not module.name.startswith("_")
        for name in importlib.import_module(f"{models.__name__}.{module.name}").__all__
    }
    assert models.__all__ == sorted(names | {"ListPage", "RequestModel", "ZaguanModel"})


def test_every_model_has_a_json_schema_for_both_directions() -> None:
    for name in models.__all__:
        found = getattr(models, name)
        if isinstance(found, type):
            assert found.model_json_schema()["type"] == "object"
            assert found.model_json_schema(mode="serialization")["type"] == "object"
