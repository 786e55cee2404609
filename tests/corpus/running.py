"""Many exchanges in one test: a few in flight at once, every complaint in one failure message, by id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import pytest

from .recordings import Exchange, batches

_AT_ONCE = 8  # calls in flight: 19 s with 1, 14 s with 8, 15 s with 64

Judge = Callable[[Exchange, str], Awaitable[list[str]]]


def batched(exchanges: Iterable[Exchange]) -> pytest.MarkDecorator:
    """A test per batch, its exchanges as the argument ``exchanges``."""
    return pytest.mark.parametrize("exchanges", [pytest.param(group, id=name) for name, group in batches(exchanges)])


async def judge_all(pairs: Iterable[tuple[Exchange, str]], judge: Judge) -> None:
    """Let ``judge`` look at each exchange and cut; fails with all that it has to say."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def judged(exchange: Exchange, cut: str) -> list[str]:
        async with turn:
            return await judge(exchange, cut)

    pairs = list(pairs)
    verdicts = await asyncio.gather(*(judged(*pair) for pair in pairs), return_exceptions=True)
    wrong = [
        f"{exchange.id} ({exchange.provider}, {cut}): {complaint}"
        for (exchange, cut), verdict in zip(pairs, verdicts, strict=True)
        for complaint in (verdict if isinstance(verdict, list) else [repr(verdict)])
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
