"""``python -m edgequake_async demo``: the library at work in one run, against the embedded fake provider."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import time
from collections.abc import Callable
from typing import Any

from . import acompletion, aembedding, completion
from .testing import FakeProvider

__all__ = ["run_demo"]

_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def run_demo() -> int:
    """Run every part; returns the exit status."""
    with FakeProvider() as fake:
        print("The embedded fake provider answers; nothing leaves this machine.\n")
        where = {"model": "openai/fake", "api_base": fake.base_url, "api_key": fake.api_key}
        for title, part in _PARTS.items():
            started = time.perf_counter()
            print(f"== {title}")
            part(where)
            print(f"   ({(time.perf_counter() - started) * 1000:.1f} ms)\n")
        print(f"{len(fake.requests)} requests, {fake.connections.opened} connections.")
    return 0


def _user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def _asyncio_stream(where: dict[str, Any]) -> None:
    async def show() -> None:
        stream = await acompletion(messages=_user("Stream from asyncio, please."), stream=True, **where)
        async for chunk in stream:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
        print()

    asyncio.run(show())


def _many(where: dict[str, Any]) -> None:
    async def ask_all() -> None:
        answers = await asyncio.gather(*(acompletion(messages=_user(f"Number {i}"), **where) for i in range(100)))
        print(f"100 calls at once; the last says: {answers[-1].content}")

    asyncio.run(ask_all())


def _trio_nursery(where: dict[str, Any]) -> None:
    if importlib.util.find_spec("trio") is None:
        print("trio is not installed: pip install 'edgequake-async[trio]'")
        return
    import trio

    async def ask(number: int) -> None:
        response = await acompletion(messages=_user(f"Trio task {number}"), **where)
        print(response.content)

    async def nursery() -> None:
        async with trio.open_nursery() as tasks:
            for number in range(2):
                tasks.start_soon(ask, number)

    trio.run(nursery)


def _sync(where: dict[str, Any]) -> None:
    print(completion(messages=_user("Called without an event loop."), **where).content)


def _tools(where: dict[str, Any]) -> None:
    messages = _user('Call get_weather {"city": "Paris"}')
    asked = completion(messages=messages, tools=[_TOOL], **where).choices[0].message
    for call in asked.tool_calls or []:
        arguments = json.loads(call.function.arguments)
        print(f"the model calls {call.function.name}({arguments})")
        result = json.dumps({"city": arguments["city"], "sky": "clear"})
        messages += [asked, {"role": "tool", "tool_call_id": call.id, "content": result}]
    print(completion(messages=messages, tools=[_TOOL], **where).content)


def _embeddings(where: dict[str, Any]) -> None:
    response = asyncio.run(aembedding(input=["one text", "another"], dimensions=8, **where))
    for row in response.data:
        print([round(number, 3) for number in row.embedding])


_PARTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "asyncio: a stream": _asyncio_stream,
    "asyncio: many calls at once": _many,
    "trio: a nursery": _trio_nursery,
    "sync: no event loop": _sync,
    "tools: a round trip": _tools,
    "embeddings": _embeddings,
}
