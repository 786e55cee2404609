"""Names that programs import from litellm's core, where they import them from."""

from __future__ import annotations

from . import get_llm_provider_logic, streaming_handler

__all__ = ["get_llm_provider_logic", "streaming_handler"]
