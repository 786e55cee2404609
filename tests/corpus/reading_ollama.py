"""An independent reading of recorded answers of Ollama's api/chat: plain JSON, lines put together by hand.

A whole answer is read as a stream of one line. A call comes whole in one line, its arguments as an object; ids are
newer than the protocol and may be missing. ``<think>`` tags that a template leaves in the content are content.
https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from .assembly import Assembly, Reply
from .native import NativeReading
from .reading import Failure, error_class, request_id_of
from .recordings import Exchange

_TOLD = ("created_at", "done", "done_reason", "eval_count", "logprobs", "message", "model", "prompt_eval_count")
_SAID = ("content", "role", "thinking", "tool_calls")

Json = dict[str, Any]


def read(exchange: Exchange) -> NativeReading:
    """Read one exchange. A stream counts as whole once a line says that it is done, else as broken.

    Ids that the recording leaves out are empty.
    """
    request_id = request_id_of(exchange)
    if exchange.status >= 400:
        return NativeReading(_reply([]), _failure(json.loads(exchange.body), exchange.status), request_id)
    lines = [json.loads(line) for line in exchange.body.split(b"\n") if line.strip()]
    said = [line for line in lines if "error" not in line]
    failed = next((line for line in lines if "error" in line), None)
    if failed is not None:
        return NativeReading(_reply(said), _failure(failed, 500), request_id)
    if not any(line.get("done") for line in lines):
        return NativeReading(_reply(said), Failure("APIConnectionError", 500), request_id)
    return NativeReading(_reply(said), None, request_id, list(_kept(said)))


def _reply(lines: Sequence[Json]) -> Reply:
    if not lines:
        return Reply(None, None, {}, None, None)
    assembly = Assembly()
    for line in lines:
        message = line["message"]
        assembly.content(message.get("content"))
        assembly.thought(message.get("thinking"))
        assembly.likelihoods({"content": line.get("logprobs") or []})
        for call in message.get("tool_calls") or ():
            function = call["function"]
            index = len(assembly.answer().calls)
            assembly.call(index, call.get("id"), function["name"], json.dumps(function.get("arguments") or {}))
        if line.get("done"):
            raw = line.get("done_reason") or "stop"
            called = raw == "stop" and assembly.answer().calls
            assembly.finished("tool_calls" if called else raw, raw)
    last = lines[-1]
    return Reply("", last["model"], {0: assembly.answer()}, _usage(last) if last.get("done") else None, None)


def _usage(line: Json) -> Json:
    """A prompt that was in the cache as a whole is not counted by older servers."""
    prompt, answer = line.get("prompt_eval_count", 0), line.get("eval_count", 0)
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def _kept(lines: Sequence[Json]) -> Iterator[Json]:
    """Durations, and what else has no place in OpenAI's shape."""
    for line in lines:
        yield from ({key: value} for key, value in line.items() if key not in _TOLD)
        yield from ({key: value} for key, value in line["message"].items() if key not in _SAID)


def _failure(document: Json, status: int) -> Failure:
    message = document["error"]
    return Failure(error_class(status, set(), message), status, (message,))
