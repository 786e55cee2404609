"""Typical lines of programs, for the type checkers alone: what they get back is what it says, and never Any.

``test_typed_program.py`` runs mypy and pyright on this file; nothing runs the program itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from typing_extensions import assert_type

import edgequake_async as litellm
from edgequake_async.cost_calculator import completion_cost
from edgequake_async.exceptions import BadRequestError, ContextWindowExceededError
from edgequake_async.responses.streaming_iterator import (
    ResponsesAPIStreamingIterator,
    SyncResponsesAPIStreamingIterator,
)
from edgequake_async.types.llms.anthropic_messages.anthropic_response import AnthropicMessagesResponse
from edgequake_async.types.llms.openai import (
    AllMessageValues,
    OutputTextDeltaEvent,
    ResponseCompletedEvent,
    ResponsesAPIStreamEvents,
)
from edgequake_async.types.utils import ChatCompletionMessageToolCall, Function, GenericStreamingChunk, Message, Usage

MODEL = "openai/gpt-4o-mini"
MESSAGES = [{"role": "user", "content": "What is the weather in Paris?"}]
TOOLS: list[dict[str, Any]] = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]


class Weather(BaseModel):
    city: str
    celsius: float


async def chat() -> str:
    answer = await litellm.acompletion(MODEL, MESSAGES, temperature=0.2, max_tokens=100, num_retries=2, timeout=30)
    assert_type(answer, litellm.ModelResponse)
    assert_type(answer.choices, list[litellm.Choices])
    assert_type(answer.choices[0].message, Message)
    assert_type(answer.choices[0].finish_reason, str | None)
    assert_type(answer.usage.prompt_tokens + answer.usage.completion_tokens, int)
    assert_type((answer.id, answer.model, answer.created), tuple[str | None, str | None, int | None])
    if answer.usage.prompt_tokens_details is not None:
        assert_type(answer.usage.prompt_tokens_details.cached_tokens, int | None)
    assert_type(answer.choices[0].message.reasoning_content, str | None)
    assert_type(answer._hidden_params, dict[str, Any])
    assert_type(answer.model_dump(), dict[str, Any])
    whole = litellm.completion(model=MODEL, messages=[*MESSAGES, {"role": "assistant", "content": "Sunny."}])
    assert_type(whole, litellm.ModelResponse)
    again = litellm.completion(model=MODEL, messages=[*MESSAGES, answer.choices[0].message])
    return answer.choices[0].message.content or again.choices[0].message.content or ""


async def streams(is_streamed: bool) -> None:
    chunks: list[litellm.ModelResponseStream] = []
    stream = await litellm.acompletion(MODEL, MESSAGES, stream=True, stream_options={"include_usage": True})
    async for chunk in stream:
        assert_type(chunk, litellm.ModelResponseStream)
        assert_type(chunk.choices[0].delta.content, str | None)
        assert_type(chunk.choices[0].delta.tool_calls, list[litellm.ChatCompletionDeltaToolCall] | None)
        assert_type(chunk.usage, Usage | None)
        chunks.append(chunk)
    async with await litellm.acompletion(MODEL, MESSAGES, stream=True) as stream:
        assert_type(await stream.__anext__(), litellm.ModelResponseStream)
    await stream.aclose()
    for chunk in litellm.completion(MODEL, MESSAGES, stream=True):
        print(chunk.choices[0].delta.content or "", end="")
    assert_type(litellm.stream_chunk_builder(chunks, messages=MESSAGES), litellm.ModelResponse | None)
    either = litellm.completion(MODEL, MESSAGES, stream=is_streamed)
    if isinstance(either, litellm.CustomStreamWrapper):
        assert_type([chunk.model for chunk in either], list[str | None])
    else:
        assert_type(either, litellm.ModelResponse)
    other = await litellm.acompletion(MODEL, MESSAGES, stream=is_streamed)
    if isinstance(other, litellm.ModelResponse):
        assert_type(other.choices[0].message.content, str | None)
    else:
        assert_type([chunk async for chunk in other], list[litellm.ModelResponseStream])


def tools() -> list[Message]:
    answer = litellm.completion(MODEL, MESSAGES, tools=TOOLS, tool_choice="auto", parallel_tool_calls=False)
    message = answer.choices[0].message
    for call in message.tool_calls or []:
        assert_type(call, ChatCompletionMessageToolCall)
        assert_type(call.id, str | None)
        assert_type(call.function, Function)
        assert_type((call.function.name, call.function.arguments), tuple[str | None, str])
    made = ChatCompletionMessageToolCall(id="call_1", function=Function(name="weather", arguments='{"city": "Paris"}'))
    return [message, Message(role="assistant", content=None, tool_calls=[made])]


async def structured() -> Weather:
    answer = await litellm.acompletion(
        MODEL, MESSAGES, response_format=Weather, fallbacks=["anthropic/claude-sonnet-4-5"], reasoning_effort="low"
    )
    return Weather.model_validate_json(answer.choices[0].message.content or "{}")


async def vectors() -> None:
    answer = await litellm.aembedding(model="openai/text-embedding-3-small", input=["a", "b"], dimensions=256)
    assert_type(answer, litellm.EmbeddingResponse)
    assert_type(answer.data[0].embedding, list[float])
    assert_type(litellm.embedding("openai/text-embedding-3-small", "a").usage.total_tokens, int)
    ranked = await litellm.arerank("cohere/rerank-v3.5", "q", ["a", "b"], top_n=1)
    assert_type(ranked, litellm.RerankResponse)
    assert_type((ranked.results[0].index, ranked.results[0].relevance_score), tuple[int, float])
    assert_type(litellm.rerank(model="cohere/rerank-v3.5", query="q", documents=["a"]), litellm.RerankResponse)


async def texts(is_streamed: bool) -> None:
    answer = await litellm.atext_completion("Once upon", MODEL, max_tokens=5)
    assert_type(answer, litellm.TextCompletionResponse)
    assert_type(answer.choices[0].text, str | None)
    async for piece in await litellm.atext_completion("Once upon", MODEL, stream=True):
        assert_type(piece, litellm.TextCompletionResponse)
        assert_type(piece.choices[0].text, str | None)
    for piece in litellm.text_completion(prompt="Once upon", model=MODEL, stream=True):
        assert_type(piece, litellm.TextCompletionResponse)
    either = litellm.text_completion("Once upon", MODEL, stream=is_streamed)
    if not isinstance(either, litellm.TextCompletionResponse):
        assert_type(next(either).choices[0].text, str | None)


async def responses() -> None:
    answer = await litellm.aresponses("Hello", MODEL, instructions="Be brief.", max_output_tokens=20)
    assert_type(answer, litellm.ResponsesAPIResponse)
    assert_type(answer.output_text, str)
    assert_type([item.type for item in answer.output], list[str | None])
    if answer.usage is not None:
        assert_type(answer.usage.input_tokens, int)
    stream = await litellm.aresponses(input=MESSAGES, model=MODEL, stream=True)
    assert_type(stream, ResponsesAPIStreamingIterator)
    async for event in stream:
        assert_type(event.type == ResponsesAPIStreamEvents.OUTPUT_TEXT_DELTA, bool)
        if isinstance(event, OutputTextDeltaEvent):
            assert_type(event.delta, str | None)
        elif isinstance(event, (ResponseCompletedEvent, litellm.ResponseIncompleteEvent)):
            assert_type(event.response, litellm.ResponsesAPIResponse | None)
    assert_type(litellm.responses("Hello", MODEL, stream=True), SyncResponsesAPIStreamingIterator)
    assert_type(litellm.responses("Hello", MODEL), litellm.ResponsesAPIResponse)


async def messages() -> None:
    answer = await litellm.anthropic_messages(100, MESSAGES, MODEL, system="Be brief.", tools=TOOLS)
    assert_type(answer, AnthropicMessagesResponse)
    assert_type((answer["stop_reason"], answer["usage"]["input_tokens"]), tuple[str | None, int])
    assert_type(answer["content"], list[dict[str, Any]])
    async for event in await litellm.anthropic.messages.acreate(100, MESSAGES, MODEL, stream=True):
        assert_type((event.type, event.data), tuple[str, dict[str, Any]])
    for event in litellm.anthropic.messages.create(max_tokens=100, messages=MESSAGES, model=MODEL, stream=True):
        print(event.decode())


async def beside(path: Path) -> None:
    picture = await litellm.aimage_generation("A hat", "openai/gpt-image-1", size="1024x1024")
    assert_type(picture, litellm.ImageResponse)
    assert_type((await litellm.atranscription("openai/whisper-1", path)).text, str | None)
    assert_type(litellm.speech("openai/tts-1", "Hello", "alloy"), litellm.HttpxBinaryResponseContent)
    assert_type((await litellm.amoderation("Hello")).results[0].flagged, bool | None)
    file = await litellm.acreate_file(file=path, purpose="batch", custom_llm_provider="openai")
    assert_type(file.id, str | None)


def failures() -> None:
    try:
        litellm.completion(MODEL, MESSAGES)
    except ContextWindowExceededError as error:
        assert_type((error.status_code, error.message), tuple[int, str])
    except litellm.RateLimitError as error:
        assert_type((error.retry_after, error.request_id), tuple[float | None, str | None])
    except (litellm.Timeout, litellm.APIConnectionError) as error:
        assert_type((error.llm_provider, error.model, error.timeout_kind), tuple[str | None, str | None, str | None])
        error.message += " (gave up)"
    except litellm.exceptions.APIError as error:
        assert_type((error.code, error.type, error.param), tuple[str | None, str | None, str | None])
    except litellm.EQError as error:
        assert_type((error.attempts, error.generated_content), tuple[int, str])
    raise BadRequestError(message="no", model=MODEL, llm_provider="openai")


class Echo(litellm.CustomLLM):
    """A provider of a program's own."""

    def completion(self, *args: object, **kwargs: object) -> litellm.ModelResponse:
        return litellm.ModelResponse(choices=[litellm.Choices(message=Message(content="Hello"))], usage=Usage())

    async def acompletion(self, *args: object, **kwargs: object) -> litellm.ModelResponse:
        return self.completion(*args, **kwargs)

    def streaming(self, *args: object, **kwargs: object) -> Iterator[GenericStreamingChunk]:
        yield {"text": "Hello", "is_finished": True, "finish_reason": "stop", "usage": None}

    async def astreaming(self, *args: object, **kwargs: object) -> AsyncIterator[GenericStreamingChunk]:
        yield {"text": "Hello", "is_finished": True, "finish_reason": "stop", "usage": None}


