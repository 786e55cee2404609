"""``get_llm_provider`` under the name by which programs import it."""

from __future__ import annotations

from ..provider_names import get_llm_provider

__all__ = ["get_llm_provider"]
