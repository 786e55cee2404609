"""A program written for litellm, with one line changed: the import."""

from __future__ import annotations

import asyncio

from _provider import where

import edgequake_async as litellm

litellm.num_retries = 2
litellm.suppress_debug_info = True
messages = [{"role": "user", "content": "Hello, world."}]


def sync_part() -> None:
    response = litellm.completion(messages=messages, **where())
    print(response["choices"][0]["message"]["content"])
    print(dict(response.usage)["total_tokens"], response._hidden_params["custom_llm_provider"])

    chunks = list(litellm.completion(messages=messages, stream=True, **where()))
    whole = litellm.stream_chunk_builder(chunks, messages=messages)
    print(whole.choices[0].message.content)

    rows = litellm.embedding(input=["one", "two"], **where())
    print([len(row["embedding"]) for row in rows.data])


async def async_part() -> None:
    try:
        async for chunk in await litellm.acompletion(messages=messages, stream=True, **where()):
            print(chunk.choices[0].delta.content or "", end="")
        print()
    except (litellm.RateLimitError, litellm.Timeout, litellm.APIConnectionError) as error:
        print(f"{error.llm_provider} {error.status_code}: {error.message}")


if __name__ == "__main__":
    sync_part()
    asyncio.run(async_part())
