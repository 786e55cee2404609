"""Deterministic unit vectors: the same text always gives the same one, texts that share words lie closer.

Values are rounded to float32 first, so the JSON and base64 forms of a vector are equal to the last bit.
"""

from __future__ import annotations

import hashlib
import math
import re
from array import array

_BUCKETS_PER_WORD = 8
_NOISE = 0.05  # keeps texts without common words nearly orthogonal, and texts with the same words distinct


def embed(text: str, dimensions: int) -> array[float]:
    """The unit vector of ``text`` as float32 values."""
    noise = array("I", hashlib.shake_256(text.encode("utf-8", "surrogatepass")).digest(4 * dimensions))
    scale = _NOISE / math.sqrt(dimensions) / 2**31
    values = [(number - 2**31) * scale for number in noise]
    for word in re.findall(r"\w+", text.lower()):
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4 * _BUCKETS_PER_WORD).digest()
        for number in array("I", digest):
            values[number % dimensions] += 1.0 if number & 0x80000000 else -1.0
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return array("f", [value / length for value in values])
