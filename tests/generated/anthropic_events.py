"""A message of Anthropic's as the events that spell it out, cut at random.

https://platform.claude.com/docs/en/build-with-claude/streaming says which events there are; ``meaning`` is what the
provider's own SDK reads in them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from anthropic.lib.streaming import _beta_messages, _messages
from anthropic.types import MessageDeltaUsage, RawMessageStreamEvent
from anthropic.types.beta import BetaMessageDeltaUsage, BetaRawMessageStreamEvent
from pydantic import TypeAdapter

from edgequake_async.testing import Reply, raw

from .pieces import pieces

Json = dict[str, Any]

# A type of block that is yet to come; its deltas are, too.
UNHEARD_OF = "unheard_of"
# Members of a message that its last events tell: those of the delta, and those beside it.
_OF_DELTA = ("stop_reason", "stop_sequence", "stop_details")
_BESIDE_DELTA = ("context_management",)
_WITH_INPUT = ("tool_use", "server_tool_use", "mcp_tool_use")
_PLAIN: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
_BETA: TypeAdapter[Any] = TypeAdapter(BetaRawMessageStreamEvent)


def reply(told: list[Json]) -> Reply:
    """The events as a body."""
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in told)
    return raw(200, {"content-type": "text/event-stream"}, body)


def meaning(told: list[Json], beta: bool) -> Json:
    """The message that Anthropic's SDK reads in the events."""
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    for event in told:
        if event["type"] != "ping":
            given: Any = {"event": (_BETA if beta else _PLAIN).validate_python(event), "json_bufs": buffers}
            if beta:
                given["request_headers"] = {}
            accumulate: Any = (_beta_messages if beta else _messages).accumulate_event
            snapshot = accumulate(current_snapshot=snapshot, **given)
    return dict(snapshot.to_dict(mode="json"))


def events(message: Json, chance: random.Random, beta: bool) -> list[Json]:
    """The events that spell the message out."""
    return [*_begin(message, chance, beta), *_blocks(message["content"], chance), *_end(message, beta)]


def _begin(message: Json, chance: random.Random, beta: bool) -> Iterator[Json]:
    begun = {name: value for name, value in message.items() if name not in (*_OF_DELTA, *_BESIDE_DELTA)}
    usage = message["usage"]
    late = _late(usage, beta)
    first = {name: value for name, value in usage.items() if name not in late}
    # What has been counted so far; the end tells the whole.
    first |= {"output_tokens": 1, "input_tokens": chance.choice((usage["input_tokens"], 1))}
    model = next((block["from"]["model"] for block in message["content"] if block["type"] == "fallback"), None)
    yield {
        "type": "message_start",
        "message": begun
        | {"content": [], "usage": first, "stop_reason": None, "stop_sequence": None}
        | ({"model": model} if model else {}),
    }
    if chance.random() < 0.5:
        yield {"type": "ping"}


def _late(usage: Json, beta: bool) -> set[str]:
    """Counts that the end tells."""
    return (BetaMessageDeltaUsage if beta else MessageDeltaUsage).model_fields.keys() & usage.keys()


def _end(message: Json, beta: bool) -> Iterator[Json]:
    usage = message["usage"]
    delta = {name: message.get(name) for name in (*_OF_DELTA, "container")}
    beside = {name: message[name] for name in _BESIDE_DELTA if name in message}
    late = {name: usage[name] for name in _late(usage, beta)}
    yield {"type": "message_delta", "delta": delta, "usage": late, **beside}
    yield {"type": "message_stop"}


def _blocks(blocks: list[Json], chance: random.Random) -> Iterator[Json]:
    for index, block in enumerate(blocks):
        begun, deltas = _block(block, chance)
        yield {"type": "content_block_start", "index": index, "content_block": begun}
        for delta in deltas:
            if chance.random() < 0.05:
                yield {"type": "ping"}
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}


def _block(block: Json, chance: random.Random) -> tuple[Json, list[Json]]:
    """How the block begins, and what is added to it."""
    kind = block["type"]
    if kind == "text":
        # As a rule nothing; whoever speaks Anthropic's words may begin with some.
        head, rest = _cut(block["text"], chance)
        told = [{"type": "text_delta", "text": piece} for piece in pieces(rest, chance)]
        cited = [{"type": "citations_delta", "citation": each} for each in block.get("citations") or ()]
        begun = block | {"text": head} | ({"citations": []} if "citations" in block else {})
        return begun, ([*cited, *told] if chance.random() < 0.5 else [*told, *cited])
    if kind == "thinking":
        head, rest = _cut(block["thinking"], chance)
        told = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(rest, chance)]
        signed = {"type": "signature_delta", "signature": block["signature"]}
        return block | {"thinking": head, "signature": ""}, [*told, signed]
    if kind in _WITH_INPUT and (block["input"] or chance.random() < 0.5) and chance.random() < 0.8:
        written = json.dumps(block["input"], separators=chance.choice(((",", ":"), (", ", ": "))))
        told = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *pieces(written, chance)]]
        return block | {"input": {}}, told
    if kind == "compaction":
        late = {name: block.get(name) for name in ("content", "encrypted_content")}
        return block | dict.fromkeys(late.keys() & block.keys()), [{"type": "compaction_delta", **late}]
    if kind == UNHEARD_OF:
        told = [{"type": "unheard_delta", "text": piece} for piece in pieces(block["text"], chance)]
        told += [{"type": "unheard_delta", "list": [each]} for each in block["list"]]
        return block | {"text": "", "list": []}, told
    return block, []


def _cut(text: str, chance: random.Random) -> tuple[str, str]:
    at = chance.choice((0, 0, 0, chance.randint(0, len(text))))
    return text[:at], text[at:]
