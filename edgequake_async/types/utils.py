"""The response types under the name by which programs import them: ``litellm.types.utils``."""

from __future__ import annotations

from ..cost_calculator import CostPerToken
from ..provider_names import LlmProviders
from . import *  # noqa: F403
from . import __all__ as _TYPES
from .llms.params import AllMessageValues, ChatCompletionAnnotation, ChatCompletionToolParam

__all__ = [
    *_TYPES,
    "AllMessageValues",
    "ChatCompletionAnnotation",
    "ChatCompletionToolParam",
    "CostPerToken",
    "LlmProviders",
]
