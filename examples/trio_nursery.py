"""trio: ask in parallel in a nursery, take the first answer, give up after a deadline. trio itself runs the calls."""

from __future__ import annotations

import trio
from _provider import where

import edgequake_async as eq


async def ask(question: str) -> str | None:
    response = await eq.acompletion(messages=[{"role": "user", "content": question}], **where())
    return response.content


async def main() -> None:
    answers: dict[str, str | None] = {}

    async def keep(question: str) -> None:
        answers[question] = await ask(question)

    async with trio.open_nursery() as nursery:
        for question in ("What is a nursery?", "What is a cancel scope?", "What is a checkpoint?"):
            nursery.start_soon(keep, question)
    for question, answer in answers.items():
        print(f"{question} {answer}")

    # The first answer wins; cancelling the nursery closes the other connections.
    async def race(question: str) -> None:
        print(f"first: {await ask(question)}")
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(race, "Heads?")
        nursery.start_soon(race, "Tails?")

    with trio.move_on_after(30) as scope:
        stream = await eq.acompletion(
            messages=[{"role": "user", "content": "Stream within thirty seconds."}], stream=True, **where()
        )
        async with stream:
            async for chunk in stream:
                print(chunk.choices[0].delta.content or "", end="", flush=True)
        print()
    if scope.cancelled_caught:
        print("not finished within thirty seconds")


if __name__ == "__main__":
    trio.run(main)
