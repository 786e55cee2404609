"""No event loop: one answer, a stream, and a few questions at once from threads. Ctrl-C ends the call that waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from _provider import where

import edgequake_async as eq


def user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def ask(question: str) -> str | None:
    return eq.completion(messages=user(question), **where()).content


def main() -> None:
    print(ask("What is a shim?"))

    with eq.completion(messages=user("Stream without an event loop."), stream=True, **where()) as stream:
        for chunk in stream:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()

    with ThreadPoolExecutor(4) as threads:
        for answer in threads.map(ask, [f"Question {number}" for number in range(4)]):
            print(answer)


if __name__ == "__main__":
    main()
