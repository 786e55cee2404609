"""Which model the examples ask: the one that the environment names, else an embedded fake provider.

``MODEL`` is a model string (``groq/llama-3.3-70b-versatile``), its key in that provider's own variable. Where only
``OPENAI_API_KEY`` is set, the model is ``openai/gpt-4o-mini``. Without either nothing leaves this machine.
"""

from __future__ import annotations

import functools
import os
from typing import Any

from edgequake_async.testing import FakeProvider


@functools.cache
def where() -> dict[str, Any]:
    """The keyword arguments of ``acompletion`` that say which model answers, and where."""
    if model := os.environ.get("MODEL"):
        return {"model": model}
    if os.environ.get("OPENAI_API_KEY"):
        return {"model": "openai/gpt-4o-mini"}
    fake = FakeProvider().start()
    return {"model": "openai/fake", "api_base": fake.base_url, "api_key": fake.api_key}
