"""Anthropic's Messages API, under the names by which programs import it: ``litellm.messages``."""

from __future__ import annotations

from .main import anthropic_messages, anthropic_messages_handler

__all__ = ["anthropic_messages", "anthropic_messages_handler"]
