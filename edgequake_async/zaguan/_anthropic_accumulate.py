"""The events of a stream of Anthropic's Messages API put together into the answer.

Promises: events of a stream that broke off give what had arrived; fields unknown here are kept; events are not changed.
The order of events and the names of deltas are Anthropic's, which CoreX's SDK specification repeats.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from ..types.construct import construct
from .models import AnthropicMessagesResponse

__all__ = ["accumulate_messages_events"]

_Fields = dict[str, Any]

# Fields of deltas that are joined as text, under the same name in the block.
_TEXTS = frozenset({"text", "thinking", "signature", "partial_json"})


def accumulate_messages_events(events: Iterable[BaseModel | Mapping[str, Any]]) -> AnthropicMessagesResponse:
    """The answer that a stream's events tell.

    Args:
        events: in the order of arrival, all or those before the stream broke off; models or dicts.

    Returns:
        The answer. The ``input`` of a ``tool_use`` block is parsed; where its JSON is not whole, ``input`` stays as it
        began and ``partial_json`` has the text so far.
    """
    message: _Fields = {}
    blocks: dict[int, _Fields] = {}
    for event in map(_plain, events):
        match event.pop("type", None):
            case "message_start":
                message = _dict(event.get("message"))
                content = message.get("content")
                blocks = dict(enumerate(map(_dict, content))) if isinstance(content, list) else {}
            case "content_block_start":
                blocks[_index(event, len(blocks))] = _dict(event.get("content_block"))
            case "content_block_delta":
                _extend(blocks.setdefault(_index(event, max(blocks, default=0)), {}), _dict(event.get("delta")))
            case "message_delta":
                delta, usage = _dict(event.pop("delta", None)), _dict(event.pop("usage", None))
                message.update(_said(event) | _said(delta))
                # Anthropic's counts are cumulative.
                message["usage"] = _dict(message.get("usage")) | _said(usage)
    message["content"] = [_close(blocks[index]) for index in sorted(blocks)]
    return construct(AnthropicMessagesResponse, message)


def _plain(value: BaseModel | Mapping[str, Any]) -> _Fields:
    return value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else {**value}


def _dict(value: Any) -> _Fields:
    return _plain(value) if isinstance(value, (BaseModel, Mapping)) else {}


def _said(fields: _Fields) -> _Fields:
    return {key: value for key, value in fields.items() if value is not None}


def _index(event: _Fields, default: int) -> int:
    index = event.get("index")
    return index if isinstance(index, int) else default


def _extend(block: _Fields, delta: _Fields) -> None:
    delta.pop("type", None)
    for key, value in _said(delta).items():
        if key in _TEXTS and isinstance(value, str):
            before = block.get(key)
            block[key] = before + value if isinstance(before, str) else value
        elif key == "citation":
            before = block.get("citations")
            block["citations"] = [*before, value] if isinstance(before, list) else [value]
        else:
            block[key] = value


def _close(block: _Fields) -> _Fields:
    text = block.get("partial_json")
    if not isinstance(text, str):
        return block
    whole = {key: value for key, value in block.items() if key != "partial_json"}
    if not text:
        # A tool without arguments.
        return whole
    try:
        return {**whole, "input": json.loads(text)}
    except (ValueError, RecursionError):
        return block
