"""OpenAI chat requests read into an ``Ask``, and what OpenAI refuses, in its words.

Checks what a client library can get wrong: missing or misshapen fields and values out of range. Unknown
fields are ignored, as OpenAI-compatible servers mostly do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .brain import Ask, Said, Tool
from .records import Received

_RANGES: dict[str, tuple[float, float]] = {
    "frequency_penalty": (-2, 2),
    "n": (1, 128),
    "presence_penalty": (-2, 2),
    "temperature": (0, 2),
    "top_logprobs": (0, 20),
    "top_p": (0, 1),
}
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


class Refusal(Exception):
    """A request that OpenAI answers with an error: status, message, and the error object's fields."""

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code


def document(record: Received) -> Mapping[str, Any]:
    """The request's JSON object, which names a model. Raises Refusal (400)."""
    body = parsed(record)
    if not isinstance(body.get("model"), str):
        raise Refusal(400, "you must provide a model parameter")
    return body


def parsed(record: Received) -> Mapping[str, Any]:
    """The request's JSON object. Raises Refusal (400)."""
    try:
        body = record.json
    except ValueError as exc:
        hint = "(HINT: This likely means you aren't using your HTTP library correctly.)"
        raise Refusal(400, f"We could not parse the JSON body of your request. {hint}") from exc
    if not isinstance(body, Mapping):
        raise Refusal(400, "The body of your request is not a JSON object.")
    return body


def bearer(record: Received) -> str:
    """The bearer token of a request; empty where it has none."""
    return record.headers.get("authorization", "").removeprefix("Bearer ").strip()


def read(body: Mapping[str, Any]) -> Ask:
    """The request as an Ask. Raises Refusal (400)."""
    _check(body)
    tools = _tools(body)
    limit = body.get("max_completion_tokens")
    if limit is None:
        limit = body.get("max_tokens")
    stop = body.get("stop") or ()
    stops = [stop] if isinstance(stop, str) else stop
    if not isinstance(stops, (list, tuple)) or not all(isinstance(word, str) for word in stops):
        raise _invalid("stop", "expected a string or an array of strings", "invalid_type")
    return Ask(
        said=said(body),
        tools=tools,
        choice=_choice(body, tools),
        parallel=body.get("parallel_tool_calls") is not False,
        document=_schema(body),
        stop=tuple(stops),
        limit=limit,
        turns=body.get("n") or 1,
        reasons=body.get("reasoning_effort") not in (None, "none"),
    )


def said(body: Mapping[str, Any]) -> list[Said]:
    """The messages, as far as they have the shape of messages."""
    messages = body.get("messages")
    return [
        Said(str(message.get("role")), *_content(message.get("content")))
        for message in (messages if isinstance(messages, list) else ())
        if isinstance(message, Mapping)
    ]


def _content(content: Any) -> tuple[str, tuple[str, ...]]:
    if isinstance(content, str):
        return content, ()
    parts = [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    texts = [str(part.get("text", "")) for part in parts if part.get("type") == "text"]
    others = [str(part.get("type")) for part in parts if part.get("type") != "text"]
    return "\n".join(texts), tuple(others)


def _check(body: Mapping[str, Any]) -> None:
    messages = body.get("messages")
    if messages is None:
        raise Refusal(
            400,
            "Missing required parameter: 'messages'.",
            param="messages",
            code="missing_required_parameter",
        )
    if not isinstance(messages, list):
        raise _invalid("messages", "invalid type", "invalid_type")
    if not messages:
        expected = "Expected an array with minimum length 1, but got an empty array instead."
        raise Refusal(400, f"Invalid 'messages': empty array. {expected}", param="messages", code="empty_array")
    for index, message in enumerate(messages):
        if not isinstance(message, Mapping):
            raise _invalid(f"messages[{index}]", "invalid type", "invalid_type")
        if message.get("role") not in _ROLES:
            raise _invalid(f"messages[{index}].role", "unknown role", "invalid_value")
    for name, (low, high) in _RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _invalid(name, "invalid type", "invalid_type")
        if not low <= value <= high:
            raise _invalid(name, f"expected a value from {low} to {high}, but got {value}", "invalid_value")
    if isinstance(body.get("n"), float):
        raise _invalid("n", "expected an integer", "invalid_type")
    for name in ("max_tokens", "max_completion_tokens"):
        value = body.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise _invalid(name, "expected an integer that is not negative", "invalid_type")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise _invalid("top_logprobs", "only allowed when 'logprobs' is true", "invalid_value")
    if body.get("stream_options") is not None and not body.get("stream"):
        raise _invalid("stream_options", "only allowed when 'stream' is enabled", "invalid_value")


def _tools(body: Mapping[str, Any]) -> Sequence[Tool]:
    offered = body.get("tools")
    if offered is None:
        return ()
    if not isinstance(offered, list):
        raise _invalid("tools", "invalid type", "invalid_type")
    if not offered:
        expected = "Expected an array with minimum length 1, but got an empty array instead."
        raise Refusal(400, f"Invalid 'tools': empty array. {expected}", param="tools", code="empty_array")
    tools = []
    for index, tool in enumerate(offered):
        function = tool.get("function") if isinstance(tool, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
            param = f"tools[{index}].function.name"
            message = f"Missing required parameter: '{param}'."
            raise Refusal(400, message, param=param, code="missing_required_parameter")
        tools.append(Tool(function["name"], function.get("parameters") or {}))
    return tools


def _choice(body: Mapping[str, Any], tools: Sequence[Tool]) -> str:
    choice = body.get("tool_choice")
    if choice is None:
        return "auto"
    if not tools:
        raise _invalid("tool_choice", "'tool_choice' is only allowed when 'tools' are specified", None)
    if choice in ("auto", "none", "required"):
        return str(choice)
    function = choice.get("function") if isinstance(choice, Mapping) else None
    name = function.get("name") if isinstance(function, Mapping) else None
    if all(tool.name != name for tool in tools):
        raise _invalid("tool_choice", f"Tool choice {name!r} not found in 'tools' parameter", None)
    return f"={name}"


def _schema(body: Mapping[str, Any]) -> Any:
    wanted = body.get("response_format")
    if wanted is None or wanted == {"type": "text"}:
        return None
    kind = wanted.get("type") if isinstance(wanted, Mapping) else None
    if kind == "json_object":
        return {"type": "object", "properties": {"answer": {"type": "string"}}}
    described = wanted.get("json_schema") if kind == "json_schema" else None
    if not isinstance(described, Mapping):
        raise _invalid("response_format", "expected text, json_object or json_schema with its object", "invalid_value")
    if not isinstance(described.get("name"), str):
        param = "response_format.json_schema.name"
        message = f"Missing required parameter: '{param}'."
        raise Refusal(400, message, param=param, code="missing_required_parameter")
    return described.get("schema", {"type": "object"})


def _invalid(param: str, message: str, code: str | None) -> Refusal:
    return Refusal(400, f"Invalid '{param}': {message}.", param=param, code=code)
