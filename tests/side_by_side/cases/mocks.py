"""Answers that a call brings with it."""

from __future__ import annotations

from typing import Any

from . import HELLO, add
from .tools import CALLS


def mock(name: str, **arguments: Any) -> None:
    """A call that no provider is asked for."""

    def run(client: Any, host: str) -> Any:
        return client.completion("openai/gpt-4o", HELLO, **arguments)

    add(f"mock/{name}", run)


mock("text", mock_response="It is fine weather.")
mock("stream", mock_response="It is fine weather.", stream=True)
mock("n", mock_response="Fine.", n=2)
mock("rate_limit", mock_response="litellm.RateLimitError")
mock("context_window", mock_response="litellm.ContextWindowExceededError")
mock("internal", mock_response="litellm.InternalServerError")
mock("exception", mock_response=ValueError("my own"))
mock("tool_calls", mock_response="", mock_tool_calls=CALLS)
mock("timeout", mock_timeout=True, timeout=0.1)


def _built(client: Any, host: str) -> Any:
    return client.completion("openai/gpt-4o", HELLO, mock_response=client.ModelResponse())


def _raised(client: Any, host: str) -> Any:
    told = client.RateLimitError("Slow down.", "openai", "gpt-4o")
    return client.completion("openai/gpt-4o", HELLO, mock_response=told)


add("mock/response", _built)
add("mock/error", _raised)
