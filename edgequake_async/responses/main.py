"""``aresponses`` and its sync shim ``responses``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from ..timeouts import TimeoutTypes
    from ..types import ResponsesAPIResponse
    from .streaming_iterator import ResponsesAPIStreamingIterator, SyncResponsesAPIStreamingIterator

    Input = str | Sequence[Mapping[str, Any] | BaseModel]

__all__ = ["aresponses", "responses"]


@overload
async def aresponses(
    input: Input,
    model: str,
    *,
    stream: Literal[True],
    instructions: str | None = ...,
    max_output_tokens: int | None = ...,
    previous_response_id: str | None = ...,
    reasoning: Mapping[str, Any] | None = ...,
    temperature: float | None = ...,
    text: Mapping[str, Any] | None = ...,
    text_format: type[BaseModel] | Mapping[str, Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    tools: Sequence[Any] | None = ...,
    timeout: TimeoutTypes | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ResponsesAPIStreamingIterator: ...
@overload
async def aresponses(
    input: Input,
    model: str,
    *,
    stream: Literal[False] | None = ...,
    instructions: str | None = ...,
    max_output_tokens: int | None = ...,
    previous_response_id: str | None = ...,
    reasoning: Mapping[str, Any] | None = ...,
    temperature: float | None = ...,
    text: Mapping[str, Any] | None = ...,
    text_format: type[BaseModel] | Mapping[str, Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    tools: Sequence[Any] | None = ...,
    timeout: TimeoutTypes | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ResponsesAPIResponse: ...
@overload
async def aresponses(
    input: Input,
    model: str,
    *,
    stream: bool | None,
    instructions: str | None = ...,
    max_output_tokens: int | None = ...,
    previous_response_id: str | None = ...,
    reasoning: Mapping[str, Any] | None = ...,
    temperature: float | None = ...,
    text: Mapping[str, Any] | None = ...,
    text_format: type[BaseModel] | Mapping[str, Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    tools: Sequence[Any] | None = ...,
    timeout: TimeoutTypes | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ResponsesAPIResponse | ResponsesAPIStreamingIterator: ...
async def aresponses(
    input: Input,
    model: str,
    include: Sequence[str] | None = None,
    instructions: str | None = None,
    max_output_tokens: int | None = None,
    prompt: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    previous_response_id: str | None = None,
    reasoning: Mapping[str, Any] | None = None,
    store: bool | None = None,
    background: bool | None = None,
    stream: bool | None = None,
    temperature: float | None = None,
    text: Mapping[str, Any] | None = None,
    text_format: type[BaseModel] | Mapping[str, Any] | None = None,
    tool_choice: str | Mapping[str, Any] | None = None,
    tools: Sequence[Any] | None = None,
    top_p: float | None = None,
    truncation: str | None = None,
    user: str | None = None,
    service_tier: str | None = None,
    safety_identifier: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: TimeoutTypes | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse | ResponsesAPIStreamingIterator:
    """Ask a model through OpenAI's Responses API.

    The parameters are OpenAI's (https://platform.openai.com/docs/api-reference/responses/create) under litellm's names
    and in litellm's order; ``None`` means not given. A provider that has the API (the table in ``docs/providers.md``
    says which) is sent what was given, unknown names included. Every other is asked for a chat completion, whose answer
    is made a response; what a chat cannot say is refused by name.

    Args:
        input: a text, or items: messages, function calls and their outputs, reasoning. Items of an earlier response's
            ``output`` are accepted as they are.
        model: ``"provider/model"``, or a bare name of a model whose provider is known.
        text_format: a pydantic class whose JSON the answer must be; short for ``text={"format": ...}``.
        stream: return a stream of typed events instead of one response.
        timeout: seconds for the call (streams: for each wait), or four limits, see ``Timeouts``. Default 600.
        extra_query: what is added to the URL.
        **kwargs: also ``api_key``, ``api_base``, ``num_retries``, ``drop_params`` ... as in ``acompletion``.

    Returns:
        A ``ResponsesAPIResponse``; with ``stream=True`` a ``ResponsesAPIStreamingIterator`` once the provider has
        accepted the call.

    Raises:
        UnsupportedParamsError: the provider is asked by chat, which lacks what was asked for; the message lists it.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import respond

    return await respond(params)


@overload
def responses(
    input: Input,
    model: str,
    *,
    stream: Literal[True],
    instructions: str | None = ...,
    max_output_tokens: int | None = ...,
    previous_response_id: str | None = ...,
    reasoning: Mapping[str, Any] | None = ...,
    temperature: float | None = ...,
    text: Mapping[str, Any] | None = ...,
    text_format: type[BaseModel] | Mapping[str, Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    tools: Sequence[Any] | None = ...,
    timeout: TimeoutTypes | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> SyncResponsesAPIStreamingIterator: ...
@overload
def responses(
    input: Input,
    model: str,
    *,
    stream: Literal[False] | None = ...,
    instructions: str | None = ...,
    max_output_tokens: int | None = ...,
    previous_response_id: str | None = ...,
    reasoning: Mapping[str, Any] | None = ...,
    temperature: float | None = ...,
    text: Mapping[str, Any] | None = ...,
    text_format: type[BaseModel] | Mapping[str, Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    tools: Sequence[Any] | None = ...,
    timeout: TimeoutTypes | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ResponsesAPIResponse: ...
@overload
def responses(
    input: Input,
    model: str,
    *,
    stream: bool | None,
    instructions: str | None = ...,
    max_output_tokens: int | None = ...,
    previous_response_id: str | None = ...,
    reasoning: Mapping[str, Any] | None = ...,
    temperature: float | None = ...,
    text: Mapping[str, Any] | None = ...,
    text_format: type[BaseModel] | Mapping[str, Any] | None = ...,
    tool_choice: str | Mapping[str, Any] | None = ...,
    tools: Sequence[Any] | None = ...,
    timeout: TimeoutTypes | None = ...,
    extra_headers: Mapping[str, str] | None = ...,
    **kwargs: Any,
) -> ResponsesAPIResponse | SyncResponsesAPIStreamingIterator: ...
def responses(
    input: Input,
    model: str,
    include: Sequence[str] | None = None,
    instructions: str | None = None,
    max_output_tokens: int | None = None,
    prompt: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    previous_response_id: str | None = None,
    reasoning: Mapping[str, Any] | None = None,
    store: bool | None = None,
    background: bool | None = None,
    stream: bool | None = None,
    temperature: float | None = None,
    text: Mapping[str, Any] | None = None,
    text_format: type[BaseModel] | Mapping[str, Any] | None = None,
    tool_choice: str | Mapping[str, Any] | None = None,
    tools: Sequence[Any] | None = None,
    top_p: float | None = None,
    truncation: str | None = None,
    user: str | None = None,
    service_tier: str | None = None,
    safety_identifier: str | None = None,
    extra_headers: Mapping[str, str] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    timeout: TimeoutTypes | None = None,
    allowed_openai_params: list[str] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse | SyncResponsesAPIStreamingIterator:
    """``aresponses`` for code without an event loop; see there. Also works inside a running loop, which it blocks."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import respond_sync

    return respond_sync(params)
