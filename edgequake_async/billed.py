"""What a usage counts, by kinds of tokens, whichever provider's or endpoint's it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Counts", "besides", "counts_of", "field"]


class Counts(NamedTuple):
    """Tokens of a call, by kind; those of a prompt's and of an answer's are within ``prompt`` and ``answer``."""

    prompt: int = 0
    answer: int = 0
    cached: int = 0
    written: int = 0
    written_1h: int = 0
    audio_in: int = 0
    pictures_in: int = 0
    thought: int = 0
    audio_out: int = 0
    pictures_out: int = 0
    searches: int = 0


def field(value: Any, *names: str) -> Any:
    """The first of these fields that is there and not None, of a dict or an object."""
    for name in names:
        found = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
        if found is not None:
            return found
    return None


def _count(value: Any, *names: str) -> int:
    found = None if value is None else field(value, *names)
    return max(0, int(found)) if isinstance(found, (int, float)) else 0


def counts_of(usage: Any) -> Counts:
    """The counts of a usage, in the shape of chat completions or of OpenAI's Responses API."""
    # Cohere reads a prompt of its own too, and charges for it nothing:
    # https://docs.cohere.com/v2/docs/how-does-cohere-pricing-work
    if (billed := field(usage, "billed_units")) is not None:
        return Counts(_count(billed, "input_tokens"), _count(billed, "output_tokens"))
    prompt, answer = _count(usage, "prompt_tokens", "input_tokens"), _count(usage, "completion_tokens", "output_tokens")
    inner = field(usage, "prompt_tokens_details", "input_tokens_details", "input_token_details")
    outer = field(usage, "completion_tokens_details", "output_tokens_details")
    # Not added up: providers that send two of these say the same twice.
    cached = _count(inner, "cached_tokens") or _count(usage, "cache_read_input_tokens", "prompt_cache_hit_tokens")
    written = _count(inner, "cache_creation_tokens", "cache_write_tokens") or _count(
        usage, "cache_creation_input_tokens"
    )
    thought = _count(outer, "reasoning_tokens")
    # xAI counts thinking beside the answer, others within it: the total tells (https://docs.x.ai/docs/guides/reasoning).
    if thought and _count(usage, "total_tokens") == prompt + answer + thought:
        answer += thought
    return Counts(
        prompt=prompt,
        answer=answer,
        cached=cached,
        written=written,
        written_1h=min(written, _count(field(usage, "cache_creation"), "ephemeral_1h_input_tokens")),
        audio_in=_count(inner, "audio_tokens"),
        pictures_in=_count(inner, "image_tokens"),
        thought=thought,
        audio_out=_count(outer, "audio_tokens"),
        pictures_out=_count(outer, "image_tokens"),
        searches=_count(field(usage, "server_tool_use"), "web_search_requests"),
    )


def besides(usage: Any) -> Iterator[tuple[str | None, Counts]]:
    """What Claude did for a call beside its answer, and which model did it where that is another: summaries of what was
    said and advice are charged, and stand in ``iterations`` alone
    (https://docs.anthropic.com/en/docs/build-with-claude/compaction#understanding-usage).
    """
    iterations = field(usage, "iterations")
    for each in iterations if isinstance(iterations, list) else ():
        if field(each, "type") in ("compaction", "advisor_message"):
            read, written = _count(each, "cache_read_input_tokens"), _count(each, "cache_creation_input_tokens")
            counts = counts_of(each)
            yield field(each, "model"), counts._replace(prompt=counts.prompt + read + written)
