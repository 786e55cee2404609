"""The public functions under the name by which programs import them: ``litellm.main``."""

from __future__ import annotations

from .chunk_builder import stream_chunk_builder
from .completion import acompletion, completion
from .embedding import aembedding, embedding
from .responses.main import aresponses, responses
from .streaming import CustomStreamWrapper
from .types import EmbeddingResponse, ModelResponse

__all__ = [
    "CustomStreamWrapper",
    "EmbeddingResponse",
    "ModelResponse",
    "acompletion",
    "aembedding",
    "aresponses",
    "completion",
    "embedding",
    "responses",
    "stream_chunk_builder",
]
