"""OpenAI's types under the name by which programs import them: ``litellm.types.llms.openai``."""

from __future__ import annotations

from ..binary import HttpxBinaryResponseContent
from ..files import FileDeleted, OpenAIFileObject
from ..message import Function
from ..moderation import OpenAIModerationResponse, OpenAIModerationResult
from ..response_events import *  # noqa: F403
from ..response_events import __all__ as _EVENTS
from ..responses import ResponseAPIUsage, ResponseOutputContent, ResponseOutputItem, ResponsesAPIResponse
from .params import *  # noqa: F403
from .params import __all__ as _PARAMS

__all__ = ["Function", "ResponseAPIUsage", "ResponseOutputContent", "ResponseOutputItem", "ResponsesAPIResponse"]
__all__ += ["FileDeleted", "HttpxBinaryResponseContent", "OpenAIFileObject"]
__all__ += ["OpenAIModerationResponse", "OpenAIModerationResult"]
__all__ += _PARAMS
__all__ += _EVENTS
