"""``acompletion`` and its sync shim ``completion``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from .streaming import AsyncStreamWrapper, SyncStreamWrapper
    from .timeouts import TimeoutTypes
    from .types import Message, ModelResponse

    Messages = Sequence[Mapping[str, Any] | Message | BaseModel]

__all__ = ["acompletion", "completion"]

# Importing pydantic and the response types takes 60 ms; the functions here fetch what they need when called (0.4 us).


@overload
async def acompletion(
    model: str,
    messages: Messages = ...,
    *,
    stream: Literal[True],
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    tools: Sequence[Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    response_format: Mapping[str, Any] | type[BaseModel] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> AsyncStreamWrapper: ...
@overload
async def acompletion(
    model: str,
    messages: Messages = ...,
    *,
    stream: Literal[False] | None = ...,
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    tools: Sequence[Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    response_format: Mapping[str, Any] | type[BaseModel] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ModelResponse: ...
@overload
async def acompletion(
    model: str,
    messages: Messages = ...,
    *,
    stream: bool | None,
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    tools: Sequence[Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    response_format: Mapping[str, Any] | type[BaseModel] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ModelResponse | AsyncStreamWrapper: ...
async def acompletion(
    model: str,
    messages: Messages = (),
    functions: list[Any] | None = None,
    function_call: str | Mapping[str, Any] | None = None,
    timeout: TimeoutTypes | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stream_options: Mapping[str, Any] | None = None,
    stop: str | Sequence[str] | None = None,
    max_tokens: int | None = None,
    max_completion_tokens: int | None = None,
    modalities: list[str] | None = None,
    prediction: Mapping[str, Any] | None = None,
    audio: Mapping[str, Any] | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    user: str | None = None,
    response_format: Mapping[str, Any] | type[BaseModel] | None = None,
    seed: int | None = None,
    tools: Sequence[Any] | None = None,
    tool_choice: str | Mapping[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    logprobs: bool | None = None,
    top_logprobs: int | None = None,
    deployment_id: str | None = None,
    reasoning_effort: str | None = None,
    verbosity: str | None = None,
    safety_identifier: str | None = None,
    service_tier: str | None = None,
    store: bool | None = None,
    prompt_cache_key: str | None = None,
    base_url: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: list[Any] | None = None,
    extra_headers: Mapping[str, str] | None = None,
    thinking: Mapping[str, Any] | None = None,
    web_search_options: Mapping[str, Any] | None = None,
    include_server_side_tool_invocations: bool | None = None,
    shared_session: Any = None,
    enable_json_schema_validation: bool | None = None,
    **kwargs: Any,
) -> ModelResponse | AsyncStreamWrapper:
    """Ask a model for a chat completion.

    Runs on asyncio, uvloop and trio. The parameters are OpenAI's (https://platform.openai.com/docs/api-reference/chat)
    under litellm's names and in litellm's order; ``None`` means not given; names that are not listed are sent to the
    provider as they are. The caller's objects are never changed.

    Args:
        model: ``"provider/model"``, or a bare name of a model whose provider is known.
        messages: dicts, or messages of earlier responses.
        timeout: seconds for the call (streams: for each wait), or four limits, see ``Timeouts``. Default 600.
        stream: return a stream of chunks instead of one response.
        response_format: a pydantic class, or a dict that is sent as it is.
        base_url: another name of ``api_base``.
        api_key: wins over ``edgequake_async.<provider>_key`` and the environment.
        extra_headers: additional HTTP headers; they win over ours.
        **kwargs: also ``api_base``, ``extra_body`` (merged flat into the request body), ``num_retries`` or
            ``max_retries`` (default 3; only before the first byte of an answer, after connection failures, 408, 429
            and 5xx), ``ssl_verify`` (a bool, or the path of a PEM file), ``custom_llm_provider``, ``stream_timeout``,
            ``additional_drop_params`` (names not to send).

    Returns:
        A ``ModelResponse``; with ``stream=True`` an ``AsyncStreamWrapper`` once the provider has accepted the call.

    Raises:
        BadRequestError: an argument is wrong (the message names it), or the provider said so.
        AuthenticationError: no key, or not accepted.
        Timeout: a limit passed; ``timeout_kind`` says which.
        APIConnectionError: no answer.
        EQError: the base of these and of every other failure, see ``edgequake_async.exceptions``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import chat

    return await chat(params)


@overload
def completion(
    model: str,
    messages: Messages = ...,
    *,
    stream: Literal[True],
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    tools: Sequence[Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    response_format: Mapping[str, Any] | type[BaseModel] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> SyncStreamWrapper: ...
@overload
def completion(
    model: str,
    messages: Messages = ...,
    *,
    stream: Literal[False] | None = ...,
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    tools: Sequence[Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    response_format: Mapping[str, Any] | type[BaseModel] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ModelResponse: ...
@overload
def completion(
    model: str,
    messages: Messages = ...,
    *,
    stream: bool | None,
    temperature: float | None = ...,
    max_tokens: int | None = ...,
    tools: Sequence[Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    response_format: Mapping[str, Any] | type[BaseModel] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ModelResponse | SyncStreamWrapper: ...
def completion(
    model: str,
    messages: Messages = (),
    timeout: TimeoutTypes | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stream_options: Mapping[str, Any] | None = None,
    stop: str | Sequence[str] | None = None,
    max_completion_tokens: int | None = None,
    max_tokens: int | None = None,
    modalities: list[str] | None = None,
    prediction: Mapping[str, Any] | None = None,
    audio: Mapping[str, Any] | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    user: str | None = None,
    reasoning_effort: str | None = None,
    verbosity: str | None = None,
    response_format: Mapping[str, Any] | type[BaseModel] | None = None,
    seed: int | None = None,
    tools: Sequence[Any] | None = None,
    tool_choice: str | Mapping[str, Any] | None = None,
    logprobs: bool | None = None,
    top_logprobs: int | None = None,
    parallel_tool_calls: bool | None = None,
    web_search_options: Mapping[str, Any] | None = None,
    include_server_side_tool_invocations: bool | None = None,
    deployment_id: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    safety_identifier: str | None = None,
    service_tier: str | None = None,
    store: bool | None = None,
    prompt_cache_key: str | None = None,
    functions: list[Any] | None = None,
    function_call: str | Mapping[str, Any] | None = None,
    base_url: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: list[Any] | None = None,
    thinking: Mapping[str, Any] | None = None,
    shared_session: Any = None,
    enable_json_schema_validation: bool | None = None,
    **kwargs: Any,
) -> ModelResponse | SyncStreamWrapper:
    """``acompletion`` for code without an event loop; see there. Also works inside a running loop, which it blocks.

    Returns:
        A ``ModelResponse``; with ``stream=True`` a ``SyncStreamWrapper``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import chat_sync

    return chat_sync(params)
