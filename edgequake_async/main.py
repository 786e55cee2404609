"""The public functions under the name by which programs import them: ``litellm.main``."""

from __future__ import annotations

from .batch_completion import batch_completion
from .chunk_builder import stream_chunk_builder
from .completion import acompletion, completion
from .embedding import aembedding, embedding
from .streaming import CustomStreamWrapper
from .text_completion import atext_completion, text_completion
from .types import EmbeddingResponse, ModelResponse, TextCompletionResponse

__all__ = [
    "CustomStreamWrapper",
    "EmbeddingResponse",
    "ModelResponse",
    "TextCompletionResponse",
    "acompletion",
    "aembedding",
    "atext_completion",
    "batch_completion",
    "completion",
    "embedding",
    "stream_chunk_builder",
    "text_completion",
]
