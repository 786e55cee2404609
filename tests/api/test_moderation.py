"""Moderation: names of categories as the wire, litellm and the openai package have them; each input's result."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import openai
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, raw

from .ways import Way


@pytest.fixture
def at(fake: FakeProvider) -> dict[str, Any]:
    """Where the fake provider is."""
    return {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}


def test_each_input_has_a_result(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    response = way.call("moderation", input=["I hate it", "a flower", "I kill myself"], **at)
    assert isinstance(response, eq.OpenAIModerationResponse)
    assert [result.flagged for result in response.results] == [True, False, True]
    categories = response.results[2].categories
    assert (categories["self-harm/intent"], categories["self_harm_intent"], categories.self_harm_intent) == (True,) * 3
    assert response.results[1]["category_scores"].get("hate") < 0.5
    assert categories.get("nothing", 5) == 5
    for missing in (lambda: categories["nothing"], lambda: categories.nothing):
        with pytest.raises((KeyError, AttributeError), match="nothing"):
            missing()
    assert fake.requests[-1].json == {"input": ["I hate it", "a flower", "I kill myself"]}
    assert type(pickle.loads(pickle.dumps(response)).results[0].categories) is type(categories)
    assert copy.deepcopy(response) == response


def test_every_name_of_the_openai_package_is_there(fake: FakeProvider, at: dict[str, Any]) -> None:
    response = eq.moderation("I hate it", model="omni-moderation-latest", **at)
    with openai.OpenAI(base_url=fake.base_url, api_key=fake.api_key) as client:
        witness = client.moderations.create(input="I hate it", model="omni-moderation-latest").results[0]
    theirs = witness.categories.model_dump()
    assert {name: response.results[0].categories[name] for name in theirs} == theirs
    # A dict of what came, nothing else.
    assert dict(response.results[0].categories) == witness.categories.to_dict()
    assert json.loads(response.model_dump_json())["results"][0]["categories"] == witness.categories.to_dict()


def test_categories_of_any_shape(fake: FakeProvider, at: dict[str, Any]) -> None:
    results = [{"categories": None, "flagged": "maybe"}, {"categories": ["a"]}, {"categories": {"pii": True}}]
    fake.script(raw(200, {"content-type": "application/json"}, json.dumps({"results": results})))
    response = eq.moderation("x", **at)
    assert [result.categories for result in response.results] == [None, ["a"], {"pii": True}]
    assert response.results[0].flagged == "maybe"
