"""Anthropic's Messages API called in each of the four ways, and the anthropic SDK's types as the judge of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import anthropic
from pydantic import TypeAdapter

import edgequake_async as eq
from edgequake_async.messages import anthropic_messages_handler
from edgequake_async.testing import FakeProvider, raw

from .ways import Way

EVENT: TypeAdapter[Any] = TypeAdapter(anthropic.types.RawMessageStreamEvent)
USER = [{"role": "user", "content": "Say it."}]
TOOL = {
    "name": "weather",
    "description": "The weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


class Streamed(NamedTuple):
    """A stream as its caller saw it: what each event says, and the failure that ended it."""

    events: list[dict[str, Any]]
    error: Exception | None
    body: bytes = b""


def ask(way: Way, **arguments: Any) -> Any:
    """A whole message."""
    arguments = {"max_tokens": 100, "messages": USER, **arguments}
    return (
        anthropic_messages_handler(**arguments) if way.backend is None else way.run(eq.anthropic_messages, **arguments)
    )


def watch(way: Way, **arguments: Any) -> Streamed:
    """A streamed one."""
    arguments = {"max_tokens": 100, "messages": USER, "stream": True, **arguments}
    if way.backend is not None:
        found: Streamed = way.run(_watch, **arguments)
        return found
    frames: list[bytes] = []
    failure = None
    try:
        for event in anthropic_messages_handler(**arguments):
            frames.append(event)
    except eq.EQError as error:
        failure = error
    return _streamed(frames, failure)


async def _watch(**arguments: Any) -> Streamed:
    frames: list[bytes] = []
    failure = None
    try:
        async for event in await eq.anthropic_messages(**arguments):
            frames.append(event)
    except eq.EQError as error:
        failure = error
    return _streamed(frames, failure)


def _streamed(frames: list[bytes], failure: Exception | None) -> Streamed:
    return Streamed([seen(event) for event in frames], failure, b"".join(frames))


def seen(event: Any) -> dict[str, Any]:
    """What an event says, whose bytes must be those of a server-sent one."""
    assert isinstance(event, bytes)
    head, data, *empty = event.split(b"\n")
    said: dict[str, Any] = event.data
    assert (head, data[:6], empty) == (b"event: " + said["type"].encode(), b"data: ", [b"", b""])
    assert event.type == said["type"]
    return said


def judged(message: Any) -> anthropic.types.Message:
    """A whole message as the SDK reads it."""
    assert isinstance(message, dict)
    return anthropic.types.Message.model_validate(message)


def put_together(streamed: Streamed) -> anthropic.types.Message:
    """What the SDK's own client makes of a stream's bytes; each event must be one of its types, and in their order."""
    assert streamed.error is None
    opened: set[int] = set()
    told = [said for said in streamed.events if said["type"] != "ping"]
    for said in told:
        event = EVENT.validate_python(said)
        if event.type == "content_block_start":
            opened.add(event.index)
        elif event.type == "content_block_stop":
            opened.remove(event.index)
        elif event.type == "content_block_delta":
            assert event.index in opened
    assert not opened
    kinds = [said["type"] for said in told]
    assert (kinds[0], kinds[-2:]) == ("message_start", ["message_delta", "message_stop"])
    assert {"message_start", "message_delta", "message_stop"}.isdisjoint(kinds[1:-2])
    # As a server that hands the events on would.
    with FakeProvider() as server, anthropic.Anthropic(api_key=server.api_key, base_url=server.host_url) as client:
        server.script(raw(200, {"content-type": "text/event-stream"}, streamed.body))
        with client.messages.stream(max_tokens=1, messages=[{"role": "user", "content": "x"}], model="m") as events:
            return events.get_final_message()
