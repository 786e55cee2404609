"""Providers in Python: every kind of handler serves every kind of caller, and fails and ends as any provider does."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest
from pydantic import BaseModel

import edgequake_async as eq
from edgequake_async.custom_llm import CustomLLMError, has
from edgequake_async.testing import FakeProvider, text
from edgequake_async.types import GenericStreamingChunk

from .handlers import PIECES, USAGE, answer, serving
from .ways import USER, Way


class Spoken:
    """What a handler was called with, last."""

    said: dict[str, Any]


class Sync(eq.CustomLLM, Spoken):
    def completion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
        self.said = kwargs
        return answer("Hello")

    def streaming(self, *args: Any, **kwargs: Any) -> Iterator[GenericStreamingChunk]:
        self.said = kwargs
        yield from PIECES

    def embedding(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.said = kwargs
        return {"data": [{"index": 0, "embedding": [1.0, 2.0]}], "model": "theirs"}


class Async(eq.CustomLLM, Spoken):
    async def acompletion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
        self.said = kwargs
        await anyio.sleep(0)
        return answer("Hello")

    async def astreaming(self, *args: Any, **kwargs: Any) -> AsyncIterator[GenericStreamingChunk]:
        self.said = kwargs
        for each in PIECES:
            await anyio.sleep(0)
            yield each

    async def aembedding(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.said = kwargs
        return {"data": [{"index": 0, "embedding": [1.0, 2.0]}], "model": "theirs"}


class Duck(Spoken):
    """No subclass of anything; its methods are written otherwise."""

    async def acompletion(self, **kwargs: Any) -> dict[str, Any]:
        self.said = kwargs
        return {"choices": [{"message": {"role": "assistant", "content": "Hello"}}], "model": "theirs", "usage": USAGE}

    async def astreaming(self, **kwargs: Any) -> Any:
        self.said = kwargs
        return iter(PIECES)

    def aembedding(self, **kwargs: Any) -> Any:
        self.said = kwargs
        response = eq.EmbeddingResponse(model="theirs", data=[{"index": 0, "embedding": [1.0, 2.0]}])
        return _later(response)


async def _later(value: Any) -> Any:
    return value


@pytest.fixture(params=[Sync, Async, Duck], ids=["sync", "async", "duck"])
def handler(request: pytest.FixtureRequest) -> Iterator[Any]:
    made = request.param()
    with serving(made):
        yield made


def test_a_whole_answer(way: Way, handler: Any) -> None:
    response = way.completion(model="my/model/x", messages=USER, temperature=0.5)
    assert type(response) is eq.ModelResponse
    assert (response.choices[0].message.content, response.model, response.usage.total_tokens) == ("Hello", "theirs", 3)
    assert response._hidden_params["custom_llm_provider"] == "my"
    assert response._response_ms >= 0
    assert (handler.said["model"], handler.said["messages"]) == ("model/x", USER)
    assert handler.said["optional_params"] == {"temperature": 0.5}


def test_a_streamed_answer(way: Way, handler: Any) -> None:
    chunks = way.stream(model="my/m", messages=USER)
    assert [type(chunk) for chunk in chunks] == [eq.ModelResponseStream] * 4
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["Hel", "lo", "", ""]
    assert [chunk.choices[0].delta.role for chunk in chunks] == ["assistant", None, None, None]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None, None, "tool_calls"]
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert chunks[1].choices[0].delta.provider_specific_fields == {"mood": "calm"}
    assert [getattr(chunk, "usage", None) is None for chunk in chunks] == [True, True, True, False]
    whole = eq.stream_chunk_builder(chunks)
    [call] = whole.choices[0].message.tool_calls
    assert (whole.content, call.function.name, whole.usage.total_tokens) == ("Hello", "look", 3)
    assert handler.said["optional_params"] == {"stream": True}


def test_vectors(way: Way, handler: Any) -> None:
    response = way.embedding(model="my/m", input="one", dimensions=2)
    assert type(response) is eq.EmbeddingResponse
    assert response.data[0]["embedding"] == [1.0, 2.0]
    assert (handler.said["input"], handler.said["optional_params"]) == (["one"], {"dimensions": 2})


def test_what_a_handler_is_called_with(way: Way) -> None:
    class Shape(BaseModel):
        x: int

    said = {"role": "user", "content": "Hi", "name": None}
    handler = Sync()
    with serving(handler):
        way.completion(
            model="my/m",
            messages=[said, eq.Message(content="Yes")],
            api_key="k",
            api_base="http://here",
            timeout=3,
            extra_headers={"x-a": "b"},
            response_format=Shape,
            odd=1,
            metadata={"trace": "t"},
            additional_drop_params=["user"],
            user="u",
        )
    names = (
        "model messages api_base custom_prompt_dict model_response print_verbose encoding api_key logging_obj "
        "optional_params acompletion litellm_params logger_fn headers timeout client"
    )
    told = handler.said
    assert set(told) == set(names.split())
    assert [told[name] for name in ("api_key", "api_base", "timeout", "headers")] == [
        "k",
        "http://here",
        3,
        {"x-a": "b"},
    ]
    assert told["messages"] == [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]
    assert told["messages"][0] is not said
    assert told["optional_params"].pop("response_format")["json_schema"]["name"] == "Shape"
    assert told["optional_params"] == {"odd": 1}
    assert told["litellm_params"]["metadata"] == {"trace": "t"}
    assert told["acompletion"] is (way.backend is not None)
    told["logging_obj"].pre_call(input=[], api_key="k")
    told["print_verbose"]("quiet")
    assert type(told["model_response"]) is eq.ModelResponse


def test_sync_handlers_run_where_they_block_nobody(way: Way) -> None:
    """In a worker thread of an async caller; in a sync caller's own, so that it may make sync calls itself."""
    seen = []

    class Where(eq.CustomLLM):
        def completion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
            seen.append(threading.current_thread())
            return answer("")

    with serving(Where()):
        way.completion(model="my/m", messages=USER)
    assert (seen[0] is threading.current_thread()) is (way.backend is None)


