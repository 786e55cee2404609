"""Ollama's own API as the fake provider speaks it: chat, embeddings, the list of models, what is known of one.

As in recorded traffic: a chat streams unless told not to, in lines of JSON; arguments of tool calls are objects and
calls come whole; ``done_reason`` is stop after them too; an error is one message, in the middle of a stream too. Paths
are found by their tail. https://docs.ollama.com/api
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from . import openai_chat
from .brain import Turn, answers, prompt_tokens, scripted, tokens
from .fields import given
from .framing import Answer
from .ollama_ask import read, said
from .openai_ask import Refusal, bearer, parsed
from .openai_wire import MODELS, compact, lenient, sent
from .records import Received
from .replies import Common, Error, Stream, Text, steps
from .schema import SchemaError
from .vectors import embed

Json = dict[str, Any]

_PLAIN = Common()
_JSON = {"content-type": "application/json; charset=utf-8"}
_LINES = {"content-type": "application/x-ndjson"}
_DEFAULT_DIMENSIONS = 768
_MODIFIED = "2025-01-01T00:00:00Z"
_NANOSECONDS = 1_000_000
_NOTHING = {"role": "assistant", "content": ""}
_DETAILS = {
    "parent_model": "",
    "format": "gguf",
    "family": "fake",
    "families": ["fake"],
    "parameter_size": "1B",
    "quantization_level": "F16",
}
# Go's encoder escapes what HTML gives a meaning.
_ESCAPES = ((b"<", rb"\u003c"), (b">", rb"\u003e"), (b"&", rb"\u0026"))


def speaks(record: Received) -> bool:
    """Whether the path ends as one of this API's."""
    return _end(record) in _ROUTES


def check_key(record: Received, key: str) -> None:
    """Raises Refusal (401) unless the key comes as a bearer token, as ollama.com wants it."""
    if bearer(record) != key:
        raise Refusal(401, "unauthorized")


