"""Anthropic's answers, as types, where programs import them from."""

from __future__ import annotations

from . import anthropic_response

__all__ = ["anthropic_response"]
