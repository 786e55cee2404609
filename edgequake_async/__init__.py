"""edgequake_async: the async LLM client that Python services trust, with litellm's API over a Rust core.

    import edgequake_async as eq

    response = await eq.acompletion("openai/gpt-4o-mini", [{"role": "user", "content": "Hello"}])
    print(response.choices[0].message.content)

Serves asyncio, uvloop, trio and anyio task groups; ``completion`` and ``embedding`` are sync shims over the same core.
Importing it opens no socket, starts no thread and reads no configuration.
"""

from __future__ import annotations

import sys as _sys
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import _eq_core
from ._eq_core import __version__
from .completion import acompletion, completion
from .config import SettingsModule as _SettingsModule
from .embedding import aembedding, embedding
from .exceptions import TOP_LEVEL as _TOP_LEVEL
from .exceptions import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    AuthenticationError,
    AzureOpenAIError,
    BadGatewayError,
    BadRequestError,
    BudgetExceededError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    EQError,
    ImageFetchError,
    InternalServerError,
    InvalidRequestError,
    JSONSchemaValidationError,
    LiteLLMUnknownProvider,
    MockException,
    NotFoundError,
    OpenAIError,
    PermissionDeniedError,
    RateLimitError,
    RouterRateLimitError,
    ServiceUnavailableError,
    Timeout,
    UnprocessableEntityError,
    UnsupportedParamsError,
)
from .exceptions import __all__ as _ERRORS
from .rerank import arerank, rerank

if _TYPE_CHECKING:
    from .chunk_builder import stream_chunk_builder
    from .streaming import AsyncStreamWrapper, CustomStreamWrapper, SyncStreamWrapper
    from .timeouts import Timeouts
    from .types import (
        ChatCompletionDeltaToolCall,
        ChatCompletionMessageToolCall,
        Choices,
        Delta,
        Embedding,
        EmbeddingObject,
        EmbeddingResponse,
        Function,
        Message,
        ModelResponse,
        ModelResponseStream,
        RerankResponse,
        ResponsesAPIResponse,
        StreamingChoices,
        StreamingModelResponse,
        TextChoices,
        TextCompletionResponse,
        Usage,
    )

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AsyncStreamWrapper",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BudgetExceededError",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageToolCall",
    "Choices",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "CustomStreamWrapper",
    "Delta",
    "EQError",
    "Embedding",
    "EmbeddingObject",
    "EmbeddingResponse",
    "Function",
    "ImageFetchError",
    "InternalServerError",
    "InvalidRequestError",
    "JSONSchemaValidationError",
    "LiteLLMUnknownProvider",
    "Message",
    "MockException",
    "ModelResponse",
    "ModelResponseStream",
    "NotFoundError",
    "OpenAIError",
    "PermissionDeniedError",
    "RateLimitError",
    "RerankResponse",
    "ResponsesAPIResponse",
    "RouterRateLimitError",
    "ServiceUnavailableError",
    "StreamingChoices",
    "StreamingModelResponse",
    "SyncStreamWrapper",
    "TextChoices",
    "TextCompletionResponse",
    "Timeout",
    "Timeouts",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
    "Usage",
    "__version__",
    "acompletion",
    "aembedding",
    "arerank",
    "completion",
    "embedding",
    "rerank",
    "stream_chunk_builder",
]

if _eq_core.debug_build:
    import warnings as _warnings

    _warnings.warn("edgequake_async was built without optimisation and is many times slower", stacklevel=2)


# Where names live that need pydantic: importing it here would make this import take 100 ms instead of 15.
_LAZY = {
    "AsyncStreamWrapper": "streaming",
    "CustomStreamWrapper": "streaming",
    "SyncStreamWrapper": "streaming",
    "Timeouts": "timeouts",
    "stream_chunk_builder": "chunk_builder",
}
_LAZY |= dict.fromkeys(set(_ERRORS) - set(_TOP_LEVEL) - {"EQError"}, "exceptions")
_LAZY |= dict.fromkeys(set(__all__) - set(globals()) - set(_LAZY), "types")


def __dir__() -> list[str]:
    # Programs made for litellm look through dir() for names that end in Error and refuse one that litellm lacks.
    return sorted((set(globals()) | set(__all__)) - (set(_ERRORS) - set(_TOP_LEVEL)))


_sys.modules[__name__].__class__ = _SettingsModule
