"""One client's answers to recorded exchanges: `python witness_child.py litellm` reads questions, writes what it gave.

A question is a line of JSON, {"id": ..., "stream": ..., "call": arguments of acompletion}; so is each answer: what the
caller holds at the end, by attributes that litellm's objects and ours share. An exception is its class and message,
beside what had arrived before it.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Iterable
from typing import Any

AT_ONCE = 8
SECONDS = 60.0
DETAILS = {
    "cached": ("prompt_tokens_details", "cached_tokens"),
    "written": ("prompt_tokens_details", "cache_creation_tokens"),
    "reasoning": ("completion_tokens_details", "reasoning_tokens"),
}


async def answered(client: Any, question: dict[str, Any]) -> dict[str, Any]:
    """What one call gave."""
    documents: list[Any] = []
    error = None
    try:
        await asyncio.wait_for(asked(client, question, documents), SECONDS)
    except Exception as problem:
        error = {"class": type(problem).__name__, "said": str(problem)[:300]}
    return {"id": question["id"], "error": error, **told(documents, question["stream"])}


async def asked(client: Any, question: dict[str, Any], documents: list[Any]) -> None:
    if not question["stream"]:
        documents.append(await client.acompletion(**question["call"]))
        return
    async for chunk in await client.acompletion(stream=True, **question["call"]):
        documents.append(chunk)


def told(documents: Iterable[Any], stream: bool) -> dict[str, Any]:
    """Choices by index, joined, and the last usage."""
    choices: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] | None = None
    for document in documents:
        counts = counted(getattr(document, "usage", None)) or counts
        for choice in document.choices:
            says = choice.delta if stream else choice.message
            joined = choices.setdefault(
                str(choice.index or 0), {"content": "", "reasoning": "", "calls": {}, "finish": None}
            )
            joined["content"] += text(says.content)
            joined["reasoning"] += getattr(says, "reasoning_content", None) or ""
            joined["finish"] = choice.finish_reason or joined["finish"]
            for position, call in enumerate(says.tool_calls or ()):
                add_call(joined["calls"], call.index if stream else position, call)
    for joined in choices.values():
        joined["calls"] = list(joined["calls"].values())
    return {"choices": choices, "usage": counts}


def text(content: Any) -> str:
    """A string, or the text among Mistral's parts."""
    parts = content if isinstance(content, list) else []
    return content if isinstance(content, str) else "".join(part.get("text") or "" for part in parts)


def add_call(calls: dict[Any, list[str]], index: Any, call: Any) -> None:
    """[id, name, arguments]; a piece with another id under the same index is another call."""
    key = index
    while key in calls and call.id and calls[key][0] and calls[key][0] != call.id:
        key = f"{key}+"
    held = calls.setdefault(key, ["", "", ""])
    held[0] = held[0] or call.id or ""
    held[1] = held[1] or call.function.name or ""
    held[2] += call.function.arguments or ""


def counted(usage: Any) -> dict[str, int] | None:
    """The three counts and the details that both clients have, absent ones and zeros left out."""
    if usage is None:
        return None
    found = {name: getattr(usage, f"{name}_tokens", None) for name in ("prompt", "completion", "total")}
    for name, (group, member) in DETAILS.items():
        found[name] = getattr(getattr(usage, group, None), member, None)
    return {name: count for name, count in found.items() if count}


async def main() -> None:
    client = importlib.import_module(sys.argv[1])
    out, sys.stdout = sys.stdout, sys.stderr  # litellm prints advice to stdout
    if sys.argv[1] == "litellm":
        client.suppress_debug_info = True
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(line: str) -> None:
        async with turn:
            print(json.dumps(await answered(client, json.loads(line))), file=out, flush=True)

    await asyncio.gather(*map(one, sys.stdin.readlines()))


if __name__ == "__main__":
    asyncio.run(main())
