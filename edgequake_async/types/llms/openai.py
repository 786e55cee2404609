"""OpenAI's types under the name by which programs import them: ``litellm.types.llms.openai``."""

from __future__ import annotations

from ..responses import ResponseAPIUsage, ResponseOutputContent, ResponseOutputItem, ResponsesAPIResponse

__all__ = ["ResponseAPIUsage", "ResponseOutputContent", "ResponseOutputItem", "ResponsesAPIResponse"]
