"""The public functions under the name by which programs import them: ``litellm.main``."""

from __future__ import annotations

from .chunk_builder import stream_chunk_builder
from .completion import acompletion, completion
from .embedding import aembedding, embedding
from .streaming import CustomStreamWrapper
from .tokens import decode, encode, encoding, token_counter
from .types import EmbeddingResponse, ModelResponse

__all__ = [
    "CustomStreamWrapper",
    "EmbeddingResponse",
    "ModelResponse",
    "acompletion",
    "aembedding",
    "completion",
    "decode",
    "embedding",
    "encode",
    "encoding",
    "stream_chunk_builder",
    "token_counter",
]
