"""The response types under the name by which programs import them: ``litellm.types.utils``."""

from __future__ import annotations

from ..provider_names import LlmProviders
from . import *  # noqa: F403
from . import __all__ as _TYPES

__all__ = [*_TYPES, "LlmProviders"]
