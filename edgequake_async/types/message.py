"""What a model says: messages, their streamed pieces, tool calls.

Promises that a message of an answer may be placed in the next request as it is. Fields that providers send now and then
(reasoning, audio, images, annotations) are missing unless sent. Parsing invents no ids; constructors do, as litellm's.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SerializationInfo, SerializeAsAny, SerializerFunctionWrapHandler, model_serializer
from pydantic_core import to_json

from .base import AS_SENT, OpenAIObject, Text, adopt, constructor

__all__ = [
    "ChatCompletionAudioResponse",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageToolCall",
    "Delta",
    "Function",
    "FunctionCall",
    "Message",
]


class Function(OpenAIObject):
    """A function's name and its arguments as JSON text."""

    name: Text = None
    arguments: Annotated[str, AS_SENT] = ""

    @constructor
    def __init__(
        self, /, arguments: Mapping[str, Any] | str | None = None, name: str | None = None, **params: Any
    ) -> None:
        if isinstance(arguments, Mapping):
            arguments = to_json(arguments).decode()
        super().__init__(name=name, arguments=arguments or "", **params)


class FunctionCall(Function):
    """A call in the form that preceded tools."""


class ChatCompletionMessageToolCall(OpenAIObject):
    """A tool call of a message. ``function`` is None for tools that are no functions (then see the item ``type``)."""

    id: Text = None
    type: Annotated[str, AS_SENT] = "function"
    function: SerializeAsAny[Function] = Field(default=None)  # type: ignore[assignment]

    @constructor
    def __init__(
        self,
        /,
        function: Function | Mapping[str, Any] | None = None,
        id: str | None = None,
        type: str | None = None,
        **params: Any,
    ) -> None:
        if isinstance(function, Mapping):
            function = Function(**function)
        super().__init__(
            id=id or f"call_{uuid.uuid4()}",
            type=type or "function",
            function=Function() if function is None else adopt(Function, function),
            **params,
        )


class ChatCompletionDeltaToolCall(OpenAIObject):
    """A piece of a tool call. ``index`` says of which call; some providers leave it out (None)."""

    id: Text = None
    type: Annotated[str, AS_SENT] = "function"
    function: SerializeAsAny[Function] = Field(default_factory=Function)
    index: Annotated[int | None, AS_SENT] = None


class ChatCompletionAudioResponse(OpenAIObject):
    """Spoken output: base64 ``data``, ``transcript``, ``expires_at`` in Unix seconds."""

    id: Text = None
    data: Text = None
    transcript: Text = None
    expires_at: Annotated[int | None, AS_SENT] = None


def audio_as_sent(audio: Mapping[str, Any]) -> Mapping[str, Any]:
    """What of spoken output goes into the next request: its id alone, where it has one.

    https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
    """
    return {"id": audio["id"]} if audio.get("id") else audio


_OPTIONAL: dict[str, type[OpenAIObject] | None] = {
    "annotations": None,
    "audio": ChatCompletionAudioResponse,
    "images": None,
    "provider_specific_fields": None,
    "reasoning_content": None,
    "reasoning_items": None,
    "thinking_blocks": None,
}


_ALIASES = {"reasoning_content": "reasoning"}


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if value is not None or key not in _OPTIONAL}


class Message(OpenAIObject):
    """A whole message.

    ``reasoning_content`` also answers where the provider calls it ``reasoning``. ``content`` may be a list of parts,
    where a provider (Mistral) sends one.
    """

    content: Text = None
    role: Annotated[str, AS_SENT] = "assistant"
    tool_calls: SerializeAsAny[list[ChatCompletionMessageToolCall] | None] = None
    function_call: SerializeAsAny[FunctionCall | None] = None

    optional_fields = _OPTIONAL
    read_aliases = _ALIASES

    if TYPE_CHECKING:
        refusal: str | None = None
        reasoning_content: str | None = None
        thinking_blocks: list[dict[str, Any]] | None = None
        reasoning_items: list[dict[str, Any]] | None = None
        annotations: list[dict[str, Any]] | None = None
        images: list[dict[str, Any]] | None = None
        audio: ChatCompletionAudioResponse | None = None
        provider_specific_fields: dict[str, Any] | None = None

    @constructor
    def __init__(
        self,
        /,
        content: Any = None,
        role: str | None = "assistant",
        function_call: Any = None,
        tool_calls: Any = None,
        **params: Any,
    ) -> None:
        if tool_calls is not None:
            tool_calls = [
                ChatCompletionMessageToolCall(**call)
                if isinstance(call, Mapping)
                else adopt(ChatCompletionMessageToolCall, call)
                for call in tool_calls
            ]
        if isinstance(function_call, Mapping):
            function_call = FunctionCall(**function_call)
        super().__init__(
            content=content,
            role=role or "assistant",
            tool_calls=tool_calls,
            function_call=None if function_call is None else adopt(FunctionCall, function_call),
            **_given(params),
        )

    @model_serializer(mode="wrap")
    def _for_sending(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo):  # type: ignore[no-untyped-def]
        # No return annotation: with one, the JSON schema would say no more than that.
        fields = handler(self)
        # Requests are written as JSON without None. Providers refuse an empty list of calls and fields not their own;
        # the translator of a provider with a protocol of its own takes from these what it gave.
        calls = fields.get("tool_calls")
        own = [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
        for call in own:
            # Of tools that are no functions; the member would be null.
            if call.get("function", call) is None:
                del call["function"]
        if info.exclude_none and info.mode == "json":
            # Only in a request: the sound is nowhere else.
            if info.context and isinstance(audio := fields.get("audio"), dict):
                fields["audio"] = audio_as_sent(audio)
            if not (info.context or {}).get("native"):
                fields.pop("provider_specific_fields", None)
                for call in own:
                    call.pop("provider_specific_fields", None)
            if not calls:
                fields.pop("tool_calls", None)
        return fields


class Delta(OpenAIObject):
    """A streamed piece of a message; optional fields as in ``Message``."""

    content: Text = None
    role: Text = None
    function_call: SerializeAsAny[FunctionCall | None] = None
    tool_calls: SerializeAsAny[list[ChatCompletionDeltaToolCall] | None] = None

    optional_fields = _OPTIONAL
    read_aliases = _ALIASES

    if TYPE_CHECKING:
        refusal: str | None = None
        reasoning_content: str | None = None
        thinking_blocks: list[dict[str, Any]] | None = None
        annotations: list[dict[str, Any]] | None = None
        images: list[dict[str, Any]] | None = None
        audio: ChatCompletionAudioResponse | None = None
        provider_specific_fields: dict[str, Any] | None = None

    @constructor
    def __init__(
        self,
        /,
        content: Any = None,
        role: str | None = None,
        function_call: Any = None,
        tool_calls: Any = None,
        **params: Any,
    ) -> None:
        super().__init__(
            content=content,
            role=role,
            function_call=None if function_call is None else adopt(FunctionCall, function_call),
            tool_calls=None
            if tool_calls is None
            else [adopt(ChatCompletionDeltaToolCall, call) for call in tool_calls],
            **_given(params),
        )
