"""Texts cut at random."""

from __future__ import annotations

import random
from collections.abc import Iterator


def pieces(text: str, chance: random.Random) -> Iterator[str]:
    """The text in pieces of one character or more."""
    longest = chance.choice((1, 3, 40))
    at = 0
    while at < len(text):
        size = chance.randint(1, longest)
        yield text[at : at + size]
        at += size
