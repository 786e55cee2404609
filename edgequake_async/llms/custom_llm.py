"""``CustomLLM`` at litellm's place."""

from __future__ import annotations

from ..custom_llm import CustomLLM, CustomLLMError

__all__ = ["CustomLLM", "CustomLLMError"]
