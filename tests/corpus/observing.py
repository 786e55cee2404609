"""What a caller of the library sees, gathered through the attributes that a caller would use.

Promises one ``Seen`` per call: the response or every chunk, and the exception if one was raised. A call that
hangs is a ``TimeoutError`` here, not a test run that never ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

import edgequake_async
from edgequake_async.exceptions import EQError

from .assembly import Assembly, Reply
from .recordings import Exchange

_TIME_LIMIT = 60.0
_MESSAGES = [{"role": "user", "content": "This answer was recorded."}]


@dataclass(frozen=True)
class Seen:
    """``documents`` are the library's objects: one response, or the chunks before the end or ``error``."""

    documents: Sequence[Any]
    headers: Mapping[str, str]
    error: EQError | None = None


async def ask(exchange: Exchange, base_url: str, provider: str = "openai", **told: str) -> Seen:
    """Call the library as the recorded client called the provider; ``provider`` is the prefix of the model."""
    return await asyncio.wait_for(_ask(exchange, base_url, provider, told), _TIME_LIMIT)


async def _ask(exchange: Exchange, base_url: str, provider: str, told: Mapping[str, str]) -> Seen:
    chunks: list[Any] = []
    headers: Mapping[str, str] = {}
    try:
        response: Any = await edgequake_async.acompletion(
            model=f"{provider}/{exchange.model}",
            messages=_MESSAGES,
            api_base=base_url,
            api_key="corpus-key-0123456789",
            num_retries=0,
            stream=exchange.stream or None,
            **told,
        )
        headers = response._response_headers
        if not exchange.stream:
            return Seen([response], headers)
        async for chunk in response:
            chunks.append(chunk)
    except EQError as error:
        return Seen(chunks, headers, error)
    return Seen(chunks, headers)


def told_by_response(response: Any) -> Reply:
    """What a ModelResponse says."""
    choices = {}
    for position, choice in enumerate(response.choices):
        assembly = Assembly()
        _add(assembly, choice, choice.message, whole=True)
        choices[choice.index if isinstance(choice.index, int) else position] = assembly.answer()
    return Reply(
        response.id or None, response.model or None, choices, _usage(response), getattr(response, "citations", None)
    )


def told_by_chunks(chunks: Sequence[Any]) -> Reply:
    """What the caller knows who only adds up what the chunks hold."""
    choices: dict[int, Assembly] = {}
    for choice in (choice for chunk in chunks for choice in chunk.choices):
        _add(choices.setdefault(choice.index or 0, Assembly()), choice, choice.delta, whole=False)
    return Reply(
        id=next((chunk.id for chunk in chunks if chunk.id), None),
        model=next((chunk.model for chunk in reversed(chunks) if chunk.model), None),
        choices={index: assembly.answer() for index, assembly in choices.items()},
        usage=next((usage for chunk in reversed(chunks) if (usage := _usage(chunk))), None),
        citations=next((found for chunk in reversed(chunks) if (found := getattr(chunk, "citations", None))), None),
    )


def _add(assembly: Assembly, choice: Any, says: Any, *, whole: bool) -> None:
    assembly.content(says.content)
    assembly.thought(getattr(says, "reasoning_content", None))
    assembly.refusal += getattr(says, "refusal", None) or ""
    assembly.annotations.extend(plain(getattr(says, "annotations", None)) or ())
    assembly.likelihoods(plain(choice.logprobs))
    for block in plain(getattr(says, "thinking_blocks", None)) or ():
        assembly.thought_block(block)
    beside = plain(getattr(choice, "provider_specific_fields", None)) or {}
    assembly.finished(choice.finish_reason, beside.get("finish_reason"))
    for position, call in enumerate(says.tool_calls or ()):
        index = position if whole else call.index
        assembly.call(index, call.id, call.function.name, call.function.arguments)


def plain(value: Any) -> Any:
    """Models as dictionaries of what they were given, without defaults."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    return [plain(item) for item in value] if isinstance(value, list) else value


def _usage(document: Any) -> Mapping[str, Any] | None:
    found = plain(getattr(document, "usage", None))
    return found if isinstance(found, dict) else None
