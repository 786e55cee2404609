"""Requests of Ollama's own API read into an ``Ask``, and what it refuses, in the words of its JSON decoder.

Checks what a client library takes over from OpenAI's format by mistake: content in parts, arguments as a string,
pictures as data URLs. Unknown fields are ignored. https://docs.ollama.com/api/chat
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from .brain import Ask, Said, Tool
from .fields import given, listed, needed
from .openai_ask import Refusal

_ROLES = ("system", "user", "assistant", "tool")
_LEVELS = ("low", "medium", "high", "max")
_GO = {bool: "bool", dict: "object", int: "number", float: "number", list: "array", str: "string"}


def read(body: Mapping[str, Any]) -> Ask:
    """The request as an Ask. Raises Refusal (400)."""
    for index, item in enumerate(listed(body, "messages", dict)):
        _check(item, index)
    options = given(body, "options", dict, default={})
    limit = given(options, "num_predict", int, default=-1)
    stop = given(options, "stop", str, list, default=[])
    return Ask(
        said=said(body),
        tools=_tools(body),
        document=_schema(body),
        stop=(stop,) if isinstance(stop, str) else tuple(map(str, stop)),
        limit=None if limit < 0 else limit,
        reasons=_thinks(body),
    )


def said(body: Mapping[str, Any]) -> list[Said]:
    """The messages, as far as they have the shape of messages."""
    messages = body.get("messages")
    return [
        Said(str(item.get("role")), str(item.get("content") or ""), ("image",) * len(item.get("images") or ()))
        for item in (messages if isinstance(messages, list) else ())
        if isinstance(item, Mapping)
    ]


def _check(message: Mapping[str, Any], index: int) -> None:
    if message.get("role") not in _ROLES:
        raise Refusal(400, f"invalid role: {message.get('role')}, must be one of {', '.join(_ROLES)}")
    content = message.get("content")
    if content is not None and not isinstance(content, str):
        raise _unmarshalled(content, "ChatRequest.messages.content", "string")
    for image in listed(message, "images", str):
        try:
            base64.b64decode(image, validate=True)
        except binascii.Error as exc:
            raise Refusal(400, f"illegal base64 data in messages[{index}].images") from exc
    for call in listed(message, "tool_calls", dict):
        arguments = given(call, "function", dict, default={}).get("arguments")
        if not isinstance(arguments, Mapping):
            field = "ChatRequest.messages.tool_calls.function.arguments"
            raise _unmarshalled(arguments, field, "api.ToolCallFunctionArguments")


def _tools(body: Mapping[str, Any]) -> Sequence[Tool]:
    functions = [needed(tool, "function", dict) for tool in listed(body, "tools", dict)]
    return [Tool(needed(each, "name", str), given(each, "parameters", dict, default={})) for each in functions]


def _schema(body: Mapping[str, Any]) -> Any:
    wanted = body.get("format")
    if wanted is None or wanted == "" or isinstance(wanted, Mapping):
        return wanted or None
    if wanted != "json":
        raise Refusal(400, f'invalid format: {wanted!r}; expected "json" or a valid JSON Schema object')
    return {"type": "object", "properties": {"answer": {"type": "string"}}}


def _thinks(body: Mapping[str, Any]) -> bool:
    wanted = given(body, "think", bool, str, default=False)
    if isinstance(wanted, str) and wanted not in _LEVELS:
        raise Refusal(400, f'invalid think value: {wanted!r} (must be "high", "medium", "low", "max", true, or false)')
    return bool(wanted)


def _unmarshalled(value: Any, field: str, kind: str) -> Refusal:
    """What Go's decoder says of a value that is not of its field's type."""
    return Refusal(
        400, f"json: cannot unmarshal {_GO.get(type(value), 'null')} into Go struct field {field} of type {kind}"
    )
