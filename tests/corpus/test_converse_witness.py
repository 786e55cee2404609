"""The readings of Bedrock's recordings say what botocore reads in them, over a socket, with Amazon's own model of it.

``botocore`` checks its answers against the service's description, and has an event stream parser of its own.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .reading_converse import read
from .recordings import Exchange, native, needed
from .replay import RECORDED, Replay
from .running import batched

pytestmark = needed

_HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]
_PATIENT = Config(retries={"total_max_attempts": 1})


@batched(native("bedrock-converse"))
def test_the_readings_say_what_botocore_reads(exchanges: list[Exchange], replay: Replay) -> None:
    session = botocore.session.Session()
    for exchange in exchanges:
        with_key = {"aws_access_key_id": "corpus", "aws_secret_access_key": "corpus", "region_name": "us-east-1"}
        url = replay.base_url(exchange, RECORDED)
        client = session.create_client("bedrock-runtime", endpoint_url=url, config=_PATIENT, **with_key)
        reading = read(exchange)
        call = client.converse_stream if exchange.stream else client.converse
        if reading.failure is not None:
            with pytest.raises(ClientError) as raised:
                call(modelId=exchange.model, messages=_HELLO)
            told = raised.value.response["Error"]
            kind = reading.failure.type or str(exchange.status)  # recorders may drop the header that has it
            assert (told["Code"], told["Message"]) == (kind, *reading.failure.said), exchange.id
            continue
        response = call(modelId=exchange.model, messages=_HELLO)
        told = _joined(response["stream"]) if exchange.stream else _whole(response)
        answer = reading.reply.choices[0]
        usage = reading.reply.usage or {}
        assert told["text"] == answer.text, exchange.id
        assert told["reasoning"] == answer.reasoning, exchange.id
        assert told["redacted"] == [each["data"] for each in answer.thinking if "data" in each], exchange.id
        assert told["signature"] == "".join(each.get("signature", "") for each in answer.thinking), exchange.id
        calls = [(call.id, call.name, json.loads(call.arguments)) for call in answer.calls]
        assert [each for each in told["calls"] if each in calls] == calls, exchange.id
        assert told["stop"] == answer.raw_finish_reason, exchange.id
        assert (
            told["usage"]["totalTokens"] == usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        ), exchange.id
        client.close()


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
            told["calls"].append((call["toolUseId"], call["name"], call["input"]))
    return {**told, "stop": response["stopReason"], "usage": response["usage"]}


def _joined(stream: Any) -> dict[str, Any]:
    told = _empty()
    opened: dict[int, list[str]] = {}
    for event in stream:
        if start := event.get("contentBlockStart", {}).get("start", {}).get("toolUse"):
            opened[event["contentBlockStart"]["contentBlockIndex"]] = [start["toolUseId"], start["name"], ""]
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        told["text"] += delta.get("text", "")
        thought = delta.get("reasoningContent", {})
        _think(told, thought, thought)
        if "toolUse" in delta:
            opened[event["contentBlockDelta"]["contentBlockIndex"]][2] += delta["toolUse"]["input"]
        if "messageStop" in event:
            told["stop"] = event["messageStop"]["stopReason"]
        if "metadata" in event:
            told["usage"] = event["metadata"]["usage"]
    return {**told, "calls": [(id, name, json.loads(given or "{}")) for id, name, given in opened.values()]}


def _think(told: dict[str, Any], text: dict[str, Any], thought: dict[str, Any]) -> None:
    told["reasoning"] += text.get("text", "")
    told["signature"] += text.get("signature", "")
    if "redactedContent" in thought:  # botocore has decoded the base64 of the wire
        told["redacted"].append(base64.b64encode(thought["redactedContent"]).decode())
