"""Turns of the model as OpenAI chat completions: one document, or the events of a stream.

The shapes are those of recorded api.openai.com traffic: the role in the first delta, tool calls opened with
empty arguments and continued in fragments, a finishing chunk with an empty delta, and, where asked for, null
usage on every chunk and a last one with usage and no choices. Several choices are interleaved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from .brain import Turn, tokens
from .replies import ToolCall

Json = dict[str, Any]

_FINGERPRINT = "fp_fake"
_ROLE: Json = {"role": "assistant", "content": "", "refusal": None}


def usage(prompt: int, turns: Sequence[Turn]) -> Json:
    """The usage object: reasoning counts as completion, as OpenAI bills it."""
    thought = sum(len(tokens(turn.reasoning)) for turn in turns)
    spoken = sum(
        len(tokens(turn.content))
        + len(tokens(turn.refusal))
        + sum(len(tokens(call.name)) + len(tokens(call.arguments_text)) for call in turn.calls)
        for turn in turns
    )
    return {
        "prompt_tokens": prompt,
        "completion_tokens": thought + spoken,
        "total_tokens": prompt + thought + spoken,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": thought,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def completion(body: Mapping[str, Any], number: int, turns: Sequence[Turn], counted: Mapping[str, Any]) -> Json:
    """The whole answer as one document. ``number`` is the request's, which the ids are made from."""
    choices = [
        {
            "index": index,
            "message": _message(turn, number, index),
            "logprobs": _logprobs(body, tokens(turn.content)),
            "finish_reason": turn.finish_reason,
        }
        for index, turn in enumerate(turns)
    ]
    return {**envelope(body, number, "chat.completion"), "choices": choices, "usage": counted}


def events(
    body: Mapping[str, Any], number: int, turns: Sequence[Turn], counted: Mapping[str, Any] | None
) -> Iterator[Json]:
    """The answer as the chunks of a stream; ``counted`` usage is sent as the last one unless None."""
    base = envelope(body, number, "chat.completion.chunk")
    if counted is not None:
        base["usage"] = None
    deltas = [_deltas(turn, number, index) for index, turn in enumerate(turns)]
    for row in zip_longest(*deltas):
        for index, delta in enumerate(row):
            if delta is not None:
                yield chunk(base, index, delta, logprobs=_logprobs(body, _spoken(delta)))
    for index, turn in enumerate(turns):
        yield chunk(base, index, {}, finish_reason=turn.finish_reason)
    if counted is not None:
        yield {**base, "choices": [], "usage": counted}


def envelope(body: Mapping[str, Any], number: int, kind: str) -> Json:
    """The fields around the choices."""
    return {
        "id": f"chatcmpl-fake{number:08d}",
        "object": kind,
        "created": int(time.time()),
        "model": body.get("model"),
        "service_tier": "default",
        "system_fingerprint": _FINGERPRINT,
    }


def chunk(
    base: Json,
    index: int,
    delta: Mapping[str, Any],
    *,
    finish_reason: str | None = None,
    logprobs: Json | None = None,
) -> Json:
    """One chunk with one choice."""
    choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
    return {**base, "choices": [choice]}


def _message(turn: Turn, number: int, index: int) -> Json:
    message: Json = {"role": "assistant", "content": turn.content, "refusal": turn.refusal, "annotations": []}
    if turn.reasoning is not None:
        message["reasoning_content"] = turn.reasoning
    if turn.calls:
        message["tool_calls"] = [
            {
                "id": _call_id(call, number, index, position),
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments_text},
            }
            for position, call in enumerate(turn.calls)
        ]
    return message


def _deltas(turn: Turn, number: int, index: int) -> Iterator[Json]:
    yield {**_ROLE, "content": None} if turn.content is None else _ROLE
    for piece in tokens(turn.reasoning):
        yield {"reasoning_content": piece}
    for piece in tokens(turn.refusal):
        yield {"refusal": piece}
    for piece in tokens(turn.content):
        yield {"content": piece}
    for position, call in enumerate(turn.calls):
        opening = {"name": call.name, "arguments": ""}
        identity = {"index": position, "id": _call_id(call, number, index, position), "type": "function"}
        yield {"tool_calls": [{**identity, "function": opening}]}
        for piece in tokens(call.arguments_text):
            yield {"tool_calls": [{"index": position, "function": {"arguments": piece}}]}


def _call_id(call: ToolCall, number: int, index: int, position: int) -> str:
    return call.id or f"call_fake{number:08d}x{index}x{position}"


def _spoken(delta: Json) -> list[str]:
    return [delta["content"]] if delta.get("content") else []


def _logprobs(body: Mapping[str, Any], pieces: list[str]) -> Json | None:
    if not body.get("logprobs"):
        return None
    wanted = body.get("top_logprobs") or 0
    content = [
        {
            **_logprob(piece, -0.125),
            "top_logprobs": [_logprob(piece, -0.125 * (rank + 1)) for rank in range(wanted)],
        }
        for piece in pieces
    ]
    return {"content": content, "refusal": None}


def _logprob(token: str, logprob: float) -> Json:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode("utf-8", "surrogatepass"))}
