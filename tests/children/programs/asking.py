"""What every child program does: it asks the provider whose URL it was given, on the event loop that it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import edgequake_async as eq

ASK: list[dict[str, str]] = [{"role": "user", "content": "hi"}]


def target(base_url: str) -> dict[str, Any]:
    """Keyword arguments of a call to the provider."""
    return {"model": "openai/fake", "messages": ASK, "api_base": base_url, "api_key": "k", "num_retries": 0}


async def ask(base_url: str, **more: Any) -> str:
    response = await eq.acompletion(**target(base_url), **more)
    return str(response.choices[0].message.content)


async def open_stream(base_url: str) -> Any:
    return await eq.acompletion(**target(base_url), stream=True)


def run_on(backend: str, program: Callable[[], Awaitable[Any]]) -> Any:
    """Run an async function on asyncio, uvloop or trio, as programs do."""
    if backend == "trio":
        import trio

        return trio.run(program)
    if backend == "uvloop":
        import uvloop

        loop = uvloop.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(program())
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
            asyncio.set_event_loop(None)

    async def main() -> Any:
        return await program()

    return asyncio.run(main())
