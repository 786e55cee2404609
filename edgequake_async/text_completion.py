"""``atext_completion`` and its sync shim ``text_completion``: a prompt is continued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .streaming import AsyncStreamWrapper, SyncStreamWrapper
    from .types import TextCompletionResponse

    Prompt = str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]

__all__ = ["atext_completion", "text_completion"]


@overload
async def atext_completion(
    prompt: Prompt,
    model: str | None = ...,
    *,
    stream: Literal[True],
    echo: bool | None = ...,
    logprobs: int | None = ...,
    max_tokens: int | None = ...,
    n: int | None = ...,
    stop: str | Sequence[str] | None = ...,
    temperature: float | None = ...,
    api_base: str | None = ...,
    api_key: str | None = ...,
    **kwargs: Any,
) -> AsyncStreamWrapper[TextCompletionResponse]: ...
@overload
async def atext_completion(
    prompt: Prompt,
    model: str | None = ...,
    *,
    stream: Literal[False] | None = ...,
    echo: bool | None = ...,
    logprobs: int | None = ...,
    max_tokens: int | None = ...,
    n: int | None = ...,
    stop: str | Sequence[str] | None = ...,
    temperature: float | None = ...,
    api_base: str | None = ...,
    api_key: str | None = ...,
    **kwargs: Any,
) -> TextCompletionResponse: ...
@overload
async def atext_completion(
    prompt: Prompt,
    model: str | None = ...,
    *,
    stream: bool | None,
    echo: bool | None = ...,
    logprobs: int | None = ...,
    max_tokens: int | None = ...,
    n: int | None = ...,
    stop: str | Sequence[str] | None = ...,
    temperature: float | None = ...,
    api_base: str | None = ...,
    api_key: str | None = ...,
    **kwargs: Any,
) -> TextCompletionResponse | AsyncStreamWrapper[TextCompletionResponse]: ...
async def atext_completion(
    prompt: Prompt,
    model: str | None = None,
    best_of: int | None = None,
    echo: bool | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    logprobs: int | None = None,
    max_tokens: int | None = None,
    n: int | None = None,
    presence_penalty: float | None = None,
    stop: str | Sequence[str] | None = None,
    stream: bool | None = None,
    stream_options: Mapping[str, Any] | None = None,
    suffix: str | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    user: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: list[Any] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> TextCompletionResponse | AsyncStreamWrapper[TextCompletionResponse]:
    """Ask a model to continue a text.

    Providers that speak OpenAI's protocol are asked at ``/completions``
    (https://platform.openai.com/docs/api-reference/completions/create). Others are asked as a chat whose user says the
    prompt; what a chat cannot do (``best_of``, ``echo``, ``suffix``, ``logprobs``, prompts of tokens) they refuse.

    Args:
        prompt: a text, texts, or token ids.
        model: ``"provider/model"``, or a bare name of a model whose provider is known.
        stream: return a stream of ``TextCompletionResponse`` instead of one.
        **kwargs: as in ``acompletion``.

    Returns:
        A ``TextCompletionResponse``, its choices in the order of the prompts; with ``stream=True`` a stream of them.

    Raises:
        EQError: every failure, as in ``acompletion``.
        UnsupportedParamsError: a parameter that a chat cannot say, where the provider is asked as a chat.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .text_calls import text

    return await text(params)


@overload
def text_completion(
    prompt: Prompt,
    model: str | None = ...,
    *,
    stream: Literal[True],
    echo: bool | None = ...,
    logprobs: int | None = ...,
    max_tokens: int | None = ...,
    n: int | None = ...,
    stop: str | Sequence[str] | None = ...,
    temperature: float | None = ...,
    api_base: str | None = ...,
    api_key: str | None = ...,
    **kwargs: Any,
) -> SyncStreamWrapper[TextCompletionResponse]: ...
@overload
def text_completion(
    prompt: Prompt,
    model: str | None = ...,
    *,
    stream: Literal[False] | None = ...,
    echo: bool | None = ...,
    logprobs: int | None = ...,
    max_tokens: int | None = ...,
    n: int | None = ...,
    stop: str | Sequence[str] | None = ...,
    temperature: float | None = ...,
    api_base: str | None = ...,
    api_key: str | None = ...,
    **kwargs: Any,
) -> TextCompletionResponse: ...
@overload
def text_completion(
    prompt: Prompt,
    model: str | None = ...,
    *,
    stream: bool | None,
    echo: bool | None = ...,
    logprobs: int | None = ...,
    max_tokens: int | None = ...,
    n: int | None = ...,
    stop: str | Sequence[str] | None = ...,
    temperature: float | None = ...,
    api_base: str | None = ...,
    api_key: str | None = ...,
    **kwargs: Any,
) -> TextCompletionResponse | SyncStreamWrapper[TextCompletionResponse]: ...
def text_completion(
    prompt: Prompt,
    model: str | None = None,
    best_of: int | None = None,
    echo: bool | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    logprobs: int | None = None,
    max_tokens: int | None = None,
    n: int | None = None,
    presence_penalty: float | None = None,
    stop: str | Sequence[str] | None = None,
    stream: bool | None = None,
    stream_options: Mapping[str, Any] | None = None,
    suffix: str | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    user: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: list[Any] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> TextCompletionResponse | SyncStreamWrapper[TextCompletionResponse]:
    """``atext_completion`` for code without an event loop; see there. Works inside a running loop too, which it blocks.

    Returns:
        A ``TextCompletionResponse``; with ``stream=True`` a ``SyncStreamWrapper`` of them.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .streaming import AsyncStreamWrapper, SyncStreamWrapper
    from .sync import run
    from .text_calls import text
    from .types import TextCompletionResponse

    response = run(text, params)
    if isinstance(response, AsyncStreamWrapper):
        return SyncStreamWrapper[TextCompletionResponse].of(response)
    return response
