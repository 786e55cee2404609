"""Names that programs import from litellm's core, where they import them from."""

from __future__ import annotations

from . import core_helpers, get_llm_provider_logic, json_validation_rule, streaming_handler

__all__ = ["core_helpers", "get_llm_provider_logic", "json_validation_rule", "streaming_handler"]
