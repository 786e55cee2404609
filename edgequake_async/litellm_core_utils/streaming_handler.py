"""The stream classes under the name by which programs import them."""

from __future__ import annotations

from ..streaming import AsyncStreamWrapper, CustomStreamWrapper, SyncStreamWrapper

__all__ = ["AsyncStreamWrapper", "CustomStreamWrapper", "SyncStreamWrapper"]