def settings() -> None:
    litellm.custom_provider_map = [{"provider": "echo", "custom_handler": Echo()}]
    litellm.drop_params = True
    litellm.suppress_debug_info = True
    litellm.set_verbose = False
    litellm.num_retries = 3
    litellm.request_timeout = 30
    litellm.api_key = litellm.openai_key = "key"
    litellm.api_base = "http://127.0.0.1:8000/v1"
    litellm.use_litellm_proxy = litellm.add_function_to_prompt = False
    litellm.model_alias_map["mine"] = MODEL
    assert_type(litellm.get_secret_bool("A_SWITCH"), bool | None)
    litellm.install_as_litellm()


def facts(answer: litellm.ModelResponse, history: list[AllMessageValues]) -> None:
    assert_type(litellm.token_counter(model=MODEL, messages=history), int)
    assert_type(litellm.token_counter(MODEL, text="Hello"), int)
    history.append(litellm.ChatCompletionUserMessage(role="user", content="Hello"))
    assert_type(litellm.decode(MODEL, litellm.encode(MODEL, "Hello")), str)
    assert_type(completion_cost(answer), float)
    assert_type(litellm.completion_cost(completion_response=answer, model=MODEL), float)
    assert_type(litellm.cost_per_token(MODEL, prompt_tokens=9, completion_tokens=9), tuple[float, float])
    assert_type(litellm.get_llm_provider(MODEL), tuple[str, str, str | None, str | None])
    info = litellm.get_model_info(MODEL)
    assert_type(info["max_input_tokens"], int | None)
    assert_type(info["input_cost_per_token"], float | None)
    assert_type(info["supports_vision"], bool | None)
    assert_type(litellm.get_max_tokens(MODEL), int | None)
    assert_type(litellm.get_supported_openai_params(MODEL), list[str] | None)
    assert_type(litellm.supports_function_calling(model=MODEL), bool)
    assert_type(litellm.supports_vision(MODEL), bool)
    assert_type(litellm.validate_environment(MODEL)["missing_keys"], list[str])
    assert_type(litellm.model_cost, dict[str, dict[str, Any]])
    assert_type([name for name in litellm.model_list if name in litellm.models_by_provider["openai"]], list[str])
    assert_type([str(provider) for provider in litellm.provider_list], list[str])
    assert_type(litellm.LlmProviders.OPENAI.value, str)
    litellm.register_model({MODEL: {"input_cost_per_token": 1e-6, "max_tokens": 100}})
    assert_type(litellm.utils.trim_messages(MESSAGES, MODEL), list[Any])
    for result in litellm.batch_completion(MODEL, [MESSAGES, MESSAGES]):
        assert_type(result, litellm.ModelResponse | litellm.EQError)


def forwarded(options: dict[str, Any], key: str | None, effort: Literal["low", "high"]) -> str | None:
    """What wrappers of other libraries do: options from a dict, None for what is not given."""
    answer = litellm.completion(model=MODEL, messages=MESSAGES, api_key=key, reasoning_effort=effort, top_p=None)
    assert_type(answer, litellm.ModelResponse)
    # Of options that nobody can see into, pyright needs to be told what `stream` is; mypy, what comes back.
    other: litellm.ModelResponse = litellm.completion(stream=False, **options)  # pyright: ignore[reportAny]
    return other.choices[0].message.content
