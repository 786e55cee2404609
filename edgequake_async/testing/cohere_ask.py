"""Requests of Cohere's v2 chat read into an ``Ask``, and what the API refuses.

Checks what a client library can get wrong: missing or misshapen fields, values out of range, a forced choice without
tools. Unknown fields are ignored. https://docs.cohere.com/reference/chat
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .brain import Ask, Said, Tool
from .fields import given, listed, needed
from .openai_ask import Refusal

_ROLES = ("system", "user", "assistant", "tool")
_RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 1),
    "p": (0.01, 0.99),
    "k": (0, 500),
    "frequency_penalty": (0, 1),
    "presence_penalty": (0, 1),
}
_STOPS_LIMIT = 5


def read(body: Mapping[str, Any]) -> Ask:
    """The request as an Ask. Raises Refusal (400)."""
    for index, item in enumerate(needed(body, "messages", list)):
        _check(item, index)
    for name, (low, high) in _RANGES.items():
        value = given(body, name, float)
        if value is not None and not low <= value <= high:
            raise Refusal(400, f"invalid request: {name} must be from {low} to {high} inclusive.", param=name)
    limit = given(body, "max_tokens", int)
    if limit is not None and limit < 1:
        raise Refusal(400, "invalid request: max_tokens must be at least 1.", param="max_tokens")
    stops = listed(body, "stop_sequences", str)
    if len(stops) > _STOPS_LIMIT:
        raise Refusal(400, f"invalid request: at most {_STOPS_LIMIT} stop sequences.", param="stop_sequences")
    tools = _tools(body)
    return Ask(
        said=said(body),
        tools=tools,
        choice=_choice(body, tools),
        document=_schema(body),
        stop=tuple(stops),
        limit=limit,
        reasons=given(body, "thinking", dict, default={}).get("type") == "enabled",
    )


def said(body: Mapping[str, Any]) -> list[Said]:
    """The messages, as far as they have the shape of messages."""
    messages = body.get("messages")
    return [
        Said(str(item.get("role")), *_content(item.get("content")))
        for item in (messages if isinstance(messages, list) else ())
        if isinstance(item, Mapping)
    ]


def _check(message: Any, index: int) -> None:
    role = message.get("role") if isinstance(message, Mapping) else None
    if role not in _ROLES:
        raise Refusal(400, f"invalid request: messages[{index}].role must be one of {', '.join(_ROLES)}.")
    content = given(message, "content", str, list)
    if not content and not message.get("tool_calls"):
        raise Refusal(400, f"invalid request: messages[{index}] must have content or tool calls.")
    if role == "tool":
        needed(message, "tool_call_id", str)
    for call in listed(message, "tool_calls", dict):
        needed(needed(call, "function", dict), "arguments", str)


def _content(content: Any) -> tuple[str, tuple[str, ...]]:
    """The text, and the kinds of the parts that are not text; a document is the text of its data."""
    if isinstance(content, str):
        return content, ()
    parts = [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    texts = [_text(part) for part in parts if part.get("type") in ("text", "document")]
    others = [str(part.get("type")) for part in parts if part.get("type") not in ("text", "document", "thinking")]
    return "\n".join(texts), tuple(others)


def _text(part: Mapping[str, Any]) -> str:
    if part.get("type") == "text":
        return str(part.get("text", ""))
    document = part.get("document")
    data = document.get("data", document) if isinstance(document, Mapping) else document
    if isinstance(data, Mapping) and len(data) == 1:
        (data,) = data.values()
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


def _tools(body: Mapping[str, Any]) -> Sequence[Tool]:
    functions = [needed(tool, "function", dict) for tool in listed(body, "tools", dict)]
    return [Tool(needed(each, "name", str), given(each, "parameters", dict, default={})) for each in functions]


def _choice(body: Mapping[str, Any], tools: Sequence[Tool]) -> str:
    wanted: str = given(body, "tool_choice", str, default="AUTO")
    if wanted not in ("AUTO", "REQUIRED", "NONE"):
        raise Refusal(400, "invalid request: tool_choice must be REQUIRED or NONE.", param="tool_choice")
    if wanted == "REQUIRED" and not tools:
        raise Refusal(400, "invalid request: tool_choice REQUIRED needs tools.", param="tool_choice")
    return wanted.lower()


def _schema(body: Mapping[str, Any]) -> Any:
    wanted = given(body, "response_format", dict, default={})
    if wanted.get("type") in (None, "text"):
        return None
    if wanted["type"] != "json_object":
        raise Refusal(400, "invalid request: response_format.type must be text or json_object.")
    if body.get("tools"):
        raise Refusal(400, "invalid request: response_format cannot be used with tools.", param="response_format")
    schema = given(wanted, "json_schema", dict, default=given(wanted, "schema", dict))
    return {"type": "object", "properties": {"answer": {"type": "string"}}} if schema is None else schema
