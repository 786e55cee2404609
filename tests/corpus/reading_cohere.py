"""An independent reading of recorded answers of Cohere's v2/chat: plain JSON, events put together by hand.

A stream is first made into the answer that it spells out, so that one reading serves both. Images are counted beside
the input's tokens, not in them: two images were 518 tokens of a prompt with 501 input tokens, billed as 522.
https://docs.cohere.com/reference/chat and https://docs.cohere.com/reference/chat-stream
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .assembly import Assembly, Reply
from .native import NativeReading
from .reading import Failure, error_class, events, request_id_of
from .recordings import Exchange

_REASONS = {"COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "TOOL_CALL": "tool_calls"}
_TOO_LONG = "TOO_MANY_TOKENS"
_TOLD = ("finish_reason", "id", "message", "usage")
_SAID = ("citations", "content", "role", "tool_calls", "tool_plan")

Json = dict[str, Any]


def read(exchange: Exchange) -> NativeReading:
    """Read one exchange. A stream counts as whole once it says why it stopped, else as broken.

    The model, which is never told, is empty.
    """
    request_id = request_id_of(exchange)
    if exchange.body_kind == "sse" and exchange.status < 400:
        answer, failure = _joined(exchange.body)
        if failure is not None:  # usage and what is kept come with the last chunk
            return NativeReading(replace(_reply(answer), usage=None), failure, request_id)
        return NativeReading(_reply(answer), None, request_id, list(_kept(answer)))
    document = json.loads(exchange.body)
    if exchange.status >= 400:
        return NativeReading(_reply({}), _failure(document, exchange.status), request_id)
    return NativeReading(_reply(document), None, request_id, list(_kept(document)))


def tool_plan(exchange: Exchange) -> str:
    """What the model says of its plan before it calls tools. It comes in pieces, and is no part of the answer."""
    if exchange.status >= 400:
        return ""
    answer = _joined(exchange.body)[0] if exchange.body_kind == "sse" else json.loads(exchange.body)
    return str(answer["message"].get("tool_plan") or "")


def message_of(exchange: Exchange) -> Json:
    """The assistant's message of a good answer, as it goes back into the history."""
    answer = _joined(exchange.body)[0] if exchange.body_kind == "sse" else json.loads(exchange.body)
    message = answer["message"]
    return {**message, **{name: _listed(message.get(name)) for name in ("content", "tool_calls")}}


def _joined(body: bytes) -> tuple[Json, Failure | None]:
    """The answer that a stream spells out, up to its end or failure."""
    answer: Json = {}
    content: dict[int, Json] = {}
    calls: dict[int, Json] = {}
    citations: list[Any] = []
    for _, data in events(body):
        if data.strip() == "[DONE]":
            break
        event = json.loads(data)
        kind, at, delta = event["type"], event.get("index"), event.get("delta") or {}
        said = delta.get("message") or {}
        if kind == "message-start":
            lists = {"content": content, "tool_calls": calls, "citations": citations}
            answer = {"id": event["id"], "message": {**said, **lists}}
        elif kind == "content-start":
            content[at] = dict(said["content"])
        elif kind == "content-delta":
            for key, piece in said["content"].items():
                content[at][key] = content[at].get(key, "") + piece
        elif kind == "tool-plan-delta":
            answer["message"]["tool_plan"] = answer["message"].get("tool_plan", "") + said["tool_plan"]
        elif kind == "tool-call-start":
            calls[at] = {**said["tool_calls"], "function": dict(said["tool_calls"]["function"])}
        elif kind == "tool-call-delta":
            calls[at]["function"]["arguments"] += said["tool_calls"]["function"]["arguments"]
        elif kind == "citation-start":
            given = said["citations"]
            citations += given if isinstance(given, list) else [given]
        elif kind == "message-end":
            if delta.get("error"):
                return answer, _failure({"message": delta["error"]}, 500)
            answer.update(delta)
    return answer, None if answer.get("finish_reason") else Failure("APIConnectionError", 500)


def _reply(answer: Json) -> Reply:
    if not answer:
        return Reply(None, None, {}, None, None)
    assembly = Assembly()
    message = answer["message"]
    for block in _listed(message.get("content")):
        assembly.content(block.get("text"))
        assembly.thought(block.get("thinking"))
    for index, call in enumerate(_listed(message.get("tool_calls"))):
        function = call["function"]
        assembly.call(index, call["id"], function["name"], function["arguments"] or "{}")
    raw = answer.get("finish_reason")
    assembly.finished(_REASONS.get(raw or "", raw), raw)
    counted = answer.get("usage")
    return Reply(answer["id"], "", {0: assembly.answer()}, _usage(counted) if counted else None, None)


def _listed(blocks: Any) -> list[Json]:
    return [blocks[at] for at in sorted(blocks)] if isinstance(blocks, dict) else blocks or []


def _usage(counted: Json) -> Json:
    """All tokens that the model saw and wrote, not those that are billed."""
    tokens = {key: int(value) for key, value in counted["tokens"].items()}
    images = tokens.get("image_tokens", 0)
    prompt, answer = tokens["input_tokens"] + images, tokens["output_tokens"]
    prompt_details, answer_details = {}, {}
    if "image_tokens" in tokens:
        prompt_details["image_tokens"] = images
    if "cached_tokens" in counted:
        prompt_details["cached_tokens"] = int(counted["cached_tokens"])
    if "reasoning_tokens" in tokens:
        answer_details["reasoning_tokens"] = tokens["reasoning_tokens"]
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
        **({"prompt_tokens_details": prompt_details} if prompt_details else {}),
        **({"completion_tokens_details": answer_details} if answer_details else {}),
    }


def _kept(answer: Json) -> Iterator[Any]:
    """Citations, the billed units, and what else has no place in OpenAI's shape."""
    message = answer["message"]
    yield from message.get("citations") or ()
    yield from ({key: value} for key, value in message.items() if key not in _SAID and value)
    yield from ({key: value} for key, value in answer.items() if key not in _TOLD and value)
    if billed := (answer.get("usage") or {}).get("billed_units"):
        yield {"billed_units": billed}


def _failure(document: Json, status: int) -> Failure:
    message, kind = document["message"], document.get("error_type")
    too_long = status == 400 and kind == _TOO_LONG
    name = "ContextWindowExceededError" if too_long else error_class(status, {str(kind)}, message)
    return Failure(name, status, (message,), None, kind)
