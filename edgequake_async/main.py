"""The public functions under the name by which programs import them: ``litellm.main``."""

from __future__ import annotations

from .audio import aspeech, atranscription, speech, transcription
from .batch_completion import batch_completion
from .chunk_builder import stream_chunk_builder
from .completion import acompletion, completion
from .embedding import aembedding, embedding
from .image_generation import aimage_edit, aimage_generation, image_edit, image_generation
from .messages.main import anthropic_messages
from .model_info import get_model_info
from .moderation import amoderation, moderation
from .provider_names import LlmProviders, get_llm_provider
from .rerank import arerank, rerank
from .responses.main import aresponses, responses
from .streaming import CustomStreamWrapper
from .switches import get_secret_bool
from .text_completion import atext_completion, text_completion
from .thinking import validate_and_fix_thinking_param
from .tokens import create_pretrained_tokenizer, decode, encode, encoding, token_counter
from .types import *  # noqa: F403
from .types import __all__ as _TYPES
from .types.llms.anthropic import AnthropicThinkingParam
from .types.llms.params import *  # noqa: F403
from .types.llms.params import __all__ as _PARAMS

__all__ = [
    *_TYPES,
    *_PARAMS,
    "AnthropicThinkingParam",
    "LlmProviders",
    "create_pretrained_tokenizer",
    "get_llm_provider",
    "get_model_info",
    "get_secret_bool",
    "validate_and_fix_thinking_param",
    "CustomStreamWrapper",
    "acompletion",
    "aembedding",
    "aimage_edit",
    "aimage_generation",
    "amoderation",
    "anthropic_messages",
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
