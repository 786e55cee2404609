"""Zaguan CoreX: credits, capabilities, streamed answers of the models that are named as arguments, and what they cost.

Asks CoreX where ZAGUAN_API_KEY is set (ZAGUAN_BASE_URL says where it is), else an embedded fake one.
"""

from __future__ import annotations

import asyncio
import os
import sys

from edgequake_async.testing import FakeCoreX
from edgequake_async.zaguan import (
    APIError,
    AsyncZaguanClient,
    BandAccessDeniedError,
    ChatResponse,
    InsufficientCreditsError,
    RetryConfig,
    StreamAccumulator,
    ZaguanError,
)

QUESTION = "What is a gateway?"
# The second does not exist: CoreX refuses it and charges nothing.
MODELS = ["openai/gpt-4o-mini", "openai/no-such-model"]


def connect() -> AsyncZaguanClient:
    """A client that tries again what may pass, under the same request id, so that CoreX charges once."""
    retry = RetryConfig(max_retries=2)
    if os.environ.get("ZAGUAN_API_KEY"):
        return AsyncZaguanClient(retry=retry)
    fake = FakeCoreX().start()
    return AsyncZaguanClient(fake.host_url, fake.api_key, retry=retry)


async def answer(client: AsyncZaguanClient, model: str) -> ChatResponse:
    """Print an answer while it arrives; returns the whole of it."""
    whole = StreamAccumulator()
    async with client.chat_stream(model=model, messages=[{"role": "user", "content": QUESTION}]) as stream:
        async for chunk in stream:
            whole.add_chunk(chunk)
            print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()
    return whole.get_response()


async def ask(client: AsyncZaguanClient, model: str) -> None:
    """Ask one model; a failure is told and keeps no other model from being asked."""
    print(f"{model}: ", end="")
    try:
        response = await answer(client, model)
    except InsufficientCreditsError as error:
        print(f"needs {error.credits_required} credits of {error.credits_remaining}, reset on {error.reset_date}")
    except BandAccessDeniedError as error:
        print(f"band {error.band} needs the tier {error.required_tier}, this account is {error.current_tier}")
    except APIError as error:
        print(f"{type(error).__name__} {error.status_code} {error.code}: {error}")
    except ZaguanError as error:
        arrived = error.partial.choices[0].message.content if error.partial else None
        print(f"{type(error).__name__} after {arrived!r}: {error} (request {error.request_id})")
    else:
        if response.usage:
            print(f"  {response.usage.prompt_tokens} + {response.usage.completion_tokens} tokens")


async def main(models: list[str]) -> None:
    async with connect() as client:
        balance = await client.get_credits_balance()
        print(f"{balance.credits_remaining} credits, tier {balance.tier}, bands {', '.join(balance.bands)}")

        capabilities = {model.model_id: model for model in await client.get_capabilities()}
        for name in models:
            if found := capabilities.get(name):
                abilities = {"vision": found.supports_vision, "tools": found.supports_tools}
                print(f"{name} can do: {', '.join(word for word, able in abilities.items() if able)}")

        for name in models:
            await ask(client, name)

        history = await client.get_credits_history(limit=5)
        for entry in history.entries:
            print(f"{entry.timestamp} {entry.model}: {entry.status}, {entry.credits_debited} credits")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or MODELS))
