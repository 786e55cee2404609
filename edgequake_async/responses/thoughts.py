"""What a provider needs back of a model's thoughts, as the opaque text that the Responses API has for it.

Anthropic's and Gemini's signed blocks must be in the next request as they were; ``encrypted_content`` of a reasoning
item carries them there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

__all__ = ["sealed", "unsealed"]

_MARK = "thinking_blocks:"


def sealed(blocks: Sequence[Any]) -> str:
    """Blocks as one text."""
    return _MARK + base64.b64encode(json.dumps(list(blocks), separators=(",", ":")).encode()).decode()


def unsealed(text: Any) -> list[dict[str, Any]] | None:
    """The blocks; None where the text was not made by ``sealed``."""
    if not isinstance(text, str) or not text.startswith(_MARK):
        return None
    try:
        blocks = json.loads(base64.b64decode(text.removeprefix(_MARK)))
    except ValueError:
        return None
    return blocks if isinstance(blocks, list) else None
