"""Types and helpers under the name by which programs import them: ``litellm.utils``."""

from __future__ import annotations

from .chunk_builder import stream_chunk_builder
from .exceptions import *  # noqa: F403
from .exceptions import __all__ as _ERRORS
from .params import get_supported_openai_params
from .provider_names import LlmProviders, get_llm_provider, provider_list, validate_environment
from .streaming import CustomStreamWrapper
from .types import *  # noqa: F403
from .types import __all__ as _TYPES

__all__ = [
    *_ERRORS,
    *_TYPES,
    "CustomStreamWrapper",
    "LlmProviders",
    "get_llm_provider",
    "get_supported_openai_params",
    "provider_list",
    "stream_chunk_builder",
    "validate_environment",
]
