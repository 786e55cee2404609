"""An answer of Converse's as the events of ConverseStream that spell it out, cut at random.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from typing import Any

from botocore.validate import ParamValidator

from edgequake_async.testing import Reply, raw
from tests.corpus.aws_events import framed

from .pieces import pieces
from .shapes import service

Json = dict[str, Any]
Event = tuple[str, Json]

# A kind of block that is yet to come.
UNHEARD_OF = "unheardOf"
_OF_STOP = ("stopReason", "additionalModelResponseFields")


def reply(told: list[Event]) -> Reply:
    """The events as a body."""
    headers = {":content-type": "application/json", ":message-type": "event"}
    body = b"".join(framed({":event-type": name, **headers}, json.dumps(event).encode()) for name, event in told)
    return raw(200, {"content-type": "application/vnd.amazon.eventstream"}, body)


def refused(told: list[Event]) -> list[str]:
    """What of the events is not as the service describes them."""
    shapes = service().shape_for("ConverseStreamOutput").members  # type: ignore[attr-defined]
    reports = [(name, ParamValidator().validate(event, shapes[name])) for name, event in told]
    return [f"{name}: {report.generate_report()}" for name, report in reports if report.has_errors()]


def streamable(content: list[Json]) -> list[Json]:
    """The blocks that there are events for, as the events can say them."""
    return [block for block in map(_streamable, content) if block]


def _streamable(block: Json) -> Json | None:
    [(kind, value)] = block.items()
    if kind == "toolResult":
        told = [each for each in value["content"] if each.keys() <= {"text", "json"}]
        return {kind: value | {"content": told}}
    if kind == "citationsContent":
        # One text; without citations it is text and nothing else.
        text = "".join(each["text"] for each in value.get("content", ()))
        said = [{"text": text}] if text else []
        return {kind: {"content": said, "citations": value["citations"]}} if value.get("citations") else None
    return block if kind in ("text", "toolUse", "reasoningContent", "image", UNHEARD_OF) else None


def events(answer: Json, chance: random.Random) -> list[Event]:
    """The events that spell the answer out; its content is ``streamable``."""
    rest = {name: value for name, value in answer.items() if name not in ("output", *_OF_STOP)}
    message = answer["output"]["message"]
    return [
        ("messageStart", {"role": message["role"]}),
        *(event for at, block in enumerate(message["content"]) for event in _block(at, block, chance)),
        ("messageStop", {name: answer[name] for name in _OF_STOP if name in answer}),
        ("metadata", rest),
    ]


def _block(index: int, block: Json, chance: random.Random) -> Iterator[Event]:
    place = {"contentBlockIndex": index}
    [(kind, value)] = block.items()
    begun, deltas = _told(kind, value, chance)
    if begun is not None:
        yield "contentBlockStart", {"start": {kind: begun}, **place}
    for delta in deltas:
        yield "contentBlockDelta", {"delta": delta, **place}
    yield "contentBlockStop", place


def _told(kind: str, value: Any, chance: random.Random) -> tuple[Json | None, list[Json]]:
    """How the block begins, if that is told, and what is added to it."""
    if kind == "text":
        return None, [{"text": piece} for piece in pieces(value, chance)]
    if kind == "toolUse":
        begun = {name: item for name, item in value.items() if name != "input"}
        written = json.dumps(value["input"], separators=chance.choice(((",", ":"), (", ", ": "))))
        told = [] if value["input"] == {} and chance.random() < 0.5 else [*pieces(written, chance)]
        return begun, [{kind: {"input": piece}} for piece in told]
    if kind == "toolResult":
        begun = {name: item for name, item in value.items() if name != "content"}
        return begun, [{kind: [each]} for each in value["content"]]
    if kind == "reasoningContent":
        return None, [{kind: piece} for piece in _thought(value, chance)]
    if kind == "citationsContent":
        said = [{"text": piece} for each in value["content"] for piece in pieces(each["text"], chance)]
        cited = [{"citation": each} for each in value["citations"]]
        return None, [*cited, *said] if chance.random() < 0.5 else [*said, *cited]
    if kind == "image":
        source = value["source"]
        parts = [{"bytes": piece} for piece in _blobs(source["bytes"], chance)] if "bytes" in source else [source]
        failed = [{"error": value["error"]}] if "error" in value else []
        begun = {name: item for name, item in value.items() if name not in ("source", "error")}
        return begun, [{kind: each} for each in [*({"source": part} for part in parts), *failed]]
    begun = value | {"text": "", "list": []}
    told = [{kind: {"text": piece}} for piece in pieces(value["text"], chance)]
    return begun, told + [{kind: {"list": [each]}} for each in value["list"]]


def _thought(value: Json, chance: random.Random) -> Iterator[Json]:
    if "redactedContent" in value:
        yield from ({"redactedContent": piece} for piece in _blobs(value["redactedContent"], chance))
        return
    for name, item in value["reasoningText"].items():
        yield from [{name: piece} for piece in pieces(item, chance)] if name == "text" else [{name: item}]


def _blobs(data: str, chance: random.Random) -> list[str]:
    """Bytes in pieces, each of which is written as base64."""
    whole = base64.b64decode(data)
    at = sorted(chance.randint(0, len(whole)) for _ in range(chance.choice((0, 3))))
    parts = [whole[start:end] for start, end in zip([0, *at], [*at, len(whole)], strict=True)]
    return [base64.b64encode(part).decode() for part in parts if part]
