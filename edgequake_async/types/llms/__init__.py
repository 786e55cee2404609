"""Types of single providers, where programs import them from."""

from __future__ import annotations

from . import anthropic, openai

__all__ = ["anthropic", "openai"]
