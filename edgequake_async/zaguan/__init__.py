"""A client of the Zaguan CoreX gateway, with the names of zaguan-sdk, for asyncio, uvloop, trio and sync code.

    from edgequake_async.zaguan import AsyncZaguanClient

    async with AsyncZaguanClient("https://api.zaguanai.com", api_key) as client:
        response = await client.chat(model="openai/gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])
        print(response.choices[0].message.content)
        async for chunk in client.chat_stream(model="openai/gpt-4o-mini", messages=[...]):
            print(chunk.choices[0].delta.content or "", end="")

``ZaguanClient`` is the same for sync code. Importing this opens no socket, starts no thread and reads no configuration.
"""

from __future__ import annotations

from ..timeouts import Timeouts
from . import models
from ._streams import AsyncStream, SyncStream
from ._sync import ZaguanClient
from .accumulate import StreamAccumulator, accumulate_messages_events, reconstruct_message_from_stream
from .client import AsyncZaguanClient
from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    BandAccessDeniedError,
    ConflictError,
    InsufficientCreditsError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
    ZaguanError,
)
from .models import *  # noqa: F403  (a hundred names, listed there)
from .observability import (
    CompositeHook,
    ErrorEvent,
    LoggingHook,
    MetricsCollector,
    ObservabilityHook,
    RequestEvent,
    ResponseEvent,
    RetryEvent,
)
from .retry import RetryConfig, async_with_retry, with_retry
from .thinking import Thinking, extract_thinking, has_cached_tokens, has_reasoning_tokens

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AsyncStream",
    "AsyncZaguanClient",
    "AuthenticationError",
    "BandAccessDeniedError",
    "CompositeHook",
    "ConflictError",
    "ErrorEvent",
    "InsufficientCreditsError",
    "InvalidResponseError",
    "LoggingHook",
    "MetricsCollector",
    "NotFoundError",
    "ObservabilityHook",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestEvent",
    "ResponseEvent",
    "RetryConfig",
    "RetryEvent",
    "ServerError",
    "StreamAccumulator",
    "SyncStream",
    "Thinking",
    "Timeouts",
    "ValidationError",
    "ZaguanClient",
    "ZaguanError",
    "accumulate_messages_events",
    "async_with_retry",
    "extract_thinking",
    "has_cached_tokens",
    "has_reasoning_tokens",
    "reconstruct_message_from_stream",
    "with_retry",
]
__all__ += models.__all__