def default(record: Received) -> Answer:
    """What the small model answers. Raises Refusal."""
    verb, handler = _ROUTES[_end(record)]
    if record.method != verb:
        raise Refusal(405, "method not allowed")
    return handler(record)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in Ollama's shape."""
    return render(Error(status=refusal.status, message=str(refusal)), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in Ollama's format; an error is told by its message alone, as Ollama does."""
    if isinstance(reply, Error):
        return _whole({"error": reply.message}, reply, reply.status)
    body = lenient(record)
    around = {"model": reply.model or body.get("model")}
    n_prompt = prompt_tokens(said(body))
    if isinstance(reply, Stream):
        return _streamed(_paced(reply, around, n_prompt), reply)
    turn = scripted(reply)
    counts = {**_counts(n_prompt, turn), **(reply.usage or {})}
    return _spoken(body, around, turn, counts, record, reply)


def _chat(record: Received) -> Answer:
    body = _asked(record)
    ask = read(body)
    if not ask.said:  # Ollama's way to load a model
        return _whole(_ended({"model": body["model"]}, _NOTHING, "load", {}), _PLAIN)
    try:
        turn = answers(ask)[0]
    except SchemaError as exc:
        raise Refusal(400, f"invalid JSON schema in format: {exc}") from exc
    return _spoken(body, {"model": body["model"]}, turn, _counts(prompt_tokens(ask.said), turn), record, _PLAIN)


def _spoken(
    body: Mapping[str, Any], around: Json, turn: Turn, counts: Mapping[str, Any], record: Received, common: Common
) -> Answer:
    message: Json = {"role": "assistant", "content": turn.content or turn.refusal or ""}
    if turn.reasoning is not None:
        message["thinking"] = turn.reasoning
    calls = _calls(turn, record)
    reason = "stop" if turn.finish_reason == "tool_calls" else turn.finish_reason
    if body.get("stream") is False:
        told = {**message, "tool_calls": calls} if calls else message
        return _whole(_ended(around, told, reason, counts), common)
    deltas: list[Json] = [{"thinking": piece} for piece in tokens(turn.reasoning)]
    deltas += [{"content": piece} for piece in tokens(message["content"])]
    deltas += [{"tool_calls": [call]} for call in calls]
    lines = [*(_delta(around, delta) for delta in deltas), _ended(around, _NOTHING, reason, counts)]
    return _streamed(lines, common)


def _calls(turn: Turn, record: Received) -> list[Json]:
    """The calls. Raises Refusal (500), as Ollama does where the model's arguments are not an object."""
    calls = []
    for index, call in enumerate(turn.calls):
        if not isinstance(call.arguments_object, Mapping):
            raise Refusal(500, f"error parsing tool call: raw='{call.arguments_text}', err=not a JSON object")
        function = {"index": index, "name": call.name, "arguments": call.arguments_object}
        calls.append({"id": call.id or f"call_fake{record.number:08d}x{index}", "function": function})
    return calls


def _paced(reply: Stream, around: Json, n_prompt: int) -> Iterator[Json | float]:
    """A scripted stream in lines; a mapping among the pieces is a whole message. ``done`` means nothing here."""
    yield reply.first_delay
    text = ""
    for step in steps(reply):
        if isinstance(step, str):
            text += step
            yield _delta(around, {"content": step})
        elif isinstance(step, Mapping):
            yield _delta(around, step)
        elif isinstance(step, Error):
            yield {"error": step.message}
            return
        else:
            yield step
    if reply.finish_reason is not None:
        counts = {**_counts(n_prompt, Turn(text)), **(reply.usage or {})}
        yield _ended(around, _NOTHING, reply.finish_reason, counts)


def _delta(around: Json, message: Mapping[str, Any]) -> Json:
    return {**around, "created_at": _now(), "message": {**_NOTHING, **message}, "done": False}


def _ended(around: Json, message: Mapping[str, Any], reason: str, counts: Mapping[str, Any]) -> Json:
    end = {"done": True, "done_reason": reason, **counts}
    return {**around, "created_at": _now(), "message": message, **end}


def _counts(n_prompt: int, turn: Turn) -> Json:
    return {
        "total_duration": 4 * _NANOSECONDS,
        "load_duration": _NANOSECONDS,
        "prompt_eval_count": n_prompt,
        "prompt_eval_duration": _NANOSECONDS,
        "eval_count": openai_chat.usage(n_prompt, [turn])["completion_tokens"],
        "eval_duration": 2 * _NANOSECONDS,
    }


def _embed(record: Received) -> Answer:
    body = _asked(record)
    texts = given(body, "input", str, list, default=[])
    many = [texts] if isinstance(texts, str) else texts
    if not all(isinstance(text, str) for text in many):
        raise Refusal(400, "invalid input type")
    dimensions = given(body, "dimensions", int, default=0) or _DEFAULT_DIMENSIONS
    if dimensions < 0:
        raise Refusal(400, "dimensions must be positive")
    rows = [embed(text, dimensions).tolist() for text in many]
    counts = _counts(sum(len(tokens(text)) for text in many), Turn(None))
    kept = {name: counts[name] for name in ("total_duration", "load_duration", "prompt_eval_count")}
    return _whole({"model": body["model"], "embeddings": rows, **kept}, _PLAIN)


def _tags(record: Received) -> Answer:
    return _whole({"models": [_card(f"{name}:latest") for name in MODELS]}, _PLAIN)


def _card(name: str) -> Json:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {
        "name": name,
        "model": name,
        "modified_at": _MODIFIED,
        "size": 1_000_000_000,
        "digest": digest,
        "details": _DETAILS,
    }


def _show(record: Received) -> Answer:
    """Every model can do everything, but those that embed: these embed."""
    name = _asked(record, "name")["model"]
    can = ["embedding"] if "embed" in name else ["completion", "tools", "thinking", "vision"]
    whole = {
        "license": "Apache-2.0",
        "modelfile": f"FROM {name}",
        "parameters": "",
        "template": "{{ .System }}{{ .Tools }}{{ .Prompt }}",
        "details": _DETAILS,
        "model_info": {"general.architecture": "fake", "fake.context_length": 131_072},
        "capabilities": can,
        "modified_at": _MODIFIED,
    }
    return _whole(whole, _PLAIN)


def _asked(record: Received, older: str = "model") -> Json:
    """The request's object with its model, which an ``older`` name may hold. Raises Refusal (400)."""
    body = parsed(record)
    model = body.get("model") or body.get(older)
    if not isinstance(model, str) or not model:
        raise Refusal(400, "model is required")
    return {**body, "model": model}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def _end(record: Received) -> str:
    return "/".join(record.path.rstrip("/").split("/")[-2:])


def _written(value: Any) -> bytes:
    body = compact(value)
    for letter, escape in _ESCAPES:
        body = body.replace(letter, escape)
    return body


def _whole(value: Any, common: Common, status: int = 200) -> Answer:
    return sent(_JSON, [_written(value)], common, status=status)


def _streamed(lines: Iterable[Json | float], common: Common) -> Answer:
    pieces = (_written(line) + b"\n" if isinstance(line, Mapping) else line for line in lines)
    return sent(_LINES, pieces, common, chunked=True)


_ROUTES: dict[str, tuple[str, Callable[[Received], Answer]]] = {
    "api/chat": ("POST", _chat),
    "api/embed": ("POST", _embed),
    "api/show": ("POST", _show),
    "api/tags": ("GET", _tags),
}
