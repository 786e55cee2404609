"""Texts that are continued: at /completions, and as a chat where there is no such path; batches of conversations."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, raw, sse

from .ways import WAYS, Way

REPLY = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 7,
    "model": "m",
    "choices": [{"text": " there", "index": 0, "logprobs": None, "finish_reason": "stop", "odd": 1}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    "unusual": True,
}


def ask(way: Way, **arguments: Any) -> Any:
    """One call; of a stream, its chunks."""
    if way.backend is None:
        response = eq.text_completion(**arguments)
        return list(response) if arguments.get("stream") else response
    return way.run(_ask, **arguments)


async def _ask(**arguments: Any) -> Any:
    response = await eq.atext_completion(**arguments)
    return [chunk async for chunk in response] if isinstance(response, eq.CustomStreamWrapper) else response


def test_a_prompt_goes_to_completions(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(raw(200, (), REPLY))
    response = ask(way, prompt="Hello", echo=True, best_of=2, logprobs=1, top_k=3, **target)
    assert isinstance(response, eq.TextCompletionResponse)
    assert response.choices[0].text == response["choices"][0]["text"] == " there"
    assert response.model_dump(exclude_unset=True) == REPLY
    assert response._hidden_params["custom_llm_provider"] == "openai"
    (request,) = fake.requests
    assert request.path == "/v1/completions"
    sent = {"model": "fake", "prompt": "Hello", "echo": True, "best_of": 2, "logprobs": 1, "top_k": 3}
    assert request.json == sent


@pytest.mark.parametrize("prompt", [["a", "b"], [1, 2, 3], [[1], [2]]])
def test_prompts_of_every_kind(way: Way, target: dict[str, Any], fake: FakeProvider, prompt: Any) -> None:
    fake.script(raw(200, (), REPLY))
    ask(way, prompt=prompt, **target)
    assert fake.requests[0].json["prompt"] == prompt


def test_a_stream_of_text(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    chunks = [{**REPLY, "choices": [{"text": piece, "index": 0, "finish_reason": None}]} for piece in ("Hel", "lo")]
    last = {**REPLY, "choices": [{"text": "", "index": 0, "finish_reason": "stop"}]}
    fake.script(sse([*chunks, last, "[DONE]"]))
    got = ask(way, prompt="x", stream=True, **target)
    assert all(isinstance(chunk, eq.TextCompletionResponse) for chunk in got)
    assert "".join(chunk.choices[0].text for chunk in got) == "Hello"
    assert got[-1].choices[0].finish_reason == "stop"


def test_a_stream_that_breaks_off_has_what_had_arrived(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    chunks = [{**REPLY, "choices": [{"text": piece, "index": 0, "finish_reason": None}]} for piece in ("Hel", "lo")]
    fake.script(drop_after(pieces=2, reply=sse([*chunks, "[DONE]"])))
    with pytest.raises(eq.APIConnectionError) as raised:
        ask(way, prompt="x", stream=True, **target)
    assert raised.value.generated_content == "Hello"


def test_errors(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(404, "No such model.", code="model_not_found"))
    with pytest.raises(eq.NotFoundError, match="No such model"):
        ask(way, prompt="x", **target)
    with pytest.raises(eq.BadRequestError, match="model: must be a string"):
        ask(way, **{**target, "prompt": "x", "model": None})


@pytest.fixture
def claude(fake: FakeProvider) -> dict[str, Any]:
    return {"model": "anthropic/claude-sonnet-4-5", "api_base": fake.base_url, "api_key": fake.api_key}


def test_over_a_chat(way: Way, claude: dict[str, Any], fake: FakeProvider) -> None:
    response = ask(way, prompt=["one", "two"], max_tokens=50, **claude)
    assert [choice.text for choice in response.choices] == ["You said: one", "You said: two"]
    assert [choice.index for choice in response.choices] == [0, 1]
    assert response.usage.total_tokens > 0
    assert {request.path for request in fake.requests} == {"/v1/messages"}
    chunks = ask(way, prompt="one", stream=True, **claude)
    assert "".join(chunk.choices[0].text for chunk in chunks) == "You said: one"
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_what_a_chat_cannot_do_is_refused(way: Way, claude: dict[str, Any], fake: FakeProvider) -> None:
    with pytest.raises(eq.UnsupportedParamsError, match=r"\['echo', 'suffix'\]"):
        ask(way, prompt="x", echo=True, suffix="y", **claude)
    for prompt in ([1, 2], []):
        with pytest.raises(eq.UnsupportedParamsError):
            ask(way, prompt=prompt, **claude)
    with pytest.raises(eq.UnsupportedParamsError, match="one prompt at a time"):
        ask(way, prompt=["a", "b"], stream=True, **claude)
    assert fake.requests == []
    assert ask(way, prompt="x", echo=True, drop_params=True, **claude).choices[0].text == "You said: x"


def test_one_of_several_chats_fails(way: Way, claude: dict[str, Any], fake: FakeProvider) -> None:
    fake.on_request(lambda record: error(429, "Slow.") if b"two" in record.body else None)
    with pytest.raises(eq.RateLimitError, match="Slow"):
        ask(way, prompt=["one", "two", "three"], num_retries=0, **claude)


def test_a_batch_keeps_its_order_and_its_failures(target: dict[str, Any], fake: FakeProvider) -> None:
    fake.on_request(lambda record: error(429, "Slow.") if b"two" in record.body else None)
    conversations = [[{"role": "user", "content": word}] for word in ("one", "two", "three")]
    answers = eq.batch_completion(messages=conversations, max_workers=2, **target)
    assert [getattr(answer, "content", None) for answer in answers] == ["You said: one", None, "You said: three"]
    assert isinstance(answers[1], eq.RateLimitError)
    assert eq.batch_completion(messages=[], **target) == []


@pytest.mark.parametrize("wrong", [{"stream": True}, {"max_workers": 0}])
def test_a_batch_of_what_cannot_be(target: dict[str, Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(eq.BadRequestError, match=next(iter(wrong))):
        eq.batch_completion(messages=[], **wrong, **target)


def test_a_batch_looks_acompletion_up_late(target: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    async def spy(**arguments: Any) -> str:
        seen.append(arguments["messages"])
        return "spied"

    monkeypatch.setattr(eq, "acompletion", spy)
    assert eq.batch_completion(messages=[["a"], ["b"]], **target) == ["spied", "spied"]
    assert sorted(seen) == [["a"], ["b"]]
    claude = {**target, "model": "anthropic/claude-sonnet-4-5"}
    monkeypatch.setattr(eq, "acompletion", spy)
    with pytest.raises(AttributeError):
        WAYS[0].run(_ask, prompt="x", **claude)
