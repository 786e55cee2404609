"""``response_format``: pydantic classes become schemas that strict mode takes, dicts go through, answers parse back."""

from __future__ import annotations

import copy
import enum
import json
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from pydantic import BaseModel, Field

from edgequake_async.testing import FakeProvider

from .ways import Way


class Mood(enum.Enum):
    CALM = "calm"
    WILD = "wild"


class Place(BaseModel):
    """Where it is."""

    city: str = Field(description="Ort")
    country: str | None = None


class Event(BaseModel):
    name: str
    place: Place
    other: Place = Field(description="Another place.")
    mood: Mood = Mood.CALM
    tags: list[str] = []
    kind: Literal["a", "b"]
    score: Annotated[float, Field(ge=0, le=1)] = 0.5
    seen: dict[str, int] = {}
    default: int = 3


class Tree(BaseModel):
    value: int
    children: list[Tree] = []


class Left(BaseModel):
    left: int


class Right(BaseModel):
    right: str


class Either(BaseModel):
    side: Left | Right


CLASSES = [Place, Event, Tree, Either]


def closed_and_required(schema: Any) -> bool:
    """What strict mode asks of every object that lists its properties."""
    if isinstance(schema, list):
        return all(map(closed_and_required, schema))
    if not isinstance(schema, dict):
        return True
    if isinstance(schema.get("properties"), dict):
        if schema.get("additionalProperties") is not False or set(schema["required"]) != set(schema["properties"]):
            return False
        if not all(map(closed_and_required, schema["properties"].values())):
            return False
    return all(closed_and_required(value) for key, value in schema.items() if key != "properties")


def references_stand_alone(schema: Any) -> bool:
    if isinstance(schema, list):
        return all(map(references_stand_alone, schema))
    if not isinstance(schema, dict):
        return True
    return ("$ref" not in schema or len(schema) == 1) and all(map(references_stand_alone, schema.values()))


@pytest.mark.parametrize("model", CLASSES, ids=lambda model: model.__name__)
def test_a_class_becomes_a_strict_schema(
    way: Way, fake: FakeProvider, ask: dict[str, Any], model: type[BaseModel]
) -> None:
    before = copy.deepcopy(model.model_json_schema())
    response = way.completion(**ask, response_format=model)
    wanted = fake.requests[0].json["response_format"]
    assert set(wanted) == {"type", "json_schema"}
    assert wanted["type"] == "json_schema"
    assert (wanted["json_schema"]["name"], wanted["json_schema"]["strict"]) == (model.__name__, True)
    schema = wanted["json_schema"]["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert closed_and_required(schema)
    assert references_stand_alone(schema)
    assert model.model_json_schema() == before
    content = response.choices[0].message.content
    jsonschema.validate(json.loads(content), schema)
    model.model_validate_json(content)


def test_a_schema_says_what_the_class_says(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    way.completion(**ask, response_format=Event)
    properties = fake.requests[0].json["response_format"]["json_schema"]["schema"]["properties"]
    assert set(properties) == set(Event.model_fields)
    assert properties["kind"]["enum"] == ["a", "b"]
    assert properties["other"]["description"] == "Another place."
    assert set(properties["other"]["properties"]) == {"city", "country"}


def test_the_class_of_a_stream_is_sent_too(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    outcome = way.watch(**ask, stream=True, response_format=Place)
    assert outcome.error is None
    Place.model_validate_json(outcome.text)


def test_openai_would_send_the_same(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    """Our strict schema and the openai SDK's accept and refuse the same answers."""
    pydantic_of = pytest.importorskip("openai.lib._pydantic")
    way.completion(**ask, response_format=Event)
    ours = fake.requests[0].json["response_format"]["json_schema"]["schema"]
    theirs = pydantic_of.to_strict_json_schema(Event)
    good = {
        "name": "n",
        "place": {"city": "c", "country": None},
        "other": {"city": "c", "country": "d"},
        "mood": "wild",
        "tags": [],
        "kind": "b",
        "score": 1,
        "seen": {},
        "default": 1,
    }
    for answer in (good, {**good, "more": 1}, {**good, "kind": "c"}, {**good, "place": {"city": "c"}}, {"name": "n"}):
        verdicts = [jsonschema.Draft202012Validator(schema).is_valid(answer) for schema in (ours, theirs)]
        assert verdicts[0] == verdicts[1] == (answer is good)


DICTS: dict[str, dict[str, Any]] = {
    "json_object": {"type": "json_object"},
    "schema": {
        "type": "json_schema",
        "json_schema": {
            "name": "A",
            "schema": {"type": "object", "properties": {"a": {"default": None}}},
            "strict": False,
        },
    },
    "schema with boolean parts": {
        "type": "json_schema",
        "json_schema": {
            "name": "A",
            "schema": {"type": "object", "additionalProperties": True, "properties": {"a": True}},
        },
    },
    "foreign": {"type": "grammar", "grammar": "root ::= 'x'"},
    "foreign beside": {"type": "json_object", "schema": {"type": "object"}},
}


@pytest.mark.parametrize("case", DICTS)
def test_a_dict_goes_through(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    given = copy.deepcopy(DICTS[case])
    way.watch(**ask, response_format=given)
    assert fake.requests[0].json["response_format"] == DICTS[case] == given
