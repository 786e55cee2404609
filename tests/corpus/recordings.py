"""The open part of the wire corpus: which exchanges there are, in batches small enough to name in a test id.

Promises exchanges as they were recorded, in file order. Knows nothing of what a body means, and never opens
the sealed part. A machine may have the repository without the corpus: tests marked ``needed`` are skipped there.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "wire-corpus"
needed = pytest.mark.skipif(
    not (CORPUS / "index.tsv").is_file(), reason="no wire corpus beside the repository (../shared/wire-corpus)"
)
_BATCH = 60
_NAMED_IN_URL = (
    "anthropic-messages",
    "bedrock-converse",
    "bedrock-invoke",
    "gemini",
    "gemini-batchEmbedContents",
    "gemini-embedContent",
    "vertex-embedContent",
    "vertex-predict",
)
_IN_URL = re.compile(r"/models/([^/?:]+)|/model/([^/?]+)")  # Gemini and Vertex; Bedrock


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer. ``asked`` is the request body, None where it is not known; ``form`` are the
    parts of one that is a form, files without their content.

    ``case`` names the question where it was asked over several wire formats, else it is empty.
    """

    id: str
    provider: str
    endpoint: str
    wire_format: str
    case: str
    stream: bool
    asked: Mapping[str, Any] | None
    method: str | None
    url: str
    status: int
    headers: Mapping[str, str]
    body_kind: str
    body: bytes
    chunk_bytes: tuple[int, ...]
    form: tuple[Mapping[str, Any], ...] = ()

    @property
    def model(self) -> str:
        """The model asked for; some hosts name it in the URL only."""
        named = (self.asked or {}).get("model")
        in_url = _IN_URL.search(self.url) if self.wire_format in _NAMED_IN_URL else None
        return str(named or (unquote(in_url[1] or in_url[2]) if in_url else "recorded-model"))


def chat() -> list[Exchange]:
    """Every chat completion in OpenAI's wire format, whoever answered and whatever its address."""
    return _select("openai-chat")


def embeddings() -> list[Exchange]:
    """Every call of an OpenAI-shaped embeddings endpoint."""
    return [each for each in _select("openai-embeddings") if each.method == "POST"]


def native(wire_format: str) -> list[Exchange]:
    """Every call in a wire format of another family: "anthropic-messages", "gemini", "bedrock-converse", ..."""
    return [each for each in _select(wire_format) if each.method != "GET"]


def batches(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, list[Exchange]]]:
    """(name, exchanges) per provider, at most 60 exchanges each."""
    ordered = sorted(exchanges, key=lambda each: each.provider)
    for provider, group in groupby(ordered, key=lambda each: each.provider):
        members = list(group)
        for start in range(0, len(members), _BATCH):
            yield f"{provider}-{start // _BATCH + 1}", members[start : start + _BATCH]


def _select(wire_format: str) -> list[Exchange]:
    return [each for each in everything() if each.wire_format == wire_format]


@cache
def everything() -> tuple[Exchange, ...]:
    """Every exchange whose answer is known, in whatever wire format."""
    return tuple(
        exchange
        for path in sorted(CORPUS.glob("*.jsonl.gz"))
        for line in gzip.open(path, "rt", encoding="utf-8")
        if (exchange := _exchange(json.loads(line))) is not None
    )


def _exchange(record: Mapping[str, Any]) -> Exchange | None:
    request, response = record["request"] or {}, record["response"]
    if (text := response.get("body")) is not None:
        body = text.encode()
    elif (packed := response.get("body_base64")) is not None:
        body = base64.b64decode(packed)
    else:
        return None
    return Exchange(
        id=record["id"],
        provider=record["provider"],
        endpoint=record["endpoint"],
        wire_format=record["wire_format"],
        case=record.get("case") or "",
        stream=record["stream"],
        asked=_document(request.get("body")),
        method=request.get("method"),
        url=request.get("url") or "",
        status=response["status"],
        headers={name.lower(): value for name, value in response["headers"].items()},
        body_kind=response["body_kind"],
        body=body,
        chunk_bytes=tuple(response.get("chunk_bytes") or ()),
        form=tuple(request.get("form") or ()),
    )


def _document(body: str | None) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(body or "")
    except ValueError:  # multipart uploads and empty bodies
        return None
    return parsed if isinstance(parsed, dict) else None
