"""What requests are made of, as TypedDicts under litellm's names, for programs that annotate or build them so.

They are dicts and nothing else: no call looks at these classes. The members are OpenAI's
(https://platform.openai.com/docs/api-reference/chat/create), and those of litellm's that programs use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypedDict

__all__ = [
    "AllMessageValues",
    "ChatCompletionAnnotation",
    "ChatCompletionAnnotationURLCitation",
    "ChatCompletionAssistantMessage",
    "ChatCompletionAudioParam",
    "ChatCompletionImageObject",
    "ChatCompletionImageUrlObject",
    "ChatCompletionModality",
    "ChatCompletionPredictionContentParam",
    "ChatCompletionSystemMessage",
    "ChatCompletionTextObject",
    "ChatCompletionToolCallFunctionChunk",
    "ChatCompletionToolMessage",
    "ChatCompletionToolParam",
    "ChatCompletionToolParamFunctionChunk",
    "ChatCompletionUserMessage",
    "OpenAIMessageContent",
    "OpenAIWebSearchOptions",
    "OpenAIWebSearchUserLocation",
    "ResponseInputParam",
]


class ChatCompletionTextObject(TypedDict, total=False):
    """A part of a message that is text."""

    type: Literal["text"]
    text: str
    cache_control: Mapping[str, Any]


class ChatCompletionImageUrlObject(TypedDict, total=False):
    """Where a picture is, or the picture itself as a data URL."""

    url: str
    detail: str
    format: str


class ChatCompletionImageObject(TypedDict, total=False):
    """A part of a message that is a picture."""

    type: Literal["image_url"]
    image_url: str | ChatCompletionImageUrlObject


OpenAIMessageContent = str | Iterable[ChatCompletionTextObject | ChatCompletionImageObject | Mapping[str, Any]]


class ChatCompletionSystemMessage(TypedDict, total=False):
    """What the model is told before everybody else."""

    role: Literal["system"]
    content: Any
    name: str
    cache_control: Mapping[str, Any]


class ChatCompletionUserMessage(TypedDict, total=False):
    """What the user says."""

    role: Literal["user"]
    content: Any
    name: str
    cache_control: Mapping[str, Any]


class ChatCompletionToolCallFunctionChunk(TypedDict, total=False):
    """Which function a model calls, and with what."""

    name: str | None
    arguments: str
    provider_specific_fields: Mapping[str, Any] | None


class ChatCompletionAssistantMessage(TypedDict, total=False):
    """What a model said."""

    role: Literal["assistant"]
    content: Any
    name: str | None
    tool_calls: list[Any] | None
    function_call: ChatCompletionToolCallFunctionChunk | None
    reasoning_content: str | None
    thinking_blocks: list[Any] | None
    cache_control: Mapping[str, Any]


class ChatCompletionToolMessage(TypedDict, total=False):
    """What a tool answered."""

    role: Literal["tool"]
    content: Any
    tool_call_id: str


class ChatCompletionToolParamFunctionChunk(TypedDict, total=False):
    """A function that a model may call."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    strict: bool


class ChatCompletionToolParam(TypedDict, total=False):
    """A tool that a model may use."""

    type: Literal["function"] | str
    function: ChatCompletionToolParamFunctionChunk
    cache_control: Mapping[str, Any]


class ChatCompletionAnnotationURLCitation(TypedDict, total=False):
    """Which page a part of an answer rests on, and from where to where in the text."""

    start_index: int
    end_index: int
    title: str
    url: str


class ChatCompletionAnnotation(TypedDict, total=False):
    """A note on a part of an answer."""

    type: Literal["url_citation"]
    url_citation: ChatCompletionAnnotationURLCitation


class ChatCompletionAudioParam(TypedDict, total=False):
    """How a spoken answer is to sound."""

    format: Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]
    voice: Any


class ChatCompletionPredictionContentParam(TypedDict, total=False):
    """What most of the answer will be, which makes it faster."""

    type: Literal["content"]
    content: str | Iterable[ChatCompletionTextObject]


class OpenAIWebSearchUserLocation(TypedDict, total=False):
    """Where the user roughly is."""

    type: Literal["approximate"]
    approximate: Mapping[str, str]


class OpenAIWebSearchOptions(TypedDict, total=False):
    """How a model searches the web."""

    search_context_size: Literal["low", "medium", "high"] | None
    user_location: OpenAIWebSearchUserLocation | None


ChatCompletionModality = Literal["text", "audio"]

AllMessageValues = (
    ChatCompletionUserMessage | ChatCompletionAssistantMessage | ChatCompletionToolMessage | ChatCompletionSystemMessage
)

# What the Responses API is asked: items, each of them a dict of its type.
ResponseInputParam = list[Mapping[str, Any]]
