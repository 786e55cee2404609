"""Every recorded answer in OpenAI's chat format is held without loss, before and after it is looked at."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edgequake_async.chunk_builder import stream_chunk_builder
from edgequake_async.types import EmbeddingResponse, ModelResponse, ModelResponseStream, OpenAIObject
from edgequake_async.types.tolerant import read, read_chunk

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "wire-corpus"
FILES = sorted(CORPUS.glob("*.jsonl.gz"))
FORMATS: dict[str, type[OpenAIObject]] = {"openai-chat": ModelResponse, "openai-embeddings": EmbeddingResponse}

pytestmark = pytest.mark.skipif(not FILES, reason="no recordings beside the repository (../shared/wire-corpus)")


def exchanges(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            exchange = json.loads(line)
            if exchange["wire_format"] in FORMATS and exchange["response"]["body_kind"] in {"json", "sse"}:
                yield exchange


def documents(exchange: dict[str, Any]) -> list[str]:
    body = exchange["response"]["body"]
    if exchange["response"]["body_kind"] == "json":
        return [body]
    events = body.replace("\r\n", "\n").split("\n\n")
    data = ["\n".join(line[5:] for line in event.split("\n") if line.startswith("data:")) for event in events]
    return [text for text in data if text.strip() not in {"", "[DONE]"}]


def touch(value: Any) -> None:
    """Look at every field, so that what converts itself on access has done so."""
    if isinstance(value, OpenAIObject):
        for _, item in value:
            touch(item)
    elif isinstance(value, list):
        for item in value:
            touch(item)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_recordings_survive(path: Path) -> None:
    for exchange in exchanges(path):
        streamed = exchange["response"]["body_kind"] == "sse"
        cls = ModelResponseStream if streamed else FORMATS[exchange["wire_format"]]
        for text in documents(exchange):
            wire = json.loads(text)
            if not isinstance(wire, dict):
                with pytest.raises(ValueError):
                    read(cls, text)
                continue
            response = read(cls, text)
            assert json.loads(response.model_dump_json(exclude_unset=True)) == wire, exchange["id"]
            touch(response)
            assert json.loads(response.model_dump_json(exclude_unset=True)) == wire, exchange["id"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_recorded_streams_are_put_together(path: Path) -> None:
    """Text per choice and the last usage, counted here from the recorded JSON alone."""
    for exchange in exchanges(path):
        if exchange["response"]["body_kind"] != "sse":
            continue
        texts = [text for text in documents(exchange) if text.lstrip().startswith("{")]
        said: dict[int, str] = {}
        usage = None
        for chunk in map(json.loads, texts):
            usage = chunk.get("usage") or usage
            for choice in chunk.get("choices") or ():
                content = choice["delta"].get("content")
                if isinstance(content, str):
                    said[choice.get("index") or 0] = said.get(choice.get("index") or 0, "") + content
        response = stream_chunk_builder([read_chunk(text) for text in texts])
        assert response is not None
        heard = {choice.index: choice.message.content for choice in response.choices}
        for index, text in said.items():
            if isinstance(heard[index], str):
                assert heard[index] == text, exchange["id"]
        if usage is not None:
            assert response.usage.model_dump(exclude_unset=True) == usage, exchange["id"]
        assert response == stream_chunk_builder([json.loads(text) for text in texts]), exchange["id"]
