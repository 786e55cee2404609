"""Answers made at random, sent back: what the provider said of its own, its request types take, and it gets.

Once as the message of the whole answer, once as that of the stream put together.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import ollama._types
import pydantic
import pytest
from mistralai.client.models import AssistantMessage
from openai.types.chat import ChatCompletionAssistantMessageParam

from edgequake_async import stream_chunk_builder
from edgequake_async.testing import FakeProvider
from edgequake_async.types import Message
from tests.corpus.cohere_types import refusals
from tests.corpus.judging import difference

from .asking import HELLO, chunks, whole
from .forms import COHERE, MISTRAL, OLLAMA, OPENAI, Form, Json

_SEEDS = 150
_TAKES: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(ChatCompletionAssistantMessageParam)


@pytest.mark.asyncio
@pytest.mark.parametrize("form", [pytest.param(form, id=form.prefix) for form in (COHERE, OLLAMA, MISTRAL, OPENAI)])
async def test_an_answer_goes_back_as_it_came(fake: FakeProvider, form: Form) -> None:
    wrong = [f"{seed}: {each}" for seed in range(_SEEDS) for each in await judge(fake, form, seed)]
    assert not wrong, "\n".join(wrong)


async def judge(fake: FakeProvider, form: Form, seed: int) -> list[str]:
    """What is wrong with what is sent back of one answer."""
    made, speaker = form.answer(seed)
    said, expected, refused = _SAID[form.prefix]
    if _is_silent(said(made)):
        return []
    streamed: Any = stream_chunk_builder(await chunks(fake, form, copy.deepcopy(made), speaker))
    wrong = []
    for way, answer in (("whole", await whole(fake, form, made)), ("streamed", streamed)):
        message = answer.choices[0].message
        results = [{"role": "tool", "tool_call_id": call.id, "content": "ok"} for call in message.tool_calls or ()]
        for again in (message, json.loads(message.model_dump_json())):
            await whole(fake, form, made, [HELLO, again, *(results or [HELLO])])
            body = fake.requests[-1].json
            wrong += [f"{way}: {each}" for each in refused(body)]
            wrong += [f"{way}: {each}" for each in difference(expected(said(made)), _spoken(body["messages"][1]))]
    return wrong


# Members that are not compared, and why.
_APART = {"annotations": "OpenRouter wants them back (of files that it has read), OpenAI ignores them"}


def test_sound_is_left_out_of_requests_alone() -> None:
    audio = {"id": "audio_1", "data": "AAEC", "transcript": "Hi", "expires_at": 1}
    message = Message(content=None, audio=audio)
    assert json.loads(message.model_dump_json(exclude_none=True))["audio"] == audio
    assert message.model_dump()["audio"] == audio


def _is_silent(message: Json) -> bool:
    """Providers refuse messages that say nothing, so none is sent."""
    return not message.get("content") and not message.get("tool_calls")


def _spoken(message: Json) -> Json:
    """Without members that say nothing; a text alone is the part that says it."""
    spoken = {name: value for name, value in message.items() if name not in _APART and value not in (None, "", [])}
    if "tool_calls" in spoken:
        spoken["tool_calls"] = [_call(call) for call in spoken["tool_calls"]]
    if isinstance(spoken.get("content"), str):
        spoken["content"] = [{"type": "text", "text": spoken["content"]}]
    return spoken


def _call(call: Json) -> Json:
    """A call without what is made here where the provider did not say it, and its place, which the order says."""
    made = ("type", "index", *(["id"] if str(call.get("id")).startswith("call_") else []))
    return {name: value for name, value in call.items() if name not in made}


def _refused_by_ollama(body: Json) -> list[str]:
    return _complaints(ollama._types.ChatRequest.model_validate, body)


def _refused_by_mistral(body: Json) -> list[str]:
    sent = body["messages"][1]
    unknown = sent.keys() - AssistantMessage.model_fields.keys()
    return [*(f"{name}: no such member" for name in unknown), *_complaints(AssistantMessage.model_validate, sent)]


def _of_openai(message: Json) -> Json:
    spoken = _spoken(message)
    # Of what was spoken aloud the provider keeps the words.
    return {**spoken, "audio": {"id": spoken["audio"]["id"]}} if "audio" in spoken else spoken


def _refused_by_openai(body: Json) -> list[str]:
    sent = body["messages"][1]
    unknown = sent.keys() - ChatCompletionAssistantMessageParam.__annotations__.keys() - _APART.keys()
    return [*(f"{name}: no such member" for name in unknown), *_complaints(_TAKES.validate_python, sent)]


def _complaints(takes: Callable[[Any], Any], value: Json) -> list[str]:
    try:
        takes(value)
    except pydantic.ValidationError as error:
        return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return []


def _only(made: Json) -> Json:
    message: Json = made["message"]
    return message


def _first(made: Json) -> Json:
    message: Json = made["choices"][0]["message"]
    return message


_Said = Callable[[Json], Json]
# Where an answer's message stands, what of it goes back, and what the types have against a request.
_SAID: dict[str, tuple[_Said, _Said, Callable[[Json], list[str]]]] = {
    COHERE.prefix: (_only, _spoken, refusals),
    OLLAMA.prefix: (_only, _spoken, _refused_by_ollama),
    MISTRAL.prefix: (_first, _spoken, _refused_by_mistral),
    OPENAI.prefix: (_first, _of_openai, _refused_by_openai),
}
