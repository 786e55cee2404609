"""Made answers on a real socket, and what the library makes of them, in forms that can be compared."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import pytest

import edgequake_async
from edgequake_async.testing import FakeProvider, Received, Reply

Json = dict[str, Any]
HELLO = {"role": "user", "content": "Hello"}
_AT_ONCE = 8


class Served:
    """Makes ``fake`` answer each call with what was put there for its address."""

    def __init__(self, fake: FakeProvider) -> None:
        self._fake = fake
        self._replies: dict[str, Reply] = {}
        self._received: dict[str, Received] = {}
        fake.on_request(self._answer)

    def put(self, name: str, reply: Reply) -> str:
        """What to pass as ``api_base``."""
        self._replies[name] = reply
        return f"{self._fake.host_url}/{name}"

    def received(self, name: str) -> Any:
        """The last body that was sent there."""
        return self._received[name].json

    def _answer(self, record: Received) -> Reply:
        name = record.path.split("/")[1]
        self._received[name] = record
        return self._replies[name]


async def ask(model: str, base_url: str, messages: Sequence[Any] = (HELLO,), **told: Any) -> Any:
    """The answer; the chunks of a stream."""
    response: Any = await edgequake_async.acompletion(
        model=model, messages=[*messages], api_base=base_url, api_key="key-0123456789", num_retries=0, **told
    )
    return [chunk async for chunk in response] if told.get("stream") else response


async def judge_all(seeds: Iterable[int], judge: Callable[[int], Awaitable[list[str]]]) -> None:
    """Fails with all that there is to say of the seeds, the first few of them in words."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def judged(seed: int) -> list[str]:
        async with turn:
            return await judge(seed)

    seeds = list(seeds)
    verdicts = await asyncio.gather(*(judged(seed) for seed in seeds), return_exceptions=True)
    wrong = [
        f"seed {seed}: {complaint}"
        for seed, verdict in zip(seeds, verdicts, strict=True)
        for complaint in (verdict if isinstance(verdict, list) else [repr(verdict)])
    ]
    if wrong:
        pytest.fail("\n".join([f"{len(wrong)} complaints", *wrong[:20]]), pytrace=False)


def whole(response: Any) -> Json:
    """A response as JSON, without what differs from call to call; arguments of calls as the values that they are."""
    said: Json = response.model_dump(mode="json", exclude_unset=True)
    for name in ("created", "object"):
        said.pop(name, None)
    for choice in said["choices"]:
        message = choice["message"]
        # A stream has said nothing before it says something; a message of calls says null.
        message["content"] = message.get("content") or ""
        for call in message.get("tool_calls") or ():
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return said


def together(chunks: Sequence[Any]) -> list[Any]:
    """All that chunks say: the texts at one place put together, the numbers at each."""
    texts: dict[tuple[Any, ...], str] = {}
    numbers: list[Any] = []

    def look(value: Any, place: tuple[Any, ...]) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                texts.setdefault((*place, name, "name"), name)
                look(item, (*place, name))
        elif isinstance(value, list):
            for at, item in enumerate(value):
                look(item, (*place, item.get("index", at) if isinstance(item, dict) else at))
        elif isinstance(value, str):
            texts[place] = texts.get(place, "") + value
        else:
            numbers.append(value)

    for chunk in chunks:
        look(chunk.model_dump(mode="json", exclude_unset=True), ())
    return [*texts.values(), *numbers, *(_parsed(text) for place, text in texts.items() if "arguments" in place)]


def arguments(response: Any) -> list[Any]:
    """The inputs of its calls: numbers in them are text to whoever looks at the response alone."""
    calls = response.choices[0].message.tool_calls or ()
    return [_parsed(call.function.arguments) for call in calls]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


async def sent_back(served: Served, name: str, model: str, base_url: str, message: Any, **told: Any) -> list[Any]:
    """The content that reaches the wire when the message is sent back, as the object and as stored JSON."""
    results = [{"role": "tool", "tool_call_id": call.id, "content": "ok"} for call in message.tool_calls or ()]
    sent = []
    for again in (message, json.loads(message.model_dump_json())):
        await ask(model, base_url, [HELLO, again, *(results or [HELLO])], **told)
        said = served.received(name)["messages"]
        sent.append(said[1]["content"] if len(said) > 1 and said[1]["role"] == "assistant" else [])
    return sent
