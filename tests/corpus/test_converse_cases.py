"""One question recorded in both formats: what we make of OpenAI's request, against what Bedrock's Converse was sent.

The wording of the two differs here and there, so texts, ids, pictures and documents are compared by their places alone,
and of the limits and the model's own turns only what both have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import edgequake_async
from edgequake_async.testing import FakeProvider, text

from .judging import difference
from .recordings import Exchange, everything, needed

pytestmark = needed

# Asked of one of the two alone, or a free choice of whoever recorded it.
FREE = {"additionalModelRequestFields", "inferenceConfig", "outputConfig", "strict", "additionalProperties"}
PICTURE = "data:image/jpeg;base64,/9j/4AAQ"
_PLACES = ("text", "toolUseId", "source", "name", "description", "input")


def _pairs() -> list[Any]:
    theirs, ours = _cases("bedrock-converse"), _cases("openai-chat")
    return [pytest.param(ours[case], theirs[case], id=case) for case in sorted(ours.keys() & theirs.keys())]


def _cases(wire_format: str) -> dict[str, Exchange]:
    """Each case's first recording in a format."""
    own = [each for each in everything() if each.asked and each.case and each.wire_format == wire_format]
    return {each.case: each for each in reversed(own)}


@pytest.mark.asyncio
@pytest.mark.parametrize(("ours", "theirs"), _pairs())
async def test_both_ask_the_same(fake: FakeProvider, ours: Exchange, theirs: Exchange) -> None:
    fake.script(text("ok"))
    aside = {"model", "stream", "stream_options", "reasoning_effort", "response_format"}
    given = _shown({name: value for name, value in (ours.asked or {}).items() if name not in aside})
    target = {"model": f"bedrock/{theirs.model}", "api_base": fake.base_url, "api_key": fake.api_key}
    await edgequake_async.acompletion(**given, **target, num_retries=0)
    body = fake.requests[-1].json
    limit = given.get("max_completion_tokens", given.get("max_tokens"))
    assert body.get("inferenceConfig", {}).get("maxTokens") == limit
    assert list(difference(_skeleton(theirs.asked), _skeleton(body))) == []


def test_there_are_pairs() -> None:
    assert len(_pairs()) == 11


def _shown(value: Any) -> Any:
    """Pictures at an address as pictures: what Bedrock does not fetch would be fetched for it."""
    if isinstance(value, Mapping):
        if str(value.get("url", "")).startswith("http"):
            return {**value, "url": PICTURE}
        return {key: _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _skeleton(body: Any) -> Any:
    """The body without wording, and of the models' own turns their calls."""
    messages = [_placed(message) for message in body["messages"]]
    for message in messages:
        if message["role"] == "assistant":
            message["content"] = [block for block in message["content"] if "toolUse" in block]
    kept = [message for message in messages if message["content"]]
    rest = {key: _placed(value) for key, value in body.items() if key not in FREE and key != "messages"}
    return {**rest, "messages": kept}


def _placed(value: Any) -> Any:
    if isinstance(value, Mapping):
        found = {key: "..." if key in _PLACES else _placed(item) for key, item in value.items()}
        # A call's `type` is what it is unless told otherwise.
        free = {*FREE, "type"} if "toolUseId" in value else FREE
        return {key: item for key, item in found.items() if key not in free}
    return [_placed(item) for item in value] if isinstance(value, list) else value
