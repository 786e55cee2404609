"""An independent reading of recorded Anthropic messages: plain JSON, events put together by hand.

A stream is first made into the message that it spells out, so that one reading serves both. What Azure and Vertex
answer for Claude has the same form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .assembly import Assembly, Reply
from .native import NativeReading
from .reading import Failure, error_class, events, request_id_of
from .recordings import Exchange

_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_OWN_WORDS = ("text", "tool_use", "thinking", "redacted_thinking")  # what OpenAI's shape, or litellm's, has a place for
_TOLD = ("content", "id", "model", "role", "stop_reason", "type", "usage")
_GROWING = {
    "compaction_delta": "content",
    "signature_delta": "signature",
    "text_delta": "text",
    "thinking_delta": "thinking",
}

Json = dict[str, Any]


def read(exchange: Exchange) -> NativeReading:
    """Read one exchange. A stream counts as whole once it says why it stopped, else as broken."""
    request_id = request_id_of(exchange)
    if exchange.body_kind == "sse" and exchange.status < 400:
        return streamed(events(exchange.body), request_id)
    document = json.loads(exchange.body)
    if exchange.status >= 400:
        return NativeReading(_reply({}), _failure(document["error"], exchange.status), request_id)
    return whole(document, request_id)


def streamed(told: Iterable[tuple[str, str]], request_id: str | None) -> NativeReading:
    """Read events, as (name, data) pairs."""
    message, failure = _joined(told)
    if failure is not None:  # usage and what is kept come with the last chunk
        return NativeReading(replace(_reply(message), usage=None), failure, request_id)
    return NativeReading(_reply(message), None, request_id, list(_kept(message)))


def whole(message: Json, request_id: str | None) -> NativeReading:
    """Read a message that came whole."""
    return NativeReading(_reply(message), None, request_id, list(_kept(message)))


def message_of(exchange: Exchange) -> Json:
    """The recorded message, whether it came whole or in a stream."""
    return _joined(events(exchange.body))[0] if exchange.body_kind == "sse" else dict(json.loads(exchange.body))


def _joined(told: Iterable[tuple[str, str]]) -> tuple[Json, Failure | None]:
    """The message that a stream spells out, up to its end or failure."""
    message: Json = {}
    blocks: dict[int, Json] = {}
    arguments: dict[int, str] = {}
    for name, data in told:
        event = json.loads(data)
        kind = event.get("type") or name
        if kind == "error":
            return _with(message, blocks), _failure(event["error"], 500)
        if kind == "message":  # the whole of it in one event
            return event, None
        if kind == "message_start":
            message = dict(event["message"])
        elif kind == "content_block_start":
            block = blocks[event["index"]] = dict(event["content_block"])
            if block["type"] == "fallback":  # a whole message names the model that went on to the end
                message["model"] = block["to"]["model"]
        elif kind == "content_block_delta":
            _grow(blocks[event["index"]], event["delta"], arguments, event["index"])
        elif kind == "content_block_stop":
            at = event["index"]
            if at in arguments:
                blocks[at]["input"] = _parsed(arguments[at])
        elif kind == "message_delta":
            _update(message, event)
        elif kind == "message_stop":
            return _with(message, blocks), None
    broken = None if message.get("stop_reason") else Failure("APIConnectionError", 500)
    return _with(message, blocks), broken


def _grow(block: Json, delta: Json, arguments: dict[int, str], at: int) -> None:
    kind = delta["type"]
    if kind == "input_json_delta":
        arguments[at] = arguments.get(at, "") + delta["partial_json"]
    elif kind == "citations_delta":
        block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
    else:
        member = _GROWING[kind]
        block[member] = (block.get(member) or "") + (delta[member] or "")


def _update(message: Json, event: Json) -> None:
    message.update(event["delta"])
    message.update({key: value for key, value in event.items() if key not in ("type", "delta", "usage")})
    counted = {key: value for key, value in event["usage"].items() if value is not None}
    message["usage"] = {**message["usage"], **counted}


def _with(message: Json, blocks: Mapping[int, Json]) -> Json:
    return {**message, "content": [blocks[at] for at in sorted(blocks)]} if message else {}


def _parsed(arguments: str) -> Any:
    """Arguments that the token limit cut short stay text."""
    try:
        return json.loads(arguments or "{}")
    except ValueError:
        return arguments


def _reply(message: Json) -> Reply:
    if not message:
        return Reply(None, None, {}, None, None)
    assembly = Assembly()
    for block in message["content"]:
        _say(assembly, block)
    raw = message["stop_reason"]
    assembly.finished(_REASONS.get(raw, raw), raw)
    return Reply(message["id"], message["model"], {0: assembly.answer()}, _usage(message["usage"]), None)


def _say(assembly: Assembly, block: Json) -> None:
    kind = block["type"]
    if kind == "text":
        start = len(assembly.text)
        assembly.content(block["text"])
        cited = [citation for citation in block.get("citations") or () if citation.get("url")]
        assembly.annotations.extend(_annotation(citation, start, len(assembly.text)) for citation in cited)
    elif kind == "tool_use":
        given = block["input"]
        arguments = given if isinstance(given, str) else json.dumps(given)
        assembly.call(len(assembly.answer().calls), block["id"], block["name"], arguments)
    elif kind == "thinking":
        assembly.thought(block["thinking"])
        assembly.thinking.append(block)
    elif kind == "redacted_thinking":
        assembly.thinking.append(block)


def _annotation(citation: Json, start: int, end: int) -> Json:
    """OpenAI's: the page, and which characters of the answer rest on it."""
    page = {"url": citation["url"], "title": citation["title"], "start_index": start, "end_index": end}
    return {"type": "url_citation", "url_citation": page}


def _usage(counted: Json) -> Json:
    """The prompt is all that was sent, from the cache or not; Anthropic counts the three apart."""
    counted = {key: value for key, value in counted.items() if value is not None}
    read, written = counted.get("cache_read_input_tokens", 0), counted.get("cache_creation_input_tokens", 0)
    prompt, answer = counted.pop("input_tokens") + read + written, counted.pop("output_tokens")
    usage: Json = {
        **counted,
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
        "prompt_tokens_details": {"cached_tokens": read},
    }
    thought = (counted.get("output_tokens_details") or {}).get("thinking_tokens")
    if thought is not None:
        usage["completion_tokens_details"] = {"reasoning_tokens": thought}
    return usage


def _kept(message: Json) -> Iterator[Json]:
    """What has no place in OpenAI's shape: members of the message, blocks of other kinds, citations, callers."""
    for key, value in message.items():
        if key not in _TOLD and value is not None:
            yield {key: value}
    blocks: Sequence[Json] = message["content"]
    for block in blocks:
        if block["type"] not in _OWN_WORDS:
            yield block
        yield from block.get("citations") or ()
        if block["type"] == "tool_use" and block.get("caller"):
            yield {"id": block["id"], "provider_specific_fields": {"caller": block["caller"]}}


def _failure(error: Json, status: int) -> Failure:
    kind, message = error["type"], error["message"]
    return Failure(error_class(status, {kind}, message), status, (message,), None, kind, None)
