"""Types and helpers under the name by which programs import them: ``litellm.utils``."""

from __future__ import annotations

from .capabilities import (
    supports_audio_input,
    supports_audio_output,
    supports_function_calling,
    supports_parallel_function_calling,
    supports_pdf_input,
    supports_prompt_caching,
    supports_reasoning,
    supports_response_schema,
    supports_system_messages,
    supports_tool_choice,
    supports_vision,
    supports_web_search,
)
from .chunk_builder import stream_chunk_builder
from .cost_calculator import CostPerToken, completion_cost, cost_per_token
from .exceptions import *  # noqa: F403
from .exceptions import __all__ as _ERRORS
from .model_info import get_max_tokens, get_model_info, get_valid_models, register_model
from .params import get_supported_openai_params
from .provider_names import LlmProviders, get_llm_provider, provider_list, validate_environment
from .streaming import CustomStreamWrapper
from .thinking import validate_and_fix_thinking_param
from .tokens import create_pretrained_tokenizer, create_tokenizer, decode, encode, encoding, token_counter
from .trim import trim_messages
from .types import *  # noqa: F403
from .types import __all__ as _TYPES
from .types.llms.anthropic import AnthropicThinkingParam
from .types.llms.params import *  # noqa: F403
from .types.llms.params import __all__ as _PARAMS

__all__ = [
    *_ERRORS,
    *_TYPES,
    *_PARAMS,
    "AnthropicThinkingParam",
    "completion_cost",
    "cost_per_token",
    "encoding",
    "validate_and_fix_thinking_param",
    "CustomStreamWrapper",
    "create_pretrained_tokenizer",
    "create_tokenizer",
    "decode",
    "encode",
    "token_counter",
    "CostPerToken",
    "get_max_tokens",
    "get_model_info",
    "get_valid_models",
    "register_model",
    "trim_messages",
    "supports_audio_input",
    "supports_audio_output",
    "supports_function_calling",
    "supports_parallel_function_calling",
    "supports_pdf_input",
    "supports_prompt_caching",
    "supports_reasoning",
    "supports_response_schema",
    "supports_system_messages",
    "supports_tool_choice",
    "supports_vision",
    "supports_web_search",
    "LlmProviders",
    "get_llm_provider",
    "get_supported_openai_params",
    "provider_list",
    "stream_chunk_builder",
    "validate_environment",
]
