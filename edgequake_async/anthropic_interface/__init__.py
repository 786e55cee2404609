"""Anthropic's Messages API, under litellm's other names: ``litellm.anthropic.messages.acreate(...)``."""

from __future__ import annotations

from . import messages
from .messages import acreate, create

__all__ = ["acreate", "create", "messages"]
