"""Events made at random by themselves: a chunk holds whatever member a provider says.

What is yet unknown does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import ollama._types
import pytest
from cohere.v2.types import V2ChatStreamResponse
from mistralai.client.models import CompletionChunk
from openai.types.chat import ChatCompletionChunk

from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider

from .asking import opened, plain, told
from .cutting import events
from .forms import COHERE, MISTRAL, OLLAMA, OPENAI, Form, Json, Speaker
from .making import lost

_SEEDS = 150
# Members that are not made, and why.
_CHOSEN: dict[tuple[str, str], Any] = {
    # Why it ended is said once, and by the last event, here.
    ("Choice", "finish_reason"): None,
    ("CompletionResponseStreamChoice", "finish_reason"): None,
    ("ChatMessageEndEventDelta", "finish_reason"): "COMPLETE",
    ("ChatResponse", "done"): False,
    # A failure is an error, not an answer.
    ("ChatMessageEndEventDelta", "error"): ...,
    ("CompletionResponseStreamChoice", "index"): 0,
    # The place of an event in the whole; calls and blocks are in their order here.
    **{(kind, "index"): 0 for kind in (each.__name__ for each in get_args(get_args(V2ChatStreamResponse)[0]))},
    # Our time is in seconds; results of tools are no answers, and pictures no texts.
    ("ChatResponse", "created_at"): "2026-01-01T00:00:00Z",
    ("Message", "images"): ...,
    # It is always the assistant who answers.
    ("Message", "role"): "assistant",
    ("DeltaMessage", "role"): "assistant",
    # The API writes a text of JSON.
    ("FunctionCall", "arguments"): "{}",
}
# What all chunks of a stream say of themselves is what the first event says.
_OF_ANSWER = ("id", "model", "created", "object", "created_at")
_KINDS: dict[str, Any] = {
    "openai": ChatCompletionChunk,
    "mistral": CompletionChunk,
    "ollama_chat": ollama._types.ChatResponse,
}
_LAST: dict[str, Json] = {
    "openai": {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    "mistral": {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    "ollama_chat": {"message": {"role": "assistant"}, "done": True, "done_reason": "stop"},
    "cohere": {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}},
}
_FORMS = [pytest.param(form, id=form.prefix) for form in (COHERE, OLLAMA, MISTRAL, OPENAI)]


@pytest.mark.asyncio
@pytest.mark.parametrize("form", _FORMS)
async def test_every_member_is_in_a_chunk(fake: FakeProvider, form: Form) -> None:
    wrong = [f"{seed}: {each}" for seed in range(_SEEDS) for each in await judge(fake, form, seed)]
    assert not wrong, "\n".join(wrong)


async def judge(fake: FakeProvider, form: Form, seed: int) -> list[str]:
    """What is wrong with the chunks of some events."""
    speaker = Speaker(seed, _CHOSEN)
    said = list(_cohere(speaker)) if form is COHERE else [speaker.make(_KINDS[form.prefix]) for _ in range(3)]
    got = [plain(each) for each in await told(fake, form, [*said, _LAST[form.prefix]], speaker)]
    own = [{name: value for name, value in each.items() if name not in _OF_ANSWER} for each in said]
    return [f"lost {each!r} of {own}" for each in lost(own, [*got, *opened(got)])]


def _cohere(speaker: Speaker) -> Iterator[Json]:
    kinds = get_args(get_args(V2ChatStreamResponse)[0])
    first, *others = kinds
    yield speaker.make(first)
    # Its end, which is said last.
    yield from (event for kind in others if (event := speaker.make(kind))["type"] != "message-end")


# Events that no type knows.
_UNKNOWN: dict[str, Json] = {
    "cohere": {"type": "source-found", "index": 0, "delta": {"message": {"found": "a source"}}},
    "ollama_chat": {"message": {"role": "assistant"}, "done": False, "progress": {"layers": 3}},
    "mistral": {"object": "chat.progress", "choices": [], "progress": 3},
    "openai": {"object": "chat.progress", "choices": [], "progress": 3},
}


@pytest.mark.asyncio
@pytest.mark.parametrize("form", _FORMS)
async def test_what_is_yet_to_come_does_no_harm(fake: FakeProvider, form: Form) -> None:
    for seed in range(50):
        made, speaker = form.answer(seed)
        first, *others = events(form, made, speaker)
        known = await _joined(fake, form, [first, *others], speaker)
        unknown = [each for event in others for each in (_UNKNOWN[form.prefix], _with_more(event))]
        assert await _joined(fake, form, [first, *unknown], speaker) == known, seed


async def _joined(fake: FakeProvider, form: Form, said: list[Json], speaker: Speaker) -> list[Any]:
    joined: Any = stream_chunk_builder(await told(fake, form, said, speaker))
    return [
        (choice.message.content, choice.message.get("reasoning_content"), choice.finish_reason, *_calls(choice.message))
        for choice in joined.choices
    ]


def _calls(message: Any) -> list[Any]:
    return [(call.get("function"), call.get("custom")) for call in message.tool_calls or ()]


def _with_more(event: Any) -> Any:
    """With a member more wherever a provider could add one: not in what the model itself writes."""
    if isinstance(event, list):
        return [_with_more(each) for each in event]
    if not isinstance(event, dict):
        return event
    more = {name: value if name in ("custom", "function") else _with_more(value) for name, value in event.items()}
    return {**more, "yet_unknown": {"of": ["all", 1, None]}}
