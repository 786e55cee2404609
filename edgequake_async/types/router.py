"""The errors of routing under the name by which programs import them: ``litellm.types.router``."""

from __future__ import annotations

from ..exceptions import RouterRateLimitError

__all__ = ["RouterRateLimitError"]
