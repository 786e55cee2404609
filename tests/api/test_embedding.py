"""Vectors to the last bit, in every spelling of the wire, lazily and without copies."""

from __future__ import annotations

import base64
import copy
import json
import math
import pickle
import random
import struct
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, raw

from .ways import Way


def floats(count: int, seed: int = 1) -> list[float]:
    chosen = random.Random(seed)
    return [chosen.uniform(-1, 1) for _ in range(count)]


def single(values: list[float]) -> list[float]:
    """The values as 4-byte floats hold them."""
    return list(struct.unpack(f"<{len(values)}f", struct.pack(f"<{len(values)}f", *values)))


def document(*vectors: Any, **fields: Any) -> dict[str, Any]:
    rows = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    return {"object": "list", "data": rows, "model": "e", "usage": usage, **fields}


def as_base64(values: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


HARD = [
    0.1,
    -0.0,
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    0.30000000000000004,
    1e-400,
    123456789012345680.0,
]

# What the wire holds, and the numbers that must come out.
SPELLINGS: dict[str, tuple[str, list[list[float]]]] = {
    "floats": (json.dumps(document(floats(8), floats(8, 2))), [floats(8), floats(8, 2)]),
    "hard numbers": (json.dumps(document(HARD)), [HARD]),
    "integers": (json.dumps(document([1, 0, -1])), [[1.0, 0.0, -1.0]]),
    "exponents": (json.dumps(document("@")).replace('"@"', "[1e-3, 1E+2, -2.5e0, 0e0]"), [[0.001, 100.0, -2.5, 0.0]]),
    "white space": (json.dumps(document(floats(3)), indent=3), [floats(3)]),
    "numbers first": (json.dumps({"data": [{"embedding": [0.5], "index": 0}], "model": "e"}), [[0.5]]),
    "an empty vector": (json.dumps(document([])), [[]]),
    "the word in other places": (
        json.dumps(document([0.5], model='"embedding":[9]', note={"embedding": [1, 2]})),
        [[0.5]],
    ),
    "escapes before": (json.dumps({"model": 'a\\"b\\', **document([0.5])}), [[0.5]]),
    "rows of different length": (json.dumps(document([0.5], [0.25, 0.125])), [[0.5], [0.25, 0.125]]),
    "no rows": (json.dumps(document()), []),
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_every_spelling_of_floats(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    body, vectors = SPELLINGS[case]
    fake.script(raw(200, {"content-type": "application/json"}, body))
    response = way.embedding(**target, input=["x"] * len(vectors) or ["x"])
    assert [row["embedding"] for row in response.data] == vectors
    assert [row.embedding for row in response["data"]] == vectors
    assert [[math.copysign(1, number) for number in row.embedding] for row in response.data] == [
        [math.copysign(1, number) for number in vector] for vector in vectors
    ]
    assert json.loads(response.model_dump_json(exclude_unset=True)) == json.loads(body)


def test_base64(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    vectors = [floats(1536, seed) for seed in range(3)]
    fake.script(raw(200, (), document(*map(as_base64, vectors))))
    response = way.embedding(**target, input=["a", "b", "c"], encoding_format="base64")
    assert [row.embedding for row in response.data] == [single(vector) for vector in vectors]
    assert fake.requests[0].json["encoding_format"] == "base64"


def test_both_formats_mean_the_same(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    plain, packed = (
        way.embedding(**target, input="x", dimensions=64, encoding_format=form) for form in ("float", "base64")
    )
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, rel=1e-6)
    assert len(packed.data[0]["embedding"]) == 64


# Rows that are no vectors of floats: handed on as they came.
ODD: dict[str, dict[str, Any]] = {
    "nested": document([[0.5, 0.25], [0.125, 1.0]]),
    "null": document(None),
    "by kind": {"data": [{"index": 0, "embedding": {"float": [0.5]}}]},
    "text that is no base64": document("*not base64*"),
    "unknown fields": {**document([0.5]), "data": [{"index": 0, "embedding": [0.5], "truncated": True}], "cost": 0.1},
    "null usage": document([0.5], usage=None, model=None),
    "no usage": {"data": [{"embedding": [0.5]}]},
    "float16 range integers": document([2**63, -(2**70)]),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_rows_are_handed_on(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    fake.script(raw(200, (), ODD[case]))
    response = way.embedding(**target, input="x")
    assert [row["embedding"] for row in response.data] == [row["embedding"] for row in ODD[case]["data"]]


def test_numbers_without_copies(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    numpy = pytest.importorskip("numpy")
    vectors = [floats(256, seed) for seed in range(4)]
    fake.script(raw(200, (), document(*vectors)), raw(200, (), document(*map(as_base64, vectors))))
    for kind, form in (("float64", "float"), ("float32", "base64")):
        response = way.embedding(**target, input=list("abcd"), encoding_format=form)
        matrix = numpy.stack([numpy.asarray(row) for row in response.data])
        assert (matrix.shape, matrix.dtype) == ((4, 256), numpy.dtype(kind))
        first = response.data[0]
        assert numpy.shares_memory(numpy.asarray(first), numpy.asarray(first))
        assert memoryview(first.memoryview()).nbytes == 256 * matrix.dtype.itemsize
        assert first.embedding == matrix[0].tolist()


def test_rows_survive_pickle_copy_and_dump(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(raw(200, {"x-request-id": "r-1"}, document(floats(8), floats(8, 2))))
    response = way.embedding(**target, input=["a", "b"])
    for twin in (
        pickle.loads(pickle.dumps(response)),
        copy.deepcopy(response),
        eq.EmbeddingResponse(**response.model_dump()),
    ):
        assert [row.embedding for row in twin.data] == [floats(8), floats(8, 2)]
        assert twin.usage.total_tokens == 3
    assert response.model_dump()["data"][1]["embedding"] == floats(8, 2)
    assert response._response_headers["x-request-id"] == "r-1"
    assert response._hidden_params["custom_llm_provider"] == "openai"


INPUTS: dict[str, Any] = {
    "text": "Grüße \U0001f680",
    "texts": ["a", "ä", ""],
    "tokens": [1, 2, 3],
    "token lists": [[1, 2], [3]],
}


@pytest.mark.parametrize("case", INPUTS)
def test_inputs_arrive_as_they_are(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    given = copy.deepcopy(INPUTS[case])
    fake.script(raw(200, (), document([0.5])))
    way.embedding(**target, input=given, dimensions=7, user="u", input_type="query", extra_body={"eb": 1})
    (request,) = fake.requests
    assert (request.path, given) == ("/v1/embeddings", INPUTS[case])
    asked = {"model": "fake", "input": given, "dimensions": 7, "user": "u", "input_type": "query", "eb": 1}
    assert request.json == asked


def test_no_field_is_added(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    way.embedding(**target, input=["x"])
    assert fake.requests[0].json == {"model": "fake", "input": ["x"]}
    params = pytest.importorskip("openai.types.embedding_create_params")
    from pydantic import TypeAdapter

    TypeAdapter(params.EmbeddingCreateParams).validate_json(fake.requests[0].body)


BROKEN: dict[str, tuple[Any, type[Exception]]] = {
    "error": (error(400, "Too long.", code="context_length_exceeded"), eq.ContextWindowExceededError),
    "error under 200": (raw(200, (), {"error": {"message": "x", "code": 429}}), eq.RateLimitError),
    "truncated JSON": (raw(200, (), '{"data":[{"embedding":[0.1,0.'), eq.APIResponseValidationError),
    "not JSON": (raw(200, (), "<html>"), eq.APIResponseValidationError),
    "not an object": (raw(200, (), "[0.5]"), eq.APIResponseValidationError),
    "empty": (raw(200, (), ""), eq.APIResponseValidationError),
    "a number that is none": (raw(200, (), '{"data":[{"embedding":[0.1,--2]}]}'), eq.APIResponseValidationError),
    "broken off": (drop_after(30, reply=raw(200, (), document([0.5]))), eq.APIConnectionError),
}


@pytest.mark.parametrize("case", BROKEN)
def test_no_vectors_is_an_error(way: Way, fake: FakeProvider, target: dict[str, Any], case: str) -> None:
    reply, kind = BROKEN[case]
    fake.script(reply)
    with pytest.raises(kind) as caught:
        way.embedding(**target, input="x")
    assert (caught.value.llm_provider, caught.value.model) == ("openai", "fake")


def test_two_thousand_vectors(way: Way, fake: FakeProvider, target: dict[str, Any]) -> None:
    vectors = [floats(256, seed) for seed in range(2_000)]
    body = json.dumps(document(*vectors))
    fake.script(raw(200, (), body))
    response = way.embedding(**target, input=["x"] * 2_000)
    assert len(response.data) == 2_000
    assert response.data[1_999].embedding == vectors[1_999]
    assert sum(len(row["embedding"]) for row in response.data) == 512_000
