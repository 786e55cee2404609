"""Requests of Anthropic's Messages API read into an ``Ask``, and what the API refuses.

Checks what a client library can get wrong: missing or misshapen fields, values out of range, a choice among tools
that are not offered. Unknown fields are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .brain import Ask, Said, Tool, tokens
from .fields import given, listed, needed
from .openai_ask import Refusal

_RANGES = {"temperature": 1, "top_p": 1}


def read(body: Mapping[str, Any]) -> Ask:
    """The request as an Ask. Raises Refusal (400)."""
    check_messages(body)
    for name, high in _RANGES.items():
        value = given(body, name, float)
        if value is not None and not 0 <= value <= high:
            raise Refusal(400, f"{name}: expected a value from 0 to {high}", param=name)
    if needed(body, "max_tokens", int) < 1:
        raise Refusal(400, "max_tokens: expected at least 1", param="max_tokens")
    thinking = given(body, "thinking", dict, default={})
    offered = listed(body, "tools", dict)
    tools = [Tool(needed(tool, "name", str), given(tool, "input_schema", dict, default={})) for tool in offered]
    choice = given(body, "tool_choice", dict, str, default="auto")
    wanted = {"type": choice} if isinstance(choice, str) else choice
    return Ask(
        said=said(body),
        tools=tools,
        choice=_choice(wanted, tools),
        parallel=wanted.get("disable_parallel_tool_use") is not True,
        document=_schema(body),
        stop=tuple(listed(body, "stop_sequences", str)),
        limit=body["max_tokens"],
        reasons=thinking.get("type") not in (None, "disabled"),
    )


def check_messages(body: Mapping[str, Any]) -> None:
    """Raises Refusal (400) unless the messages and the system prompt have the shape of such."""
    for index, item in enumerate(needed(body, "messages", list)):
        if not isinstance(item, Mapping) or item.get("role") not in ("user", "assistant"):
            raise Refusal(400, f"messages.{index}.role: expected user or assistant", param="messages")
        if not isinstance(item.get("content"), (str, list)):
            raise Refusal(400, f"messages.{index}.content: expected a string or an array", param="messages")
    given(body, "system", str, list)


def said(body: Mapping[str, Any]) -> list[Said]:
    """The conversation; a tool_result block becomes a message of its own."""
    heard = [Said("system", _text(body["system"]))] if body.get("system") else []
    messages = body.get("messages")
    for item in messages if isinstance(messages, list) else ():
        if not isinstance(item, Mapping):
            continue
        content = item.get("content")
        blocks = [block for block in content if isinstance(block, Mapping)] if isinstance(content, list) else []
        results = [block for block in blocks if block.get("type") == "tool_result"]
        others = tuple(str(b.get("type")) for b in blocks if b.get("type") in ("image", "document"))
        if not results or len(results) < len(blocks):
            heard.append(Said(str(item.get("role")), _text(content), others))
        heard += [Said("tool", _text(block.get("content"))) for block in results]
    return heard


def tool_tokens(body: Mapping[str, Any]) -> int:
    """What the definitions of tools cost."""
    return len(tokens(json.dumps(body["tools"]))) if body.get("tools") else 0


def _choice(wanted: Mapping[str, Any], tools: Sequence[Tool]) -> str:
    kind = wanted.get("type")
    if kind in ("auto", "none"):
        return str(kind)
    if kind == "any" and tools:
        return "required"
    if kind == "tool" and any(tool.name == wanted.get("name") for tool in tools):
        return f"={wanted['name']}"
    raise Refusal(400, "tool_choice: expected auto, any, none or a tool that is offered", param="tool_choice")


def _schema(body: Mapping[str, Any]) -> Any:
    wanted = given(given(body, "output_config", dict, default={}), "format", dict)
    if wanted is None:
        return None
    if wanted.get("type") != "json_schema":
        raise Refusal(400, "output_config.format.type: expected json_schema", param="output_config")
    return needed(wanted, "schema", dict)


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(b.get("text", "")) for b in content if isinstance(b, Mapping) and b.get("type") == "text")
    return content if isinstance(content, str) else ""
