"""What is measured inside a rival's process, one function per question kind; each returns plain numbers.

Promises: a warm-up first, one figure per name, the answer checked for loss in every call. CPU is user plus system time
of the whole process (every thread of it). Refuses to import a rival: the adapter comes from child.py.
"""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import bodies

Numbers = dict[str, float]
TICK_SECONDS = 0.005


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def check(seen: int, expected: int, what: str) -> None:
    if seen != expected:
        raise RuntimeError(f"lost data: {seen} {what}, expected {expected}")


async def fleet(operation: Callable[[], Awaitable[Any]], calls: int, in_flight: int) -> None:
    """Run `operation` `calls` times with `in_flight` workers, so that the number in flight never drops."""
    remaining = iter(range(calls))

    async def worker() -> None:
        for _ in remaining:
            await operation()

    await asyncio.gather(*(worker() for _ in range(in_flight)))


async def metered(work: Awaitable[None]) -> tuple[float, float]:
    """CPU and wall microseconds of `work`."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    await work
    return (cpu_seconds() - cpu) * 1e6, (time.perf_counter() - wall) * 1e6


async def cost(operation: Callable[[], Awaitable[Any]], calls: int, in_flight: int, items: int = 1) -> Numbers:
    """CPU and wall microseconds per item, where one call yields `items` of them."""
    await fleet(operation, in_flight * 4, in_flight)
    cpu, wall = await metered(fleet(operation, calls, in_flight))
    return {"cpu_us": cpu / (calls * items), "wall_us": wall / (calls * items)}


async def unary(adapter: Any, base: str, *, calls: int, in_flight: int) -> Numbers:
    client = adapter.connect(base)

    async def one() -> None:
        check(len(await adapter.unary(client)), bodies.ANSWER_CHARACTERS, "characters")

    return await cost(one, calls, in_flight)


async def load(adapter: Any, base: str, *, calls: int, in_flight: int) -> Numbers:
    """Answers per second and CPU per answer with `in_flight` calls under way, after one wave of them as warm-up.

    A call that raises is counted as failed and is no answer; where there is no answer at all, its error is raised.
    """
    client = adapter.connect(base)
    failures: list[Exception] = []

    async def one() -> None:
        try:
            answer = await adapter.unary(client)
        except Exception as failure:  # every rival has errors of its own
            failures.append(failure)
        else:
            check(len(answer), bodies.ANSWER_CHARACTERS, "characters")

    await fleet(one, in_flight, in_flight)
    failures.clear()
    cpu, wall = await metered(fleet(one, calls, in_flight))
    answered = calls - len(failures)
    if not answered:
        raise failures[0]
    return {"cpu_us": cpu / answered, "per_second": answered * 1e6 / wall, "failed": len(failures)}


async def stream(adapter: Any, base: str, *, calls: int, in_flight: int) -> Numbers:
    client = adapter.connect(base)
    received = 0

    async def one() -> None:
        nonlocal received
        characters = 0
        async for chunk in await adapter.stream(client):
            received += 1
            characters += len(adapter.text(chunk))
        check(characters, bodies.STREAM_CHARACTERS, "characters")

    figures = await cost(one, calls, in_flight, items=bodies.CHUNKS)
    return {**figures, "chunks": received / (calls + in_flight * 4)}


async def above(adapter: Any, base: str, *, calls: int, in_flight: int, blocks: int, streamed: bool) -> Numbers:
    """CPU microseconds per item, and how many of them are above the pass-through of the package, ``adapter.plain``.

    Both are called in turn, a block of calls each, and the median is taken of what neighbouring blocks differ by:
    between two processes the speed of a shared machine drifts by more than a translation costs.
    """
    items = bodies.CHUNKS if streamed else 1

    def asked(of: Any) -> Callable[[], Awaitable[Any]]:
        client = of.connect(base)

        async def whole() -> None:
            check(len(await of.unary(client)), bodies.ANSWER_CHARACTERS, "characters")

        async def pieces() -> None:
            characters = [len(of.text(chunk)) async for chunk in await of.stream(client)]
            check(sum(characters), bodies.STREAM_CHARACTERS, "characters")

        return pieces if streamed else whole

    own, plain = asked(adapter), asked(getattr(adapter, "plain", adapter))
    spent: list[tuple[float, float]] = []
    for turn in range(blocks + 1):
        pair = [(await metered(fleet(one, calls, in_flight)))[0] / (calls * items) for one in (own, plain)]
        if turn:  # the first is the warm-up
            spent.append((pair[0], pair[1]))
    return {"cpu_us": median(cost for cost, _ in spent), "above_us": median(cost - base for cost, base in spent)}


async def embedding(adapter: Any, base: str, *, calls: int, in_flight: int, lists: bool) -> Numbers:
    client = adapter.connect(base)

    async def one() -> None:
        vectors = await adapter.embedding(client)
        check(len(vectors), bodies.VECTORS, "vectors")
        if lists:
            vectors = [vector if isinstance(vector, list) else list(vector) for vector in vectors]
        check(sum(map(len, vectors)), bodies.VECTORS * bodies.DIMENSIONS, "numbers")

    return await cost(one, calls, in_flight)


def sync(adapter: Any, base: str, *, calls: int) -> Numbers:
    client = adapter.connect(base)
    for _ in range(20):
        check(len(adapter.completion(client)), bodies.ANSWER_CHARACTERS, "characters")
    cpu, wall = cpu_seconds(), time.perf_counter()
    for _ in range(calls):
        adapter.completion(client)
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    return {"cpu_us": cpu * 1e6 / calls, "wall_us": wall * 1e6 / calls}


async def crowd(adapter: Any, base: str, *, in_flight: int) -> Numbers:
    """`in_flight` calls at once, first connecting, then with what was kept: lag of a 5 ms ticker, threads."""
    client = adapter.connect(base)
    worst = {"lag": 0.0, "threads": 0}

    async def ticker() -> None:
        while True:
            due = time.perf_counter() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            worst["lag"] = max(worst["lag"], time.perf_counter() - due)
            worst["threads"] = max(worst["threads"], threads())

    async def together() -> tuple[float, float]:
        worst["lag"] = 0.0
        start = time.perf_counter()
        answers = await asyncio.gather(*(adapter.unary(client) for _ in range(in_flight)))
        wall = time.perf_counter() - start
        check(sum(map(len, answers)), in_flight * bodies.ANSWER_CHARACTERS, "characters")
        await asyncio.sleep(TICK_SECONDS * 2)
        return worst["lag"] * 1e3, wall * 1e3

    ticking = asyncio.ensure_future(ticker())
    await asyncio.sleep(TICK_SECONDS)
    cold_lag, _ = await together()
    lag, wall = await together()
    ticking.cancel()
    return {"lag_ms": lag, "cold_lag_ms": cold_lag, "wall_ms": wall, "threads": worst["threads"]}


async def memory(adapter: Any, base: str, *, in_flight: int, patience: float) -> Numbers:
    """Resident growth with `in_flight` streams open, each past its first chunk, beside one opened before as warm-up."""
    client = adapter.connect(base)
    opened = 0
    everyone = asyncio.Event()

    async def hold() -> None:
        nonlocal opened
        chunks = await adapter.stream(client)
        async for _ in chunks:
            opened += 1
            break
        if opened == in_flight:
            everyone.set()
        async for _ in chunks:
            pass

    chunks = await adapter.stream(client)
    await anext(aiter(chunks))
    before = resident_bytes()
    holding = [asyncio.ensure_future(hold()) for _ in range(in_flight)]
    try:
        await asyncio.wait_for(everyone.wait(), patience)
    except asyncio.TimeoutError:
        for task in holding:
            if task.done():
                await task
    grown = resident_bytes() - before
    return {"kb": grown / 1024 / max(1, opened), "mb": grown / 2**20, "opened": opened}


async def first_token(adapter: Any, base: str, *, calls: int) -> Numbers:
    """Microseconds from call to first chunk minus the server's own delay, which that chunk carries; sequential."""
    client = adapter.connect(base)
    above: list[float] = []
    for _ in range(calls + 5):
        start = time.perf_counter_ns()
        seen = own = 0
        async for chunk in await adapter.stream(client):
            if not own and (words := adapter.text(chunk)):
                seen, own = time.perf_counter_ns(), int(words)
        above.append((seen - start - own) / 1e3)
    measured = sorted(above[5:])
    return {
        "p50_us": measured[len(measured) // 2],
        "p99_us": measured[min(len(measured) - 1, len(measured) * 99 // 100)],
    }


async def leave(adapter: Any, base: str, *, in_flight: int, after: float) -> Numbers:
    """Return with `in_flight` calls still under way, `after` seconds old; what the exit does, the parent sees."""
    client = adapter.connect(base)
    await adapter.unary(client)
    calls = [asyncio.ensure_future(adapter.unary(client)) for _ in range(in_flight)]
    await asyncio.sleep(after)
    return {"unfinished": sum(not call.done() for call in calls)}
