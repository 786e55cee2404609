"""``get_supported_openai_params`` under the name by which programs import it."""

from __future__ import annotations

from ..params import get_supported_openai_params

__all__ = ["get_supported_openai_params"]
