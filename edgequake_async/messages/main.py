"""``anthropic_messages`` and its sync shim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..timeouts import TimeoutTypes
    from ..types.llms.anthropic_messages.anthropic_response import AnthropicMessagesResponse
    from .streaming import AnthropicMessagesStream, SyncAnthropicMessagesStream

    Messages = Sequence[Mapping[str, Any]]
    System = str | Sequence[Mapping[str, Any]]

__all__ = ["anthropic_messages", "anthropic_messages_handler"]


@overload
async def anthropic_messages(
    max_tokens: int,
    messages: Messages,
    model: str,
    *,
    stream: Literal[True],
    system: System | None = ...,
    temperature: float | None = ...,
    thinking: Mapping[str, Any] | None = ...,
    tool_choice: Mapping[str, Any] | None = ...,
    tools: Sequence[Mapping[str, Any]] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    api_base: str | None = ...,
    **kwargs: Any,
) -> AnthropicMessagesStream: ...
@overload
async def anthropic_messages(
    max_tokens: int,
    messages: Messages,
    model: str,
    *,
    stream: Literal[False] | None = ...,
    system: System | None = ...,
    temperature: float | None = ...,
    thinking: Mapping[str, Any] | None = ...,
    tool_choice: Mapping[str, Any] | None = ...,
    tools: Sequence[Mapping[str, Any]] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    api_base: str | None = ...,
    **kwargs: Any,
) -> AnthropicMessagesResponse: ...
@overload
async def anthropic_messages(
    max_tokens: int,
    messages: Messages,
    model: str,
    *,
    stream: bool | None,
    system: System | None = ...,
    temperature: float | None = ...,
    thinking: Mapping[str, Any] | None = ...,
    tool_choice: Mapping[str, Any] | None = ...,
    tools: Sequence[Mapping[str, Any]] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    api_base: str | None = ...,
    **kwargs: Any,
) -> AnthropicMessagesResponse | AnthropicMessagesStream: ...
async def anthropic_messages(
    max_tokens: int,
    messages: Messages,
    model: str,
    metadata: Mapping[str, Any] | None = None,
    stop_sequences: Sequence[str] | None = None,
    stream: bool | None = False,
    system: System | None = None,
    temperature: float | None = None,
    thinking: Mapping[str, Any] | None = None,
    tool_choice: Mapping[str, Any] | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    client: Any = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> AnthropicMessagesResponse | AnthropicMessagesStream:
    """Ask a model through Anthropic's Messages API.

    The parameters are Anthropic's (https://docs.anthropic.com/en/api/messages) in litellm's order; ``None`` means not
    given. A provider that has the API for that model (``docs/messages.md`` says which) is sent what was given, unknown
    names included, and its answer is handed on as it came. Every other is asked for a chat completion, whose answer is
    made a message; what a chat cannot say is refused by name.

    Args:
        max_tokens: how long the answer may be.
        messages: dicts with ``role`` and ``content``, a text or blocks. Blocks of earlier answers are accepted as they
            are.
        model: ``"provider/model"``, or a bare name of a model whose provider is known.
        stream: return a stream of events instead of one message.
        **kwargs: Anthropic's other parameters, and ``timeout``, ``extra_headers`` (``anthropic-beta``, ...),
            ``num_retries``, ``drop_params`` ... as in ``acompletion``.

    Returns:
        A dict in Anthropic's shape; with ``stream=True`` an ``AnthropicMessagesStream`` once the provider has accepted
        the call. Its items are the bytes of server-sent events, whose ``data`` is a dict.

    Raises:
        UnsupportedParamsError: the provider is asked by chat, which lacks what was asked for; the message lists it.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import message

    return await message(params)


@overload
def anthropic_messages_handler(
    max_tokens: int,
    messages: Messages,
    model: str,
    *,
    stream: Literal[True],
    system: System | None = ...,
    temperature: float | None = ...,
    thinking: Mapping[str, Any] | None = ...,
    tool_choice: Mapping[str, Any] | None = ...,
    tools: Sequence[Mapping[str, Any]] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    api_base: str | None = ...,
    **kwargs: Any,
) -> SyncAnthropicMessagesStream: ...
@overload
def anthropic_messages_handler(
    max_tokens: int,
    messages: Messages,
    model: str,
    *,
    stream: Literal[False] | None = ...,
    system: System | None = ...,
    temperature: float | None = ...,
    thinking: Mapping[str, Any] | None = ...,
    tool_choice: Mapping[str, Any] | None = ...,
    tools: Sequence[Mapping[str, Any]] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    api_base: str | None = ...,
    **kwargs: Any,
) -> AnthropicMessagesResponse: ...
@overload
def anthropic_messages_handler(
    max_tokens: int,
    messages: Messages,
    model: str,
    *,
    stream: bool | None,
    system: System | None = ...,
    temperature: float | None = ...,
    thinking: Mapping[str, Any] | None = ...,
    tool_choice: Mapping[str, Any] | None = ...,
    tools: Sequence[Mapping[str, Any]] | None = ...,
    timeout: TimeoutTypes | None = ...,
    api_key: str | None = ...,
    api_base: str | None = ...,
    **kwargs: Any,
) -> AnthropicMessagesResponse | SyncAnthropicMessagesStream: ...
def anthropic_messages_handler(
    max_tokens: int,
    messages: Messages,
    model: str,
    metadata: Mapping[str, Any] | None = None,
    stop_sequences: Sequence[str] | None = None,
    stream: bool | None = False,
    system: System | None = None,
    temperature: float | None = None,
    thinking: Mapping[str, Any] | None = None,
    tool_choice: Mapping[str, Any] | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    container: Mapping[str, Any] | None = None,
    api_key: str | None = None,
    api_base: str | None = None,
    client: Any = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> AnthropicMessagesResponse | SyncAnthropicMessagesStream:
    """``anthropic_messages`` for code without an event loop; see there. Works inside a running loop too.

    Returns:
        A dict in Anthropic's shape; with ``stream=True`` a ``SyncAnthropicMessagesStream``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .calls import message_sync

    return message_sync(params)
