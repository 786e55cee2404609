"""One question recorded in both formats: what we make of OpenAI's request, against what Anthropic was sent.

The wording of the two differs here and there, so texts, ids and pictures are compared by their places alone.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

import edgequake_async
from edgequake_async.testing import FakeProvider, text

from .anthropic_types import refusals
from .judging import difference
from .recordings import Exchange, everything, needed

pytestmark = needed

# What only one of the two was asked for, by the member that says so.
FREE = {
    "additionalProperties": "goes with strict",
    "caller": "Anthropic's alone: OpenAI's clients cannot know it",
    "max_tokens": "Anthropic wants one; OpenAI is seldom told",
    "model": "two models",
    "prompt_cache_breakpoint": "OpenAI's alone",
    "stream": "asked for by mode",
    "strict": "asked of OpenAI alone",
    "ttl": "given to Anthropic alone",
}
_PLACES = ("id", "input", "text", "tool_use_id", "source")


def _pairs() -> list[Any]:
    theirs, ours = _cases("anthropic-messages", "anthropic"), _cases("openai-chat", "openai")
    return [pytest.param(ours[case], theirs[case], id=case) for case in sorted(ours.keys() & theirs.keys())]


def _cases(wire_format: str, provider: str) -> dict[str, Exchange]:
    """Each case's first recording by the format's own maker."""
    own = [each for each in everything() if each.asked and (each.wire_format, each.provider) == (wire_format, provider)]
    return {each.case: each for each in reversed(own) if each.case}


@pytest.mark.asyncio
@pytest.mark.parametrize(("ours", "theirs"), _pairs())
async def test_both_ask_the_same(fake: FakeProvider, ours: Exchange, theirs: Exchange) -> None:
    fake.script(text("ok"))
    given = _without(ours.asked, {"model", "prompt_cache_breakpoint", "stream", "stream_options"})
    target = {"model": f"anthropic/{theirs.model}", "api_base": fake.base_url, "api_key": fake.api_key}
    await edgequake_async.acompletion(**given, **target, num_retries=0)
    body = fake.requests[-1].json
    assert refusals(body) == []
    limit = given.get("max_completion_tokens", body["max_tokens"])
    assert body["max_tokens"] == limit
    assert list(difference(_skeleton(theirs.asked), _skeleton(body))) == []


def test_there_are_pairs() -> None:
    assert len(_pairs()) == 30


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(item, names) for key, item in value.items() if key not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else copy.copy(value)


def _skeleton(body: Any) -> Any:
    """The body without wording, and of the models' own turns their calls; a text alone is the block that says it."""
    body = _without(body, set(FREE))
    for said in (body, *body["messages"]):
        member = "system" if said is body else "content"
        if isinstance(said.get(member), str):
            said[member] = [{"type": "text", "text": said[member]}]
        if isinstance(said.get(member), list):
            said[member] = [_placed(block) for block in said[member]]
        if said.get("role") == "assistant":
            said["content"] = [block for block in said["content"] if block["type"] != "text"]
    body["messages"] = [said for said in body["messages"] if said["content"]]
    return body


def _placed(block: Any) -> Any:
    return {key: "..." if key in _PLACES else value for key, value in block.items()}
