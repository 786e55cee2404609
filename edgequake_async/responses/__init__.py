"""OpenAI's Responses API, under the names by which programs import it: ``litellm.responses.main``.

In the package, ``responses`` is the function.
"""

from __future__ import annotations

from .main import aresponses, responses

__all__ = ["aresponses", "responses"]
