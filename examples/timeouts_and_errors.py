"""What can go wrong, made to happen by a scripted fake provider: real ones do not fail on demand."""

from __future__ import annotations

import asyncio

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, hang, stream

QUESTION = [{"role": "user", "content": "Hello"}]


async def main() -> None:
    with FakeProvider() as fake:
        where = {"model": "openai/fake", "api_base": fake.base_url, "api_key": fake.api_key}

        # Retried as the provider asks, then answered: the caller sees the answer only.
        fake.script(error(429, "Slow down.", headers={"retry-after": "0.1"}))
        response = await eq.acompletion(messages=QUESTION, num_retries=2, **where)
        print(f"after {len(fake.requests)} requests: {response.content}")

        # Not retried: the error says all that the provider said.
        fake.script(error(429, "Slow down.", code="rate_limit_exceeded", headers={"retry-after": "7"}))
        try:
            await eq.acompletion(messages=QUESTION, num_retries=0, **where)
        except eq.RateLimitError as problem:
            print(f"{problem.status_code} {problem.code}, try again in {problem.retry_after} s: {problem}")

        # A limit of its own for each thing that can be slow.
        fake.script(hang())
        try:
            await eq.acompletion(messages=QUESTION, timeout=eq.Timeouts(connect=5, first_token=0.2), **where)
        except eq.Timeout as problem:
            print(f"the limit that passed: {problem.timeout_kind}")

        # A stream that breaks off is an error, never a short answer; what had arrived is not lost.
        fake.script(drop_after(pieces=2, reply=stream(["It was a dark ", "and stormy ", "night."])))
        chunks = await eq.acompletion(messages=QUESTION, stream=True, **where)
        try:
            async for _ in chunks:
                pass
        except eq.APIConnectionError as problem:
            print(f"broken off after: {problem.generated_content!r}")

        # Wrong arguments are refused before anything is sent.
        sent = len(fake.requests)
        try:
            await eq.acompletion(messages="Hello", **where)
        except eq.BadRequestError as problem:
            print(f"{problem} ({len(fake.requests) - sent} requests sent)")


if __name__ == "__main__":
    asyncio.run(main())
