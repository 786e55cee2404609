"""A wheel named litellm that holds nothing but the alias: ``python -m edgequake_async shim-wheel DIRECTORY``.

Libraries ask the installed distributions whether litellm is there (``importlib.metadata.version("litellm")``), and pip
installs litellm for those that require it. With this wheel installed instead, both find this package.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

from . import __version__

__all__ = ["DEFAULT_VERSION", "build_shim"]

# The version whose surface this package was measured against.
DEFAULT_VERSION = "1.106.2"

_MODULE = '''"""litellm, served by edgequake_async."""

__edgequake_shim__ = True

from edgequake_async import install_as_litellm

install_as_litellm()
'''


def build_shim(directory: str | Path, version: str = DEFAULT_VERSION) -> Path:
    """Write the wheel.

    Args:
        directory: where to; made if it is not there.
        version: what the distribution says of itself, for libraries that require a range.

    Returns:
        The wheel's path.

    Raises:
        OSError: it cannot be written.
    """
    information = f"litellm-{version}.dist-info"
    files = {
        "litellm/__init__.py": _MODULE,
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n"
            f"Summary: The name litellm for edgequake_async\nRequires-Dist: edgequake-async>={__version__}\n"
        ),
        f"{information}/WHEEL": "Wheel-Version: 1.0\nGenerator: edgequake_async\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text.encode())}\n" for name, text in files.items())
    files[f"{information}/RECORD"] = f"{record}{information}/RECORD,,\n"
    wheel = Path(directory) / f"litellm-{version}-py3-none-any.whl"
    wheel.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return wheel


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
