"""A fake CoreX for tests: a real server on loopback, with credits, bands, models and whatever else CoreX keeps."""

from __future__ import annotations

from .fake import FakeCoreX

__all__ = ["FakeCoreX"]
