"""Requests of Bedrock's Converse read into an ``Ask``, and what it refuses, mostly in its own words.

Checks what a client library can get wrong: blocks that are none, blank text, results of tools without tools, values
out of range. Unknown fields are ignored.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .brain import Ask, Said, Tool
from .fields import given, listed, needed
from .openai_ask import Refusal

_RANGES = {"temperature": 1, "topP": 1}
_MEDIA = ("audio", "document", "image", "video")
_BLOCKS = {
    *_MEDIA,
    "cachePoint",
    "citationsContent",
    "guardContent",
    "reasoningContent",
    "text",
    "toolResult",
    "toolUse",
}
_REASONERS = ("thinking", "reasoning_config", "reasoningConfig")


def read(body: Mapping[str, Any]) -> Ask:
    """The request as an Ask. Raises Refusal (400)."""
    _check(body)
    config = given(body, "inferenceConfig", dict, default={})
    for name, high in _RANGES.items():
        value = given(config, name, float)
        if value is not None and not 0 <= value <= high:
            expected = f"Member must have value from 0 to {high}"
            raise Refusal(400, f"Value '{value}' at 'inferenceConfig.{name}' failed to satisfy constraint: {expected}")
    limit = given(config, "maxTokens", int)
    if limit is not None and limit < 1:
        expected = "Member must have value greater than or equal to 1"
        raise Refusal(400, f"Value '{limit}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: {expected}")
    tools, choice = _tools(given(body, "toolConfig", dict, default={}))
    extra = given(body, "additionalModelRequestFields", dict, default={})
    return Ask(
        said=said(body),
        tools=tools,
        choice=choice,
        document=_schema(body),
        stop=tuple(listed(config, "stopSequences", str)),
        limit=limit,
        reasons=any(_is_on(extra.get(name)) for name in _REASONERS),
    )


def said(body: Mapping[str, Any]) -> list[Said]:
    """The conversation; every result of a tool becomes a message of its own."""
    heard = [Said("system", _text(body["system"]))] if body.get("system") else []
    messages = body.get("messages")
    for item in messages if isinstance(messages, list) else ():
        if not isinstance(item, Mapping):
            continue
        blocks = _blocks(item.get("content"))
        results = [block["toolResult"] for block in blocks if isinstance(block.get("toolResult"), Mapping)]
        if not results or len(results) < sum("cachePoint" not in block for block in blocks):
            media = tuple(kind for block in blocks for kind in _MEDIA if kind in block)
            heard.append(Said(str(item.get("role")), _text(blocks), media))
        heard += [Said("tool", _text(result.get("content"))) for result in results]
    return heard


def _check(body: Mapping[str, Any]) -> None:
    messages = listed(body, "messages", dict)
    if not messages or messages[0].get("role") != "user":
        told = "A conversation must start with a user message."
        raise Refusal(400, f"{told} Try again with a conversation that starts with a user message.")
    calls = False
    for index, message in enumerate(messages):
        if message.get("role") not in ("user", "assistant"):
            raise Refusal(400, f"Value at 'messages.{index}.role' must be one of: user, assistant")
        blocks = needed(message, "content", list)
        for position, block in enumerate(blocks):
            place = f"messages.{index}.content.{position}"
            if not isinstance(block, Mapping) or len(_BLOCKS & set(block)) != 1:
                raise Refusal(400, f"The ContentBlock object at {place} must set one of its fields.")
            if "text" in block and not str(block["text"]).strip():
                told = f"The text field in the ContentBlock object at {place} is blank."
                raise Refusal(400, f"{told} Add text to the text field, and try again.")
            calls = calls or "toolUse" in block or "toolResult" in block
    if calls and not body.get("toolConfig"):
        raise Refusal(400, "The toolConfig field must be defined when using toolUse and toolResult content blocks.")


def _tools(config: Mapping[str, Any]) -> tuple[Sequence[Tool], str]:
    """The tools that may be called, and the choice among them."""
    specs = [tool["toolSpec"] for tool in listed(config, "tools", dict) if isinstance(tool.get("toolSpec"), Mapping)]
    tools = [Tool(needed(spec, "name", str), needed(spec, "inputSchema", dict).get("json") or {}) for spec in specs]
    choice = given(config, "toolChoice", dict, default={"auto": {}})
    kind, named = next(iter(choice.items()), ("auto", {}))
    if kind == "auto":
        return tools, "auto"
    if kind == "any" and tools:
        return tools, "required"
    name = named.get("name") if isinstance(named, Mapping) else None
    if kind == "tool" and any(tool.name == name for tool in tools):
        return tools, f"={name}"
    raise Refusal(400, "toolConfig.toolChoice: expected auto, any or a tool that is offered")


def _schema(body: Mapping[str, Any]) -> Any:
    """The schema of the answer, which travels as a string."""
    wanted = given(given(body, "outputConfig", dict, default={}), "textFormat", dict)
    if wanted is None:
        return None
    if wanted.get("type") != "json_schema":
        raise Refusal(400, "Value at 'outputConfig.textFormat.type' must be json_schema")
    described = needed(needed(wanted, "structure", dict), "jsonSchema", dict)
    try:
        return json.loads(needed(described, "schema", str))
    except ValueError as exc:
        raise Refusal(400, f"outputConfig.textFormat.structure.jsonSchema.schema is not JSON: {exc}") from exc


def _is_on(config: Any) -> bool:
    return isinstance(config, Mapping) and config.get("type") not in (None, "disabled")


def _blocks(content: Any) -> list[Mapping[str, Any]]:
    return [block for block in content if isinstance(block, Mapping)] if isinstance(content, list) else []


def _text(content: Any) -> str:
    spoken = (_spoken(block) for block in _blocks(content))
    return "\n".join(text for text in spoken if text is not None)


def _spoken(block: Mapping[str, Any]) -> str | None:
    if isinstance(block.get("text"), str):
        return str(block["text"])
    if isinstance(block.get("guardContent"), Mapping):
        guarded = block["guardContent"].get("text")
        return str(guarded.get("text", "")) if isinstance(guarded, Mapping) else None
    return json.dumps(block["json"], ensure_ascii=False) if "json" in block else None
