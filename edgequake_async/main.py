"""The public functions under the name by which programs import them: ``litellm.main``."""

from __future__ import annotations

from .audio import aspeech, atranscription, speech, transcription
from .batch_completion import batch_completion
from .chunk_builder import stream_chunk_builder
from .completion import acompletion, completion
from .embedding import aembedding, embedding
from .image_generation import aimage_edit, aimage_generation, image_edit, image_generation
from .moderation import amoderation, moderation
from .rerank import arerank, rerank
from .responses.main import aresponses, responses
from .streaming import CustomStreamWrapper
from .text_completion import atext_completion, text_completion
from .tokens import decode, encode, encoding, token_counter
from .types import EmbeddingResponse, ImageResponse, ModelResponse, TextCompletionResponse, TranscriptionResponse

__all__ = [
    "CustomStreamWrapper",
    "EmbeddingResponse",
    "ImageResponse",
    "ModelResponse",
    "TextCompletionResponse",
    "TranscriptionResponse",
    "acompletion",
    "aembedding",
    "aimage_edit",
    "aimage_generation",
    "amoderation",
    "arerank",
    "aresponses",
    "aspeech",
    "atext_completion",
    "atranscription",
    "batch_completion",
    "completion",
    "decode",
    "embedding",
    "encode",
    "encoding",
    "image_edit",
    "image_generation",
    "moderation",
    "rerank",
    "responses",
    "speech",
    "stream_chunk_builder",
    "text_completion",
    "token_counter",
    "transcription",
]
