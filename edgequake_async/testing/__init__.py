"""A fake model provider for tests: a real server on loopback that answers, streams and fails as told.

    from edgequake_async.testing import FakeProvider, error, stream

    with FakeProvider() as fake:
        fake.script(error(429, headers={"retry-after": "1"}), stream(["Hel", "lo"], gap=0.1))
        ...  # point a client at fake.base_url with fake.api_key

Without a script it answers like a small deterministic model, in the protocol of the path: OpenAI's, Anthropic's,
Gemini's and Vertex AI's, Bedrock's, Ollama's, Cohere's, and reranking. docs/testing.md lists the paths.
FakeCoreX does the same for every endpoint of a Zaguan CoreX gateway. Needs only the standard library.
"""

from __future__ import annotations

from .corex import FakeCoreX
from .provider import FakeProvider, Handler
from .records import Abort, Connections, Headers, Received
from .replies import (
    Reply,
    ToolCall,
    drop_after,
    error,
    hang,
    raw,
    refuse,
    reset,
    slow_head,
    sse,
    stream,
    text,
    verbatim,
)

__all__ = [
    "Abort",
    "Connections",
    "FakeCoreX",
    "FakeProvider",
    "Handler",
    "Headers",
    "Received",
    "Reply",
    "ToolCall",
    "drop_after",
    "error",
    "hang",
    "raw",
    "refuse",
    "reset",
    "slow_head",
    "sse",
    "stream",
    "text",
    "verbatim",
]
