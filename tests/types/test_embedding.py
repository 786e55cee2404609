"""Vectors: packed and plain rows answer alike, and packed ones stay packed until asked."""

from __future__ import annotations

import copy
import itertools
import json
import pickle
from array import array
from typing import Any

import pytest

from edgequake_async.types import Embedding, EmbeddingObject, EmbeddingResponse, Usage

ENVELOPE = json.dumps(
    {
        "object": "list",
        "model": "m",
        "data": [
            {"object": "embedding", "index": 0, "embedding": None},
            {"object": "embedding", "index": 1, "x": "kept"},
        ],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
        "id": "e1",
    }
).encode()
VECTORS = [[0.5, -1.25, 2.0], [4.0, 8.0]]


def packed(width: str = "f") -> EmbeddingResponse:
    return EmbeddingResponse.from_packed(
        ENVELOPE, array(width, itertools.chain(*VECTORS)).tobytes(), width, [(0, 3), (3, 2)]
    )


def held(row: EmbeddingObject) -> bool:
    return "embedding" in row.__dict__


@pytest.mark.parametrize("width", ["f", "d"])
def test_packed_rows_answer_like_plain_ones(width: str) -> None:
    response = packed(width)
    assert not any(held(row) for row in response.data)
    assert [row.embedding for row in response.data] == VECTORS
    assert [row["embedding"] for row in response["data"]] == VECTORS
    assert response.data[0].embedding is response.data[0].embedding
    assert response.data[1].x == "kept"
    assert (response.usage.prompt_tokens, response.id) == (4, "e1")
    assert Embedding is EmbeddingObject


def test_lists_are_built_by_each_way_of_asking() -> None:
    for ask in (
        lambda row: row["embedding"],
        lambda row: row.get("embedding"),
        lambda row: dict(row)["embedding"],
        lambda row: row.model_dump()["embedding"],
        lambda row: json.loads(row.model_dump_json())["embedding"],
        lambda row: row.json()["embedding"],
        lambda row: pickle.loads(pickle.dumps(row)).embedding,
        lambda row: copy.deepcopy(row).embedding,
    ):
        assert ask(packed().data[1]) == VECTORS[1]
    assert packed().model_dump()["data"][0] == {"embedding": VECTORS[0], "index": 0, "object": "embedding"}
    assert "embedding" in packed().data[0]


def test_views_cost_no_copy_and_no_list() -> None:
    response = packed()
    first, second = (row.memoryview() for row in response.data)
    assert (first.format, second.tolist()) == ("f", VECTORS[1])
    assert first.obj is second.obj
    assert not any(held(row) for row in response.data)
    assert EmbeddingObject(embedding=[1.0, 2.0]).memoryview().tolist() == [1.0, 2.0]


def test_numpy_reads_rows() -> None:
    numpy = pytest.importorskip("numpy")
    response = packed()
    view = numpy.asarray(response.data[0])
    assert view.dtype == numpy.float32
    assert numpy.shares_memory(view, numpy.asarray(response.data[0]))
    assert not numpy.shares_memory(view, numpy.array(response.data[0]))
    assert not held(response.data[0])
    assert numpy.asarray(response.data[0], dtype="float64").tolist() == VECTORS[0]


def test_equality_and_pickle() -> None:
    response = packed()
    assert response == packed("d")
    assert pickle.loads(pickle.dumps(packed())) == response
    assert EmbeddingResponse(**response.model_dump()) == response
    wide = EmbeddingResponse.from_packed(b'{"data": [{}]}', bytes(4_000_000), "f", [(0, 2)])
    assert len(pickle.dumps(wide.data[0])) < 1000


def test_plain_rows() -> None:
    response = EmbeddingResponse(model="m", data=[{"embedding": [1.0], "index": 0, "object": "embedding"}])
    assert response.data[0]["embedding"] == response["data"][0].embedding == [1.0]
    assert response.usage == Usage()
    assert EmbeddingResponse().data == []
    assert EmbeddingObject.model_validate_json('{"embedding": "AACAPw=="}').embedding == "AACAPw=="


@pytest.mark.parametrize(
    ("envelope", "rows"),
    [
        (b"[]", []),
        (b"{}", [(0, 1)]),
        (b'{"data": [{}]}', [(0, 9)]),
        (b'{"data": [{}]}', [(-1, 1)]),
        (b'{"data": [1]}', [(0, 1)]),
    ],
)
def test_what_does_not_fit_is_refused(envelope: bytes, rows: Any) -> None:
    with pytest.raises(ValueError):
        EmbeddingResponse.from_packed(envelope, bytes(8), "f", rows)
