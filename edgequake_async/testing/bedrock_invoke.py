"""What Bedrock's invoke answers: Anthropic's messages, embeddings of Amazon's and Cohere's models, Cohere's rerank.

The format is told by the body, as a model's id need not name its maker. An event of Anthropic's travels as base64 in a
``chunk``, and the last one has Bedrock's metrics.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from . import anthropic_wire, bedrock_rerank, cohere_embeddings
from .brain import tokens
from .fields import given, needed
from .openai_ask import Refusal
from .openai_wire import compact
from .records import Received
from .replies import Error, Stream, Text, steps
from .vectors import embed

Json = dict[str, Any]
Told: TypeAlias = "Json | Iterator[tuple[str, Json] | float | Error]"

_TITAN_DIMENSIONS = (1024, 512, 256)
_NOVA_DIMENSIONS = (3072, 1024, 384, 256)


def answered(body: Mapping[str, Any], record: Received, model: str, streams: bool) -> Told:
    """The model's answer, or its events. Raises Refusal (400)."""
    if "messages" in body:
        return _anthropic(body, record, model, streams)
    if streams:
        raise Refusal(400, "The model is unsupported for streaming.")
    for field, told in _OTHERS.items():
        if field in body:
            return told(body, model)
    fields = ", ".join(["messages", *_OTHERS])
    raise Refusal(400, f"Malformed input request: the fake provider knows bodies with one of {fields}.")


def scripted(reply: Text | Stream, record: Received, model: str, streams: bool) -> Told:
    """A scripted reply as Anthropic tells it, or its events."""
    failed: list[Error] = []
    if isinstance(reply, Stream):
        reply = replace(reply, gap=0.0, pieces=_unbroken(reply, failed))
    told = anthropic_wire.scripted(reply, record, model=model, stream=streams)
    return told if isinstance(told, dict) else _until(_chunks(told), failed)


def counts(told: Mapping[str, Any]) -> dict[str, str]:
    """The headers that tell what an answer cost."""
    usage = told.get("usage", {})
    found = {
        "input": usage.get("input_tokens", told.get("inputTextTokenCount")),
        "output": usage.get("output_tokens"),
    }
    return {f"x-amzn-bedrock-{name}-token-count": str(count) for name, count in found.items() if count is not None}


def _anthropic(body: Mapping[str, Any], record: Received, model: str, streams: bool) -> Told:
    if not isinstance(body.get("anthropic_version"), str):
        raise Refusal(400, "anthropic_version: Field required")
    for extra in ("model", "stream"):
        if extra in body:
            told = f"extraneous key [{extra}] is not permitted"
            raise Refusal(400, f"Malformed input request: #: {told}, please reformat your input and try again.")
    turn, whole = anthropic_wire.answered({**body, "model": model}, record)
    return _chunks(anthropic_wire.events(whole, turn)) if streams else whole


def _chunks(events: Iterable[bytes | float]) -> Iterator[tuple[str, Json] | float]:
    """Server-sent events as chunks; Bedrock does not ping."""
    n_input = n_output = 0
    for event in events:
        if not isinstance(event, bytes):
            yield event
            continue
        told = json.loads(event.partition(b"\ndata: ")[2])
        n_input = told.get("message", {}).get("usage", {}).get("input_tokens", n_input)
        n_output = told.get("usage", {}).get("output_tokens", n_output)
        if told["type"] == "message_stop":
            metrics = {"inputTokenCount": n_input, "outputTokenCount": n_output}
            latencies = {"invocationLatency": 2, "firstByteLatency": 1}
            told["amazon-bedrock-invocationMetrics"] = {**metrics, **latencies}
        if told["type"] != "ping":
            yield "chunk", {"bytes": base64.b64encode(compact(told)).decode()}


def _unbroken(reply: Stream, failed: list[Error]) -> Iterator[str | Mapping[str, Any] | float]:
    """The pieces and pauses of a stream; the error that ends it is put aside."""
    for step in steps(reply):
        if isinstance(step, Error):
            failed.append(step)
        else:
            yield step


def _until(
    chunks: Iterable[tuple[str, Json] | float], failed: list[Error]
) -> Iterator[tuple[str, Json] | float | Error]:
    """The chunks up to the failure, then the failure."""
    for chunk in chunks:
        if failed:
            break
        yield chunk
    yield from failed


def _titan(body: Mapping[str, Any], model: str) -> Json:
    if "textGenerationConfig" in body or "embed" not in model:
        raise Refusal(400, "Malformed input request: of Titan's models the fake provider knows those that embed.")
    text = needed(body, "inputText", str)
    vector = embed(text, _sized(body, "dimensions", _TITAN_DIMENSIONS)).tolist()
    types = {"embeddingsByType": {"float": vector}} if "v2" in model else {}
    return {"embedding": vector, **types, "inputTextTokenCount": len(tokens(text))}


def _cohere(body: Mapping[str, Any], model: str) -> Json:
    """Version 3 answers a plain array where no type is asked for, version 4 the types."""
    told = cohere_embeddings.embeddings({"output_dimension": 1024 if "v3" in model else 1536, **body})
    kept = {"id": "00000000-0000-4000-8000-000000000000", "texts": told["texts"]}
    if "v3" in model and not body.get("embedding_types"):
        return {**kept, "embeddings": told["embeddings"]["float"], "response_type": "embeddings_floats"}
    return {**kept, "embeddings": told["embeddings"], "response_type": "embeddings_by_type"}


def _nova(body: Mapping[str, Any], model: str) -> Json:
    asked = needed(body, "singleEmbeddingParams", dict)
    text = needed(needed(asked, "text", dict), "value", str)
    vector = embed(text, _sized(asked, "embeddingDimension", _NOVA_DIMENSIONS)).tolist()
    return {"embeddings": [{"embeddingType": "TEXT", "embedding": vector}]}


def _sized(body: Mapping[str, Any], name: str, sizes: tuple[int, ...]) -> int:
    wanted: int = given(body, name, int, default=sizes[0])
    if wanted not in sizes:
        told = ", ".join(map(str, sizes))
        raise Refusal(400, f"Malformed input request: #/{name}: {wanted} is not a valid enum value, use one of {told}")
    return wanted


def _ranking(body: Mapping[str, Any], _model: str) -> Json:
    return bedrock_rerank.invoked(body)


_OTHERS = {"inputText": _titan, "input_type": _cohere, "taskType": _nova, "query": _ranking}
