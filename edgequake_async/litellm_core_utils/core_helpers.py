"""``map_finish_reason``, where programs import it from."""

from __future__ import annotations

from ..finish_reasons import map_finish_reason

__all__ = ["map_finish_reason"]
