"""What of a chat is counted as tokens: which texts, and how many tokens beside them. Pure: nothing is counted here.

OpenAI does not publish how a chat becomes tokens. The constants are its cookbook's
(https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb), the form of
tools is what was found by measuring (https://github.com/hmarr/openai-chat-tokens), pictures are as documented
(https://platform.openai.com/docs/guides/images-vision#calculating-costs). As in litellm, all providers are counted so.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Counted", "of_messages", "of_tools"]

_PER_MESSAGE = 3
_PER_NAME = 1
_REPLY = 3
_TOOLS = 9
_TOOLS_AFTER_SYSTEM = -4
_CHOICE_NONE = 1
_CHOICE_NAMED = 7
_LOW_DETAIL = 85
_TILE = 170
_DEFAULT_IMAGE = 250


class Counted(NamedTuple):
    """Texts that are counted, and tokens that are no text."""

    texts: list[str]
    tokens: int


def of_messages(
    messages: Iterable[Any], reply: bool, default_image: bool = False, default: int | None = None
) -> Counted:
    """What of messages is counted.

    Args:
        messages: dicts, or response messages.
        reply: whether the tokens that begin the answer are counted.
        default_image: count each picture as 250 tokens, without looking at it.
        default: the count of a part that cannot be counted.

    Raises:
        ValueError: a message is none, or a part of one cannot be counted and ``default`` is None.
    """
    texts: list[str] = []
    tokens = _REPLY if reply else 0
    for message in messages:
        tokens += _PER_MESSAGE
        for key, value in _fields(message):
            if key == "content" and isinstance(value, (list, tuple)):
                for part in value:
                    found, extra = _part(part, default_image, default)
                    texts += found
                    tokens += extra
            elif isinstance(value, str):
                texts.append(value)
                tokens += _PER_NAME if key == "name" else 0
            elif key == "tool_calls" and value:
                texts += [str(_fields_of(_fields_of(call).get("function")).get("arguments") or "") for call in value]
            elif key == "function_call" and value:
                texts.append(str(_fields_of(value).get("arguments") or ""))
    return Counted(texts, tokens)


def _fields(message: Any) -> Iterator[tuple[str, Any]]:
    fields = _fields_of(message)
    if not fields:
        raise ValueError(f"messages: each must be a dict or a message, not {type(message).__name__}")
    return iter(fields.items())


def _fields_of(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    dump = getattr(value, "model_dump", None)
    return dump(exclude_none=True) if callable(dump) else {}


def _part(part: Any, default_image: bool, default: int | None) -> Counted:
    if isinstance(part, str):
        return Counted([part], 0)
    fields = _fields_of(part)
    kind = fields.get("type")
    try:
        if kind in ("text", "input_text", "output_text"):
            return Counted([str(fields["text"])], 0)
        if kind == "thinking":
            return Counted([str(fields["thinking"])], 0)
        if kind == "redacted_thinking":
            return Counted([], 0)
        if kind == "image_url":
            return Counted([], _picture(fields["image_url"], default_image))
        if kind in ("image", "file"):
            return Counted([], _DEFAULT_IMAGE if default_image else _LOW_DETAIL)
        if kind == "document":
            source = fields["source"]
            return Counted([source["data"]], 0) if source.get("type") == "text" else Counted([], _LOW_DETAIL)
        if kind == "tool_use":
            return Counted([str(fields["name"]), json.dumps(fields.get("input", {}))], 0)
        if kind == "tool_result":
            return _result(fields.get("content"), default_image, default)
        raise ValueError(f"no way is known to count a part of type {kind!r}")
    except (KeyError, TypeError, ValueError) as error:
        if default is not None:
            return Counted([], default)
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"messages: a content part cannot be counted: {what}; pass default_token_count") from None


def _result(content: Any, default_image: bool, default: int | None) -> Counted:
    parts = content if isinstance(content, list) else [content or ""]
    counted = [_part(part, default_image, default) for part in parts]
    return Counted([text for each in counted for text in each.texts], sum(each.tokens for each in counted))


def _picture(image: Any, default_image: bool) -> int:
    if default_image:
        return _DEFAULT_IMAGE
    detail, url = (image.get("detail"), image["url"]) if isinstance(image, Mapping) else (None, image)
    if detail in (None, "low", "auto"):
        return _LOW_DETAIL
    if detail != "high":
        raise ValueError(f"a picture's detail is low, high or auto, not {detail!r}")
    width, height = _size(str(url))
    # OpenAI fits a picture into 2048 x 2048, then shortens its shorter side to 768, then cuts it into tiles of 512.
    fit = min(1.0, 2048 / max(width, height))
    fit = min(fit, 768 / min(width, height))
    tiles = -(-max(1, round(width * fit)) // 512) * -(-max(1, round(height * fit)) // 512)
    return _LOW_DETAIL + _TILE * tiles


def _size(url: str) -> tuple[int, int]:
    """Width and height of a PNG, GIF, JPEG or WebP in a data URL. Nothing is fetched."""
    head, comma, data = url.partition(",")
    if not head.startswith("data:") or not comma:
        raise ValueError("the size of a picture behind a URL is not known; pass use_default_image_token_count")
    try:
        raw = base64.b64decode(data)
    except binascii.Error:
        raise ValueError("the picture is no base64") from None
    width = height = 0
    if raw.startswith(b"\x89PNG"):
        width, height = int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")
    elif raw.startswith(b"GIF8"):
        width, height = int.from_bytes(raw[6:8], "little"), int.from_bytes(raw[8:10], "little")
    elif raw.startswith(b"\xff\xd8"):
        width, height = _jpeg_size(raw)
    elif raw[8:12] == b"WEBP":
        width, height = _webp_size(raw)
    if not width or not height:
        raise ValueError("the picture is no PNG, GIF, JPEG or WebP")
    return width, height


def _jpeg_size(raw: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        # Frame headers; the three between them are tables.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
    return 0, 0


def _webp_size(raw: bytes) -> tuple[int, int]:
    kind = raw[12:16]
    if kind == b"VP8X":
        return int.from_bytes(raw[24:27], "little") + 1, int.from_bytes(raw[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(raw[26:28], "little") & 0x3FFF, int.from_bytes(raw[28:30], "little") & 0x3FFF


def of_tools(tools: Iterable[Any] | None, tool_choice: Any, after_system: bool) -> Counted:
    """What of tools and the choice between them is counted.

    Args:
        tools: function definitions as in a request.
        tool_choice: as in a request.
        after_system: whether the messages have a system message, which the definitions join.
    """
    texts: list[str] = []
    tokens = 0
    if tools:
        texts.append(_definitions(tools))
        tokens += _TOOLS + (_TOOLS_AFTER_SYSTEM if after_system else 0)
    if tool_choice == "none":
        tokens += _CHOICE_NONE
    elif isinstance(tool_choice, Mapping):
        tokens += _CHOICE_NAMED
        texts.append(str(_fields_of(tool_choice.get("function")).get("name", "")))
    return Counted(texts, tokens)


def _definitions(tools: Iterable[Any]) -> str:
    lines = ["namespace functions {", ""]
    for tool in tools:
        fields = _fields_of(tool)
        function = _fields_of(fields.get("function")) or fields
        if function.get("description"):
            lines.append(f"// {function['description']}")
        parameters = function.get("parameters") or {}
        if parameters.get("properties"):
            lines += [f"type {function.get('name')} = (_: {{", _properties(parameters, 0), "}) => any;", ""]
        else:
            lines += [f"type {function.get('name')} = () => any;", ""]
    return "\n".join([*lines, "} // namespace functions"])


def _properties(schema: Mapping[str, Any], indent: int) -> str:
    lines = []
    for name, each in (schema.get("properties") or {}).items():
        if each.get("description"):
            lines.append(f"// {each['description']}")
        mark = "" if name in (schema.get("required") or ()) else "?"
        lines.append(f"{name}{mark}: {_type(each, indent)},")
    return "\n".join(" " * max(indent, 0) + line for line in lines)


def _type(schema: Mapping[str, Any], indent: int) -> str:
    kind = schema.get("type")
    if alternatives := schema.get("anyOf"):
        return " | ".join(_type(each, indent) for each in alternatives)
    if values := schema.get("enum"):
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    if kind == "array":
        return f"{_type(schema['items'], indent)}[]" if schema.get("items") else "any[]"
    if kind == "object":
        return f"{{\n{_properties(schema, indent + 2)}\n}}"
    names = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}
    return names.get(str(kind), "any")
