"""Response types: pydantic models that answer like dicts and lose nothing; ``base`` says what all promise."""

from __future__ import annotations

import importlib
from typing import Any

from ..custom_llm import GenericStreamingChunk
from .base import OpenAIObject
from .binary import HttpxBinaryResponseContent
from .completion import (
    Choices,
    ModelResponse,
    ModelResponseBase,
    ModelResponseStream,
    StreamingChoices,
    StreamingModelResponse,
)
from .embedding import Embedding, EmbeddingObject, EmbeddingResponse
from .files import (
    BatchErrors,
    BatchPage,
    BatchRequestCounts,
    CursorPage,
    FileDeleted,
    FilePage,
    LiteLLMBatch,
    OpenAIFileObject,
)
from .logprobs import ChatCompletionTokenLogprob, ChoiceLogprobs, TopLogprob
from .media import ImageObject, ImageResponse, ImageUsage, TranscriptionResponse
from .message import (
    ChatCompletionAudioResponse,
    ChatCompletionDeltaToolCall,
    ChatCompletionMessageToolCall,
    Delta,
    Function,
    FunctionCall,
    Message,
)
from .model_info import ModelInfo
from .moderation import ModerationCategories, OpenAIModerationResponse, OpenAIModerationResult
from .rerank import RerankResponse, RerankResponseMeta, RerankResponseResult
from .responses import ResponseAPIUsage, ResponseOutputContent, ResponseOutputItem, ResponsesAPIResponse
from .text import TextChoices, TextCompletionResponse
from .usage import CompletionTokensDetailsWrapper, PromptTokensDetails, PromptTokensDetailsWrapper, Usage

__all__ = [
    "BatchErrors",
    "BatchPage",
    "BatchRequestCounts",
    "ChatCompletionAudioResponse",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageToolCall",
    "ChatCompletionTokenLogprob",
    "ChoiceLogprobs",
    "Choices",
    "CompletionTokensDetailsWrapper",
    "CursorPage",
    "Delta",
    "Embedding",
    "EmbeddingObject",
    "EmbeddingResponse",
    "FileDeleted",
    "FilePage",
    "Function",
    "FunctionCall",
    "GenericStreamingChunk",
    "HttpxBinaryResponseContent",
    "ImageObject",
    "ImageResponse",
    "ImageUsage",
    "LiteLLMBatch",
    "Message",
    "ModelInfo",
    "ModelResponse",
    "ModelResponseBase",
    "ModelResponseStream",
    "ModerationCategories",
    "OpenAIFileObject",
    "OpenAIModerationResponse",
    "OpenAIModerationResult",
    "OpenAIObject",
    "PromptTokensDetails",
    "PromptTokensDetailsWrapper",
    "RerankResponse",
    "RerankResponseMeta",
    "RerankResponseResult",
    "ResponseAPIUsage",
    "ResponseOutputContent",
    "ResponseOutputItem",
    "ResponsesAPIResponse",
    "StreamingChoices",
    "StreamingModelResponse",
    "TextChoices",
    "TextCompletionResponse",
    "TopLogprob",
    "TranscriptionResponse",
    "Usage",
]


def __getattr__(name: str) -> Any:
    # Programs reach these through the package without importing them: litellm.types.utils.ModelResponse.
    if name in {"llms", "router", "utils"}:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
