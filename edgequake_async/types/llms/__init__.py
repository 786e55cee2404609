"""Types of single providers, where programs import them from."""

from __future__ import annotations

from . import openai

__all__ = ["openai"]
