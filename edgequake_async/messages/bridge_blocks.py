"""The messages of Anthropic's API as those of a chat: one message may become several.

Results of tools are messages of their own, before the user's other words; pictures that a tool shows are the user's.
What a model thought goes back as it was told (``events.sealed``), where it came through this bridge.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..request import list_messages
from ..responses.bridge_input import Refusals
from ..responses.thoughts import unsealed

__all__ = ["to_messages"]

Json = dict[str, Any]

# Who knows what `cache_control` means in a chat (https://openrouter.ai/docs/features/prompt-caching; ours for Bedrock).
_CACHES = frozenset({"bedrock", "openrouter"})
_FAILED = "The tool failed:\n"


def to_messages(system: Any, messages: Any, provider: str, refusals: Refusals) -> list[Json]:
    """The messages that say the same.

    Raises:
        BadRequestError: they are no list of dicts, or hold what is no block.
    """
    reader = _Reader(provider, refusals)
    found: list[Json] = []
    if system:
        found.append({"role": "system", "content": reader.content("system", system)})
    for index, each in enumerate(list_messages(messages, refusals.model)):
        found += reader.message(f"messages[{index}]", refusals.mapping(f"messages[{index}]", each))
    return found


class _Reader:
    def __init__(self, provider: str, refusals: Refusals) -> None:
        self._caches = provider in _CACHES
        self._refusals = refusals

    def message(self, where: str, message: Mapping[str, Any]) -> list[Json]:
        """One message as those of a chat."""
        role, content = message.get("role"), message.get("content")
        if role == "assistant":
            return [self._assistant(where, content)]
        if role not in ("user", "system"):
            self._refusals.refused.append(f"{where}.role {role!r}")
        if content is None or isinstance(content, str):
            return [{"role": role, "content": content or ""}]
        results: list[Json] = []
        parts: list[Json] = []
        shown: list[Json] = []
        for at, block in self._blocks(f"{where}.content", content):
            if block.get("type") == "tool_result":
                result, pictures = self._result(at, block)
                results.append(result)
                shown += pictures
            else:
                parts += self._part(at, block)
        said = [*shown, *parts]
        return [*results, {"role": role, "content": said}] if said or not results else results

    def content(self, where: str, content: Any) -> Any:
        """A text, or blocks as parts."""
        if isinstance(content, str):
            return content
        return [part for at, block in self._blocks(where, content) for part in self._part(at, block)]

    def _blocks(self, where: str, content: Any) -> list[tuple[str, Mapping[str, Any]]]:
        blocks = [content] if isinstance(content, Mapping) or not hasattr(content, "__iter__") else content
        places = [(f"{where}[{index}]", block) for index, block in enumerate(blocks)]
        return [(at, self._refusals.mapping(at, block)) for at, block in places]

    def _part(self, where: str, block: Mapping[str, Any]) -> list[Json]:
        read = _PARTS.get(str(block.get("type")))
        part = None if read is None else read(block)
        if part is None:
            source = block.get("source")
            how = f" by {source.get('type')}" if isinstance(source, Mapping) else ""
            self._refusals.refused.append(f"{where}.type {block.get('type')!r}{how}")
            return []
        cited = block.get("citations")
        if isinstance(cited, Mapping) and cited.get("enabled"):
            self._refusals.droppable.append(f"{where}.citations")
        if block.get("context") is not None:
            self._refusals.droppable.append(f"{where}.context")
        if self._caches and block.get("cache_control") is not None:
            part["cache_control"] = block["cache_control"]
        return [part]

    def _result(self, where: str, block: Mapping[str, Any]) -> tuple[Json, list[Json]]:
        """A result as a message, and what it shows that no such message can hold."""
        content = self.content(f"{where}.content", block.get("content") or "")
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        texts = [part["text"] for part in parts if part["type"] == "text"]
        # A chat has no word for a failure but words.
        text = (_FAILED if block.get("is_error") else "") + "\n".join(texts)
        result: Json = {"role": "tool", "tool_call_id": block.get("tool_use_id"), "content": text}
        if self._caches and block.get("cache_control") is not None:
            result["cache_control"] = block["cache_control"]
        return result, [part for part in parts if part["type"] != "text"]

    def _assistant(self, where: str, content: Any) -> Json:
        message: Json = {"role": "assistant", "content": None}
        if content is None or isinstance(content, str):
            return {**message, "content": content or ""}
        texts: list[str] = []
        for at, block in self._blocks(f"{where}.content", content):
            kind = block.get("type")
            if kind == "text":
                texts.append(block.get("text") or "")
            elif kind == "tool_use":
                message.setdefault("tool_calls", []).append(_call(block))
            elif kind in ("thinking", "redacted_thinking"):
                self._thought(message, at, block)
            else:
                self._refusals.refused.append(f"{at}.type {kind!r}")
        if texts:
            message["content"] = "".join(texts)
        return message

    def _thought(self, message: Json, where: str, block: Mapping[str, Any]) -> None:
        sealed = block.get("signature") or block.get("data")
        if not sealed:
            message["reasoning_content"] = message.get("reasoning_content", "") + (block.get("thinking") or "")
        elif (blocks := unsealed(sealed)) is not None:
            message.setdefault("thinking_blocks", []).extend(blocks)
        else:
            self._refusals.droppable.append(f"{where} signed by another provider")


def _call(block: Mapping[str, Any]) -> Json:
    given = block.get("input")
    arguments = given if isinstance(given, str) else json.dumps({} if given is None else given, ensure_ascii=False)
    call = {"id": block.get("id"), "type": "function", "function": {"name": block.get("name"), "arguments": arguments}}
    beside = block.get("provider_specific_fields")
    return call if beside is None else {**call, "provider_specific_fields": beside}


def _text(block: Mapping[str, Any]) -> Json | None:
    return {"type": "text", "text": block.get("text") or ""}


def _image(block: Mapping[str, Any]) -> Json | None:
    url = _url(block.get("source"))
    return None if url is None else {"type": "image_url", "image_url": {"url": url}}


def _document(block: Mapping[str, Any]) -> Json | None:
    source = block.get("source")
    if isinstance(source, Mapping) and source.get("type") == "text":
        title = f"{block['title']}:\n" if block.get("title") else ""
        return {"type": "text", "text": title + str(source.get("data") or "")}
    if not isinstance(source, Mapping) or source.get("type") != "base64":
        return None
    return {"type": "file", "file": {"filename": block.get("title") or "document.pdf", "file_data": _url(source)}}


def _url(source: Any) -> str | None:
    """Where a picture is, or the picture itself, as a URL; None for what only Anthropic can find."""
    if not isinstance(source, Mapping):
        return None
    if source.get("type") == "base64":
        return f"data:{source.get('media_type')};base64,{source.get('data')}"
    url = source.get("url") if source.get("type") == "url" else None
    return url if isinstance(url, str) else None


_PARTS: dict[str, Callable[[Mapping[str, Any]], Json | None]] = {"text": _text, "image": _image, "document": _document}
