"""The items of a response's input as the messages of a chat.

Calls and thoughts that precede or follow what the assistant said become one message with it, as chats have them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from ..exceptions import BadRequestError
from .thoughts import unsealed

__all__ = ["Refusals", "to_messages"]

_TEXTS = frozenset({"input_text", "output_text", "text", "summary_text", "reasoning_text"})
Json = dict[str, Any]


class Refusals:
    """What a chat cannot say, by its place; ``droppable`` is what may be left out."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.refused: list[str] = []
        self.droppable: list[str] = []

    def mapping(self, where: str, value: Any) -> Mapping[str, Any]:
        """A dict, or a model (of ours or of openai's) as one.

        Raises:
            BadRequestError: it is neither.
        """
        if isinstance(value, BaseModel):
            return value.model_dump(exclude_unset=True)
        if not isinstance(value, Mapping):
            raise BadRequestError(f"{where}: must be a dict, not {type(value).__name__}", self.model, "")
        return value


def to_messages(instructions: Any, asked: Any, refusals: Refusals) -> list[Json]:
    """The messages that say the same.

    Raises:
        BadRequestError: an item is no dict.
    """
    messages: list[Json] = [] if instructions is None else [{"role": "system", "content": instructions}]
    if isinstance(asked, str):
        return [*messages, {"role": "user", "content": asked}]
    for index, each in enumerate(asked):
        where = f"input[{index}]"
        item = refusals.mapping(where, each)
        kind = item.get("type") or "message"
        put = _ITEMS.get(kind) if isinstance(kind, str) else None
        if put is None:
            refusals.refused.append(f"{where}.type {kind!r}")
        else:
            put(messages, item, where, refusals)
    return messages


def _message(messages: list[Json], item: Mapping[str, Any], where: str, refusals: Refusals) -> None:
    # Only OpenAI's models know a developer.
    role = "system" if item.get("role") == "developer" else item.get("role")
    content = _content(item.get("content"), f"{where}.content", refusals)
    if role != "assistant":
        named = {"name": item["name"]} if item.get("name") is not None else {}
        messages.append({"role": role, "content": content, **named})
        return
    message = _assistant(messages, lambda last: last["content"] is None and "tool_calls" not in last)
    if isinstance(content, list) and any(part.get("type") == "refusal" for part in content):
        message["refusal"] = "".join(part["refusal"] for part in content if part.get("type") == "refusal")
        content = [part for part in content if part.get("type") != "refusal"]
    texts = isinstance(content, list) and all(part.get("type") == "text" for part in content)
    message["content"] = "".join(part["text"] for part in content) if texts else content


def _call(messages: list[Json], item: Mapping[str, Any], where: str, refusals: Refusals) -> None:
    function = {"name": item.get("name"), "arguments": item.get("arguments")}
    call = {"id": item.get("call_id"), "type": "function", "function": function}
    if (beside := item.get("provider_specific_fields")) is not None:
        call["provider_specific_fields"] = beside
    _assistant(messages, lambda last: True).setdefault("tool_calls", []).append(call)


def _output(messages: list[Json], item: Mapping[str, Any], where: str, refusals: Refusals) -> None:
    content = _content(item.get("output"), f"{where}.output", refusals)
    messages.append({"role": "tool", "tool_call_id": item.get("call_id"), "content": content})


def _thought(messages: list[Json], item: Mapping[str, Any], where: str, refusals: Refusals) -> None:
    message = _assistant(messages, lambda last: last["content"] is None and "tool_calls" not in last)
    parts = [*(item.get("summary") or ()), *(item.get("content") or ())]
    texts = [refusals.mapping(where, part).get("text") for part in parts]
    if text := "".join(text for text in texts if isinstance(text, str)):
        message["reasoning_content"] = message.get("reasoning_content", "") + text
    if (sealed := item.get("encrypted_content")) is None:
        return
    if (blocks := unsealed(sealed)) is None:
        refusals.droppable.append(f"{where}.encrypted_content of another provider")
    else:
        message.setdefault("thinking_blocks", []).extend(blocks)


_ITEMS: dict[str, Callable[[list[Json], Mapping[str, Any], str, Refusals], None]] = {
    "function_call": _call,
    "function_call_output": _output,
    "message": _message,
    "reasoning": _thought,
}


def _assistant(messages: list[Json], takes_more: Callable[[Json], bool]) -> Json:
    """The assistant's message to add to: the last, if it takes more, else a new one."""
    last = messages[-1] if messages else None
    if last is not None and last["role"] == "assistant" and takes_more(last):
        return last
    messages.append({"role": "assistant", "content": None})
    return messages[-1]


def _content(content: Any, where: str, refusals: Refusals) -> Any:
    if isinstance(content, str) or content is None:
        return content or ""
    if isinstance(content, Mapping) or not hasattr(content, "__iter__"):
        raise BadRequestError(f"{where}: must be a text or parts, not {type(content).__name__}", refusals.model, "")
    parts = [_part(part, f"{where}[{index}]", refusals) for index, part in enumerate(content)]
    return [part for part in parts if part is not None]


def _part(part: Any, where: str, refusals: Refusals) -> Json | None:
    part = refusals.mapping(where, part)
    kind = part.get("type")
    if kind in _TEXTS:
        return {"type": "text", "text": part.get("text") or ""}
    if kind == "refusal":
        return {"type": "refusal", "refusal": part.get("refusal") or ""}
    if kind == "input_image" and part.get("image_url"):
        detail = {"detail": part["detail"]} if part.get("detail") is not None else {}
        return {"type": "image_url", "image_url": {"url": part["image_url"], **detail}}
    if kind == "input_file" and not part.get("file_url"):
        names = ("file_data", "file_id", "filename")
        return {"type": "file", "file": {name: part[name] for name in names if part.get(name) is not None}}
    if kind == "input_audio":
        return dict(part)
    what = "by file_id" if kind == "input_image" else "by file_url" if kind == "input_file" else ""
    refusals.refused.append(f"{where}.type {kind!r}{' ' + what if what else ''}")
    return None
