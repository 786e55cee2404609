"""The openai SDK takes the fake provider for OpenAI, on every loop and without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import openai
import pytest
import trio
import uvloop
from pydantic import BaseModel

from edgequake_async.testing import FakeProvider, drop_after, error, hang, stream

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
LOOPS: dict[str, Run] = {
    "asyncio": lambda main: asyncio.run(main()),
    "uvloop": lambda main: uvloop.run(main()),
    "trio": lambda main: trio.run(main),
}
MESSAGES: Any = [{"role": "user", "content": "call add please"}]
ADD: Any = {
    "type": "function",
    "function": {
        "name": "add",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    },
}


class Step(BaseModel):
    title: str
    minutes: float | None


class Plan(BaseModel):
    name: str
    steps: list[Step]


@pytest.fixture
def client(fake: FakeProvider) -> Any:
    with openai.OpenAI(base_url=fake.base_url, api_key=fake.api_key, max_retries=0) as opened:
        yield opened


def test_plain_streamed_and_called(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="m", messages=MESSAGES)
    assert answer.choices[0].message.content == "You said: call add please"
    chunks = list(client.chat.completions.create(model="m", messages=MESSAGES, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "You said: call add please"
    with client.chat.completions.stream(model="m", messages=MESSAGES, tools=[ADD]) as events:
        final = events.get_final_completion()
    calls = final.choices[0].message.tool_calls
    assert calls
    call = calls[0]
    assert (call.function.name, call.function.arguments) == ("add", '{"a": 1}')


def test_parsed_models_are_valid(client: openai.OpenAI) -> None:
    parsed = client.chat.completions.parse(model="m", messages=MESSAGES, response_format=Plan)
    plan = parsed.choices[0].message.parsed
    assert plan is not None
    assert plan.steps[0].title


def test_embeddings_come_as_base64_by_default(fake: FakeProvider, client: openai.OpenAI) -> None:
    packed = client.embeddings.create(model="e", input=["one", "two"], dimensions=64)
    assert fake.requests[-1].json["encoding_format"] == "base64"
    plain = client.embeddings.create(model="e", input=["one", "two"], dimensions=64, encoding_format="float")
    for left, right in zip(packed.data, plain.data, strict=True):
        assert list(left.embedding) == right.embedding


def test_errors_and_retries(fake: FakeProvider, client: openai.OpenAI) -> None:
    fake.script(error(429, "slow", headers={"retry-after": "0.01"}))
    assert client.with_options(max_retries=1).chat.completions.create(model="m", messages=MESSAGES).choices
    assert len(fake.requests) == 2
    fake.script(error(401, "no", code="invalid_api_key"), drop_after(), hang())
    with pytest.raises(openai.AuthenticationError) as caught:
        client.chat.completions.create(model="m", messages=MESSAGES)
    assert caught.value.code == "invalid_api_key"
    assert (caught.value.request_id or "").startswith("req_")
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(model="m", messages=MESSAGES)
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.1).chat.completions.create(model="m", messages=MESSAGES)
    assert fake.wait_for_abort().request is fake.requests[-1]


# Under trio the SDK leaves its own async generators to the garbage collector when a stream is closed early.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("loop", LOOPS)
def test_every_loop_is_served(fake: FakeProvider, loop: str) -> None:
    fake.script(stream(["a", "b"], gap=0.01), stream(["a", 3600.0]))

    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=fake.base_url, api_key=fake.api_key, max_retries=0) as client:
            said = ""
            async for chunk in await client.chat.completions.create(model="m", messages=MESSAGES, stream=True):
                said += chunk.choices[0].delta.content or ""
            assert said == "ab"
            endless = await client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
            async for _ in endless:
                break
            await endless.close()
            parsed = await client.chat.completions.parse(model="m", messages=MESSAGES, response_format=Plan)
            assert parsed.choices[0].message.parsed

    LOOPS[loop](main)
    assert fake.wait_for_abort().request is fake.requests[1]
    assert [record.aborted for record in fake.requests] == [False, True, False]


def test_an_error_inside_a_stream_ends_it(fake: FakeProvider, client: openai.OpenAI) -> None:
    fake.script(stream(["a", error(503, "overloaded"), "never"]))
    chunks = client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
    assert next(chunks).choices[0].delta.content == "a"
    with pytest.raises(openai.APIError, match="overloaded"):
        next(chunks)
