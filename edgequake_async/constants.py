"""Constants of litellm that programs set; assigning them does no harm and has no effect here."""

from __future__ import annotations

__all__ = ["MAX_CALLBACKS", "REPEATED_STREAMING_CHUNK_LIMIT"]

MAX_CALLBACKS = 30
REPEATED_STREAMING_CHUNK_LIMIT = 100
