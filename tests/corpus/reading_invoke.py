"""An independent reading of what Claude answers through Bedrock's InvokeModel: Anthropic's message, events in frames.

Each frame holds one event as base64, and the last one Bedrock's own measurements beside it. Errors have Bedrock's form.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from . import reading_anthropic
from .aws_events import frames
from .native import NativeReading
from .reading import request_id_of
from .reading_converse import broken_off, refused
from .recordings import Exchange


def read(exchange: Exchange) -> NativeReading:
    """Read one exchange. A stream counts as whole once it says why it stopped, else as broken."""
    request_id = request_id_of(exchange)
    if exchange.status >= 400:
        return replace(reading_anthropic.streamed((), request_id), failure=refused(exchange))
    if exchange.body_kind != "eventstream":
        return reading_anthropic.whole(json.loads(exchange.body), request_id)
    told = list(frames(exchange.body))
    failure = next((failed for frame in told if (failed := broken_off(frame))), None)
    said = [frame.said.decode() for frame in told if broken_off(frame) is None]
    reading = reading_anthropic.streamed((("", event) for event in said), request_id)
    if failure is not None:
        return replace(reading, failure=failure, reply=replace(reading.reply, usage=None), kept=())
    return reading if reading.failure else replace(reading, kept=[*reading.kept, *_measured(said)])


def _measured(said: list[str]) -> Iterator[dict[str, Any]]:
    for event in map(json.loads, said):
        yield from ({key: value} for key, value in event.items() if key.startswith("amazon-bedrock-"))


def is_message(exchange: Exchange) -> bool:
    """Whether it was Claude's Messages that were answered."""
    if exchange.status >= 400:
        return False
    first = next(frames(exchange.body)).said if exchange.body_kind == "eventstream" else exchange.body
    return json.loads(first).get("type") in ("message", "message_start")
