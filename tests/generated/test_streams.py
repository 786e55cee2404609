"""Answers made at random, streamed in random pieces: nothing is lost on the way, and put together they are the whole."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider

from tests.corpus.judging import difference
from .asking import chunks, folded, plain, whole
from .forms import COHERE, MISTRAL, OLLAMA, OPENAI, Form, Json
from .making import lost

_SEEDS = 200
_FORMS = [pytest.param(form, id=form.prefix) for form in (COHERE, OLLAMA, MISTRAL, OPENAI)]


@pytest.mark.asyncio
@pytest.mark.parametrize("form", _FORMS)
async def test_a_streamed_answer_is_the_whole_one(fake: FakeProvider, form: Form) -> None:
    wrong: list[str] = []
    for seed in range(_SEEDS):
        made, speaker = form.answer(seed)
        expected = plain(await whole(fake, form, made))
        told = await chunks(fake, form, copy.deepcopy(made), speaker)
        if missing := lost(made, folded([plain(each) for each in told])):
            wrong.append(f"{seed}: lost {missing}")
        joined: Any = stream_chunk_builder(told)
        wrong += [f"{seed}: {each}" for each in difference(_comparable(expected, form), _comparable(plain(joined), form))]
    assert wrong == []


def _comparable(answer: Json, form: Form) -> Json:
    answer = {name: value for name, value in answer.items() if name not in ("id", "created")}
    return answer
