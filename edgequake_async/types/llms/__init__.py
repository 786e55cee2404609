"""Types of single providers, where programs import them from."""

from __future__ import annotations

from . import anthropic, anthropic_messages, openai

__all__ = ["anthropic", "anthropic_messages", "openai"]
