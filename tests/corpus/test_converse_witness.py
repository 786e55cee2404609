"""The readings of Bedrock's recordings say what botocore reads in them, over a socket, with Amazon's own model of it.

``botocore`` checks its answers against the service's description, and has an event stream parser of its own.
"""

from __future__ import annotations

import base64
import json
from contextlib import closing
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import ClientError

from .aws_events import frames
from .reading_converse import read
from .recordings import Exchange, native, needed
from .replay import RECORDED, Replay
from .running import batched

pytestmark = needed

_HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]
_ONCE = Config(retries={"total_max_attempts": 1})
_KEY = {"aws_access_key_id": "corpus", "aws_secret_access_key": "corpus", "region_name": "us-east-1"}


@batched(native("bedrock-converse"))
def test_the_readings_say_what_botocore_reads(exchanges: list[Exchange], replay: Replay) -> None:
    session = botocore.session.Session()
    for exchange in exchanges:
        url = replay.base_url(exchange, RECORDED)
        with closing(session.create_client("bedrock-runtime", endpoint_url=url, config=_ONCE, **_KEY)) as client:
            _compare(exchange, client)


def _compare(exchange: Exchange, client: Any) -> None:
    reading = read(exchange)
    call = client.converse_stream if exchange.stream else client.converse
    if reading.failure is not None:
        with pytest.raises(ClientError) as raised:
            call(modelId=exchange.model, messages=_HELLO)
        error = raised.value.response["Error"]
        kind = reading.failure.type or str(exchange.status)  # recorders may drop the header that has it
        assert (error["Code"], error["Message"]) == (kind, *reading.failure.said), exchange.id
        return
    response = call(modelId=exchange.model, messages=_HELLO)
    told = _joined(response["stream"]) if exchange.stream else _whole(response)
    answer = reading.reply.choices[0]
    usage = reading.reply.usage or {}
    calls = [(call.id, call.name, json.loads(call.arguments)) for call in answer.calls]
    assert told == {
        "text": answer.text,
        "reasoning": answer.reasoning,
        "redacted": [each["data"] for each in answer.thinking if "data" in each],
        "signature": "".join(each.get("signature", "") for each in answer.thinking),
        "calls": calls,
        "stop": answer.raw_finish_reason,
        "tokens": usage["total_tokens"],
    }, exchange.id
    assert usage["prompt_tokens"] + usage["completion_tokens"] == usage["total_tokens"], exchange.id


def test_frames_are_those_that_botocore_sees() -> None:
    recorded = [*native("bedrock-converse"), *native("bedrock-invoke")]
    for exchange in recorded:
        if exchange.body_kind == "eventstream":
            buffer = EventStreamBuffer()
            buffer.add_data(exchange.body)
            ours = [(dict(frame.headers), frame.payload) for frame in frames(exchange.body)]
            assert ours == [(event.headers, event.payload) for event in buffer], exchange.id


def _empty() -> dict[str, Any]:
    return {"text": "", "reasoning": "", "signature": "", "redacted": [], "calls": []}


def _whole(response: dict[str, Any]) -> dict[str, Any]:
    told = _empty()
    for block in response["output"]["message"]["content"]:
        told["text"] += block.get("text", "")
        told["text"] += "".join(said["text"] for said in block.get("citationsContent", {}).get("content", ()))
        thought = block.get("reasoningContent", {})
        _think(told, thought.get("reasoningText", {}), thought)
        if call := block.get("toolUse"):
            told["calls"] += [(call["toolUseId"], call["name"], call["input"])] if _asked_of_us(call) else []
    return {**told, "stop": response["stopReason"], "tokens": response["usage"]["totalTokens"]}


def _joined(stream: Any) -> dict[str, Any]:
    told = _empty()
    opened: dict[int, list[str]] = {}
    for event in stream:
        start = event.get("contentBlockStart", {}).get("start", {}).get("toolUse")
        if start and _asked_of_us(start):
            opened[event["contentBlockStart"]["contentBlockIndex"]] = [start["toolUseId"], start["name"], ""]
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        told["text"] += delta.get("text", "")
        thought = delta.get("reasoningContent", {})
        _think(told, thought, thought)
        if "toolUse" in delta and (at := event["contentBlockDelta"]["contentBlockIndex"]) in opened:
            opened[at][2] += delta["toolUse"]["input"]
        if "messageStop" in event:
            told["stop"] = event["messageStop"]["stopReason"]
        if "metadata" in event:
            told["tokens"] = event["metadata"]["usage"]["totalTokens"]
    return {**told, "calls": [(id, name, json.loads(given or "{}")) for id, name, given in opened.values()]}


def _asked_of_us(call: dict[str, Any]) -> bool:
    """Amazon runs its own tools."""
    return call.get("type") != "server_tool_use"


def _think(told: dict[str, Any], text: dict[str, Any], thought: dict[str, Any]) -> None:
    told["reasoning"] += text.get("text", "")
    told["signature"] += text.get("signature", "")
    if "redactedContent" in thought:  # botocore has decoded the base64 of the wire
        told["redacted"].append(base64.b64encode(thought["redactedContent"]).decode())