def test_a_handler_may_call_other_providers(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    class Through(eq.CustomLLM):
        def completion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
            return eq.completion(**ask)

    fake.script(text("from afar"))
    with serving(Through()):
        response = way.completion(model="my/m", messages=USER)
    assert response.content == "from afar"
    assert response._hidden_params["custom_llm_provider"] == "openai"


FAILURES: list[tuple[Exception, type[Exception], int]] = [
    (CustomLLMError(400, "no"), eq.BadRequestError, 400),
    (CustomLLMError(401, "no"), eq.AuthenticationError, 401),
    (CustomLLMError(418, "no"), eq.APIError, 418),
    (CustomLLMError(429, "no"), eq.RateLimitError, 429),
    (CustomLLMError(504, "no"), eq.Timeout, 504),
    (CustomLLMError(599, "no"), eq.InternalServerError, 599),
    (TimeoutError("no"), eq.Timeout, 408),
    (ConnectionResetError("no"), eq.APIConnectionError, 500),
    (ValueError("no"), eq.InternalServerError, 500),
    (eq.RateLimitError("no", "other", "m"), eq.RateLimitError, 429),
]


class Failing(eq.CustomLLM):
    def __init__(self, error: Exception, before: int = 0) -> None:
        self.error, self.before = error, before

    def completion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
        raise self.error

    def streaming(self, *args: Any, **kwargs: Any) -> Iterator[GenericStreamingChunk]:
        yield from PIECES[: self.before]
        raise self.error

    async def acompletion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
        raise self.error

    async def astreaming(self, *args: Any, **kwargs: Any) -> AsyncIterator[GenericStreamingChunk]:
        for each in PIECES[: self.before]:
            yield each
        raise self.error


@pytest.mark.parametrize(("raised", "told", "status"), FAILURES, ids=lambda each: getattr(each, "__name__", None))
@pytest.mark.parametrize("stream", [False, True])
def test_what_it_raises_is_an_error_of_ours(
    way: Way, raised: Exception, told: type[Exception], status: int, stream: bool
) -> None:
    with serving(Failing(raised)):
        error = way.watch(model="my/m", messages=USER, stream=stream).error
    assert type(error) is told
    assert isinstance(error, eq.EQError)
    assert error.status_code == status
    assert "no" in str(error)
    if error is not raised:
        assert (error.llm_provider, error.model, error.__cause__) == ("my", "m", raised)


def test_a_stream_that_breaks_off_says_what_had_arrived(way: Way) -> None:
    with serving(Failing(CustomLLMError(503, "gone"), before=2)):
        outcome = way.watch(model="my/m", messages=USER, stream=True)
    assert outcome.text == "Hello"
    assert isinstance(outcome.error, eq.ServiceUnavailableError)
    assert outcome.error.generated_content == "Hello"
    assert outcome.error.partial.choices[0].message.role == "assistant"


class Silly(eq.CustomLLM):
    def completion(self, *args: Any, **kwargs: Any) -> Any:
        return "Hello"

    def streaming(self, *args: Any, **kwargs: Any) -> Any:
        yield {"nothing": "here"}


@pytest.mark.parametrize("stream", [False, True])
def test_what_is_no_answer_is_an_error(way: Way, stream: bool) -> None:
    with serving(Silly()):
        error = way.watch(model="my/m", messages=USER, stream=stream).error
    assert isinstance(error, eq.APIResponseValidationError)
    assert "Silly" in str(error) or "handler" in str(error)


def test_what_a_handler_cannot_do_is_refused(way: Way) -> None:
    class Mute(eq.CustomLLM):
        """Overrides nothing."""

    with serving(Mute()):
        for outcome in (way.watch(model="my/m", messages=USER), way.watch(model="my/m", messages=USER, stream=True)):
            assert isinstance(outcome.error, eq.UnsupportedParamsError)
            assert "Mute has neither" in str(outcome.error)
    with serving(Async()), pytest.raises(eq.UnsupportedParamsError, match="model_list"):
        way.completion(model="my/m", messages=USER, model_list=[{}])
    assert not any(has(Mute(), name) for name in ("completion", "astreaming", "nothing"))


def test_chunks_of_ours_are_handed_on(way: Way) -> None:
    class Whole(eq.CustomLLM):
        async def astreaming(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            yield eq.ModelResponseStream(id="x", choices=[{"delta": {"content": "a"}}])
            yield {"id": "x", "choices": [{"index": 0, "delta": {"content": "b"}, "finish_reason": "stop"}], "odd": 1}

    with serving(Whole()):
        first, last = way.stream(model="my/m", messages=USER)
    assert (first.id, first.choices[0].delta.content) == ("x", "a")
    assert (last.choices[0].delta.content, last.choices[0].finish_reason, last.odd) == ("b", "stop", 1)


def test_who_is_meant(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    handler = Async()
    with serving(handler):
        way.completion(model="m", messages=USER, custom_llm_provider="my")
        assert handler.said["model"] == "m"
        assert eq.get_llm_provider("my/m/n") == ("m/n", "my", None, None)
        fake.script(text("theirs"))
        assert way.completion(**ask).content == "theirs"
    with pytest.raises(eq.BadRequestError, match="'my' is no provider"):
        way.completion(model="my/m", messages=USER)


def test_the_map_may_be_appended_to_and_is_checked(way: Way) -> None:
    try:
        eq.custom_provider_map.append({"provider": "my", "custom_handler": Async()})
        assert way.completion(model="my/m", messages=USER).content == "Hello"
        eq.custom_provider_map = ["my"]
        with pytest.raises(eq.BadRequestError, match="custom_provider_map"):
            way.completion(model="my/m", messages=USER)
    finally:
        del eq.custom_provider_map
    assert eq.custom_provider_map == []
    del eq.custom_provider_map
