"""Answers made at random, streamed in random pieces: nothing is lost on the way.

Put together, the pieces are the whole.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider
from tests.corpus.judging import difference

from .asking import chunks, folded, opened, plain, whole
from .forms import COHERE, MISTRAL, OLLAMA, OPENAI, Form
from .making import lost

_SEEDS = 200
_FORMS = [pytest.param(form, id=form.prefix) for form in (COHERE, OLLAMA, MISTRAL, OPENAI)]


@pytest.mark.asyncio
@pytest.mark.parametrize("form", _FORMS)
async def test_a_streamed_answer_is_the_whole_one(fake: FakeProvider, form: Form) -> None:
    wrong = [f"{seed}: {each}" for seed in range(_SEEDS) for each in await judge(fake, form, seed)]
    assert not wrong, "\n".join(wrong)


async def judge(fake: FakeProvider, form: Form, seed: int) -> list[str]:
    """What is wrong with one answer."""
    made, speaker = form.answer(seed)
    expected = plain(await whole(fake, form, made))
    told = await chunks(fake, form, copy.deepcopy(made), speaker)
    became = folded([plain(each) for each in told])
    missing = [place for place, value in lost(made, [became, *opened(became)]).items() if not _is_place(value)]
    joined: Any = stream_chunk_builder(told)
    wrong = difference(_comparable(expected), _comparable(plain(joined)))
    return [*(f"lost {each!r}" for each in missing), *wrong]


# Of the one and not of the other, and why.
_APART = {
    "id": "made here, where the provider has none",
    "created": "the time at which it was read, where the provider says none",
    "index": "in a whole answer the place of a call says it",
    "thinking_blocks": "which thoughts of Mistral's are one block shows in the parts that are kept beside",
}


def _comparable(value: Any) -> Any:
    """Without what says nothing: an opening chunk says an empty text before it is known whether there will be any."""
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    if not isinstance(value, dict):
        return value
    said = {name: _comparable(each) for name, each in value.items() if name not in _APART}
    return {name: each for name, each in said.items() if each not in (None, "", [], {})}


def _is_place(value: Any) -> bool:
    """Numbers that are made are higher, or are no whole ones."""
    return isinstance(value, int) and value < 100
