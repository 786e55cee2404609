"""A stream's chunks put together into the response that the same call would have given unstreamed.

Promises that nothing is invented: what no chunk says (an id, usage) is absent. Choices may interleave.
Fields unknown here keep the last value that was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from .joined_calls import Fields, dicts, first, join_calls, join_function, last, plain
from .types import ModelResponse
from .types.construct import construct

__all__ = ["JoinedChunks", "stream_chunk_builder"]

_Chunk = BaseModel | Mapping[str, Any]


def stream_chunk_builder(
    chunks: Sequence[_Chunk] | None,
    messages: Any = None,
    start_time: Any = None,
    end_time: Any = None,
    logging_obj: Any = None,
    count_prompt_tokens: Any = None,
) -> ModelResponse | None:
    """Put the chunks of a stream together.

    Args:
        chunks: in the order of arrival; models or dicts.
        messages, start_time, end_time, logging_obj, count_prompt_tokens: accepted as litellm's, and not needed: tokens
            that the provider did not count are not counted here.

    Returns:
        The whole response, its choices in the order of ``index``; None where there are no chunks.
    """
    if not chunks:
        return None
    joined = JoinedChunks()
    for chunk in chunks:
        joined.add(chunk)
    return construct(ModelResponse, joined.response())


class JoinedChunks:
    """What the chunks so far say. They are not changed, nor does what was taken from here change with later ones.

    Attributes:
        fields: of the response, as the chunks name them; without the choices.
    """

    def __init__(self) -> None:
        self.fields: Fields = {}
        self._choices: dict[int, Fields] = {}

    def add(self, chunk: _Chunk) -> None:
        """Add the next chunk, a model or a dict."""
        fields = plain(chunk)
        for piece in dicts(fields.pop("choices", None)):
            _add_choice(self._choices, piece)
        for key, value in fields.items():
            before = self.fields.get(key)
            if value is not None and not (before and (key in _FIRST_WINS or (key in _SAYING_WINS and not value))):
                self.fields[key] = value

    def choice(self, index: int) -> Fields | None:
        """A choice as in a whole response; None where no chunk says anything of it."""
        choice = self._choices.get(index)
        return None if choice is None else _close(choice)

    def response(self) -> Fields:
        """The whole response, its choices in the order of ``index``."""
        choices = [_close(self._choices[index]) for index in sorted(self._choices)]
        return {**self.fields, "object": "chat.completion", "choices": choices}


# The first that says something: Azure's opening chunk has an empty id.
_FIRST_WINS = frozenset({"created", "id", "service_tier", "system_fingerprint"})
# The last that says something: Azure's opening chunk names no model, and where one declines another may go on.
_SAYING_WINS = frozenset({"model"})


def _add_choice(choices: dict[int, Fields], piece: Fields) -> None:
    index = piece.pop("index", None)
    delta = piece.pop("delta", None)
    # Perplexity repeats the whole message so far beside every delta.
    piece.pop("message", None)
    delta = {} if not isinstance(delta, (BaseModel, Mapping)) else plain(delta)
    said = {key: value for key, value in piece.items() if value is not None}
    if not said and all(value is None for value in delta.values()):
        return
    index = index if isinstance(index, int) else 0
    choice = choices.setdefault(index, {"index": index, "finish_reason": None, "message": {"content": None}})
    for key, value in said.items():
        choice[key] = _JOIN_CHOICE.get(key, last)(choice.get(key), value)
    message = choice["message"]
    for key, value in delta.items():
        if value is not None:
            message[key] = _JOIN.get(key, last)(message.get(key), value)


def _close(choice: Fields) -> Fields:
    message = {"role": "assistant", **choice["message"]}
    if calls := message.get("tool_calls"):
        message["tool_calls"] = [{key: value for key, value in call.items() if key != "index"} for call in calls]
    return {**choice, "message": message}


def _join_text(before: Any, value: Any) -> Any:
    """Text after text; lists of parts (Mistral) part after part, text between them as a part."""
    if before is None or before == "":
        return value
    if value is None or value == "":
        return before
    if isinstance(before, str) and isinstance(value, str):
        return before + value
    return _join_parts(_parts(before), _parts(value))


def _parts(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [{"type": "text", "text": value}] if isinstance(value, str) else [value]


def _join_parts(before: list[Any], value: list[Any]) -> list[Any]:
    joined = list(before)
    for part in value:
        last = joined[-1] if joined else None
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in {"text", "thinking"} and isinstance(last, dict) and last.get("type") == kind:
            joined[-1] = {**last, **part, kind: _join_text(last.get(kind), part.get(kind))}
        else:
            joined.append(part)
    return joined


def _extend(before: Any, value: Any) -> Any:
    return [*before, *value] if isinstance(before, list) and isinstance(value, list) else value


def _join_lists(before: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    joined = {**before} if isinstance(before, dict) else {}
    for key, item in value.items():
        if item is not None or key not in joined:
            joined[key] = _extend(joined.get(key), item)
    return joined


_BLOCK_TEXT = ("thinking", "text", "summary")


def _join_blocks(before: Any, value: Any) -> Any:
    """Thinking blocks: fragments go on with the block before until that is signed; what is redacted stands alone."""
    if not isinstance(value, list):
        return value
    blocks: list[Any] = [*before] if isinstance(before, list) else []
    for block in value:
        last = blocks[-1] if blocks else None
        if not isinstance(block, dict) or not isinstance(last, dict) or not _continues(last, block):
            blocks.append(block)
            continue
        joined = {**last, **{key: item for key, item in block.items() if item}}
        for key in _BLOCK_TEXT:
            if isinstance(last.get(key), str) and isinstance(block.get(key), str):
                joined[key] = last[key] + block[key]
        blocks[-1] = joined
    return blocks


def _continues(last: Fields, block: Fields) -> bool:
    return (
        last.get("type") == block.get("type")
        and last.get("index") == block.get("index")
        and not last.get("signature")
        and any(key in last for key in _BLOCK_TEXT)
    )


def _join_audio(before: Any, value: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(value, dict):
        return value
    joined = {**before, **{key: item for key, item in value.items() if item is not None}}
    for key in ("data", "transcript"):
        if before.get(key) or value.get(key):
            joined[key] = (before.get(key) or "") + (value.get(key) or "")
    return joined


def _merge(before: Any, value: Any) -> Any:
    """Each member as it was told last."""
    return {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


def _join_own(before: Any, value: Any) -> Any:
    """What OpenAI has no place for: Cohere's plan and citations come in pieces, all else is told last whole."""
    if not isinstance(before, dict) or not isinstance(value, dict):
        return value
    pieces = {"tool_plan": _join_text, "citations": _extend}
    return {**before, **{key: pieces.get(key, last)(before.get(key), item) for key, item in value.items()}}


_JOIN_CHOICE: Mapping[str, Callable[[Any, Any], Any]] = {
    "logprobs": _join_lists,
    "prompt_logprobs": _join_lists,
    "provider_specific_fields": _merge,
}

_JOIN: Mapping[str, Callable[[Any, Any], Any]] = {
    "annotations": _extend,
    "audio": _join_audio,
    "content": _join_text,
    "function_call": join_function,
    "images": _extend,
    "provider_specific_fields": _join_own,
    "reasoning": _join_text,
    "reasoning_content": _join_text,
    "reasoning_details": _join_blocks,
    "refusal": _join_text,
    "role": first,
    "thinking_blocks": _join_blocks,
    "tool_calls": join_calls,
}
