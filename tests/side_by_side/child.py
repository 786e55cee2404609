"""One client's process: `python child.py litellm` reads {"case", "host"} lines and writes what the caller got.

This package is asked under litellm's name.

What a caller can see: values; `model_dump()` of responses with their class, cost and whether attributes are there that
sometimes are; chunks; exceptions with their class and attributes.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import inspect
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import cases
import openai  # noqa: F401 - where it is imported, its errors are the bases of both clients'

SOMETIMES = ("reasoning_content", "thinking_blocks", "audio", "annotations", "images", "usage")
HIDDEN = ("response_cost", "custom_llm_provider")
ERROR = ("status_code", "llm_provider", "model", "body", "code", "type", "param", "request_id")


def told(value: Any, client: Any) -> Any:
    """A value as JSON."""
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value if type(value) in (str, int, float, bool, type(None)) else str(getattr(value, "value", value))
    if isinstance(value, Mapping):
        return {str(key): told(each, client) for key, each in value.items()}
    if isinstance(value, BaseException):
        return raised(value, client)
    if hasattr(value, "model_dump"):
        return document(value, client)
    if hasattr(value, "__next__") or hasattr(value, "__anext__"):
        return streamed(value, client)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [told(each, client) for each in (value if isinstance(value, (list, tuple)) else sorted(value))]
    return repr(value)


def document(value: Any, client: Any) -> dict[str, Any]:
    """A response, a chunk or an event."""
    found: dict[str, Any] = {"class": type(value).__name__, "dump": told(value.model_dump(), client)}
    hidden = getattr(value, "_hidden_params", None)
    if isinstance(hidden, Mapping) and not found["class"].endswith("Event"):
        found["hidden"] = {name: told(hidden.get(name), client) for name in HIDDEN}
    inner = [getattr(choice, "message", None) or getattr(choice, "delta", None) for choice in _choices(value)]
    found["has"] = {name: any(hasattr(each, name) for each in (value, *inner)) for name in SOMETIMES}
    return found


def _choices(value: Any) -> list[Any]:
    found = getattr(value, "choices", None)
    return found if isinstance(found, list) else []


def streamed(value: Any, client: Any) -> dict[str, Any]:
    """A stream, to its end or its failure."""
    found: dict[str, Any] = {"wrapper": isinstance(value, client.CustomStreamWrapper)}
    chunks: list[Any] = []
    try:
        chunks.extend(value)
    except Exception as problem:
        found["raised"] = raised(problem, client)
    return {**found, **sequence(chunks, client)}


def sequence(chunks: list[Any], client: Any) -> dict[str, Any]:
    """The chunks of a chat as what each kind of piece said in turn, and the first, the last but one, the last whole."""
    if not (chunks and hasattr(chunks[0], "choices")):
        return {"chunks": [told(chunk, client) for chunk in chunks]}
    choices = [choice for chunk in chunks for choice in chunk.choices]
    deltas = [choice.delta for choice in choices if hasattr(choice, "delta")]
    return {
        "ids": len({chunk.id for chunk in chunks}),
        "texts": [piece for choice in choices if (piece := text_of(choice))],
        "thoughts": [piece for delta in deltas if (piece := getattr(delta, "reasoning_content", None))],
        "calls": [piece for delta in deltas for call in delta.tool_calls or () if (piece := call_of(call))],
        "roles": [delta.role for delta in deltas if delta.role],
        "ends": [choice.finish_reason for choice in choices if choice.finish_reason],
        "empty_choices": sum(not chunk.choices for chunk in chunks),
        "usage_at": [place - len(chunks) for place, chunk in enumerate(chunks) if getattr(chunk, "usage", None)],
        "first": told(chunks[0], client),
        "last": [told(chunk, client) for chunk in chunks[-2:]],
    }


def text_of(choice: Any) -> Any:
    return choice.delta.content if hasattr(choice, "delta") else choice.text


def call_of(call: Any) -> list[Any]:
    return [call.index, call.id, call.type, call.function.name, call.function.arguments]


def raised(problem: BaseException, client: Any) -> dict[str, Any]:
    """An exception: what programs decide by."""
    found = {name: told(getattr(problem, name, None), client) for name in ERROR}
    response = getattr(problem, "response", None)
    headers = [getattr(response, "headers", None), getattr(problem, "litellm_response_headers", None)]
    return {
        "class": type(problem).__name__,
        "prefixed": str(problem).startswith(f"litellm.{type(problem).__name__}: "),
        "response_status": getattr(response, "status_code", None),
        "retry_after": next((each["retry-after"] for each in headers if each and "retry-after" in each), None),
        **found,
        "message": str(problem).removeprefix(f"litellm.{type(problem).__name__}: "),
    }


def result(client: Any, name: str, host: str) -> Any:
    """What a case gives, of whichever kind."""
    given = cases.ALL[name].run(client, host)
    return asyncio.run(given) if inspect.iscoroutine(given) else given


def answers(client: Any, lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        question = json.loads(line)
        try:
            found = {"returned": told(result(client, question["case"], question["host"]), client)}
        except Exception as problem:
            found = {"raised": raised(problem, client)}
        yield json.dumps(found)
        if number % 100 == 0:
            gc.collect()


def main() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # litellm prints advice
    if sys.argv[1] != "litellm":
        importlib.import_module(sys.argv[1]).install_as_litellm()
    client = importlib.import_module("litellm")
    client.suppress_debug_info = True
    cases.load()
    # A stream of httpx that is collected while its pool is locked waits for the lock that its own thread holds.
    gc.disable()
    for line in answers(client, iter(sys.stdin.readline, "")):
        print(line, file=out, flush=True)


if __name__ == "__main__":
    main()
