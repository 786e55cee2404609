"""Pictures made smaller, with Pillow (the extra ``images``)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from .exceptions import UnsupportedParamsError

__all__ = ["shrink"]

# Written as they came; everything else becomes a PNG.
_KEPT: Mapping[str, Mapping[str, Any]] = {"JPEG": {"quality": 90}, "PNG": {}, "WEBP": {"quality": 90}}


def shrink(content: bytes, limit: int) -> bytes:
    """A picture whose longest side has at most ``limit`` pixels; the same bytes where it has no more already.

    Turned as its EXIF data say, which are left out. Of an animation the first frame, which is what models see.

    Raises:
        UnsupportedParamsError: Pillow is not installed.
        ValueError: not a picture that Pillow reads, or one of more pixels than it takes.
    """
    try:
        from PIL import Image, ImageOps
    except ImportError:
        message = "max_image_size needs Pillow: pip install 'edgequake-async[images]'"
        raise UnsupportedParamsError(message) from None
    try:
        image: Image.Image = Image.open(io.BytesIO(content))
        kind, profile = image.format or "", image.info.get("icc_profile")
        if max(image.size) <= limit:
            return content
        if image.mode in ("P", "1"):
            # Palettes cannot be averaged.
            image = image.convert("RGBA")
        image.thumbnail((limit, limit))
        image = ImageOps.exif_transpose(image)
        small = io.BytesIO()
        kind = kind if kind in _KEPT else "PNG"
        image.save(small, kind, **_KEPT[kind], icc_profile=profile)
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"is no picture that can be shrunk: {error}") from error
    return small.getvalue()
