"""``get_secret_bool``: a switch in the environment."""

from __future__ import annotations

import os

__all__ = ["get_secret_bool"]

_WORDS = {"true": True, "false": False}


def get_secret_bool(secret_name: str, default_value: bool | None = None) -> bool | None:
    """What an environment variable says: ``true`` or ``false``, in any case.

    Returns:
        ``default_value`` where there is no such variable; None where it says something else.
    """
    value = os.environ.get(secret_name.removeprefix("os.environ/"))
    return default_value if value is None else _WORDS.get(value.strip().lower())
