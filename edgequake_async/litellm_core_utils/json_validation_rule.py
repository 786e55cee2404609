"""``validate_schema``, where programs import it from."""

from __future__ import annotations

from ..validation import validate_schema

__all__ = ["validate_schema"]
