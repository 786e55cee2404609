"""The Responses API's answers, held to recorded ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edgequake_async.types import ResponseAPIUsage, ResponsesAPIResponse
from edgequake_async.types.tolerant import read

_CORPUS = Path(__file__).resolve().parents[3] / "shared" / "wire-corpus" / "openai-responses.jsonl.gz"


def recorded() -> Iterator[Any]:
    if not _CORPUS.exists():
        yield pytest.param("", {}, marks=pytest.mark.skip(reason=f"the wire corpus is not at {_CORPUS.parent.name}"))
        return
    with gzip.open(_CORPUS, "rt", encoding="utf-8") as lines:
        for exchange in map(json.loads, lines):
            response = exchange["response"]
            if response["status"] == 200 and exchange["endpoint"] == "responses" and response["body_kind"] == "json":
                yield pytest.param(response["body"], json.loads(response["body"]), id=exchange["id"])


@pytest.mark.parametrize(("body", "document"), list(recorded()))
def test_a_recorded_answer_is_read_whole(body: str, document: dict[str, Any]) -> None:
    response = read(ResponsesAPIResponse, body)
    texts = [
        part["text"]
        for item in document.get("output", [])
        if item["type"] == "message"
        for part in item["content"]
        if part["type"] == "output_text"
    ]
    assert response.output_text == "".join(texts)
    assert [item.type for item in response.output] == [item["type"] for item in document.get("output", [])]
    if document.get("usage"):
        assert isinstance(response.usage, ResponseAPIUsage)
        assert response.usage.input_tokens == document["usage"]["input_tokens"]
        assert response["usage"]["output_tokens"] == document["usage"]["output_tokens"]
    assert json.loads(response.model_dump_json(exclude_unset=True)) == document
