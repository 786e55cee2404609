"""The four ways into the library as one: asyncio, uvloop, trio and the sync shim give the same answers and errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import anyio

import edgequake_async as eq

USER = [{"role": "user", "content": "Say it."}]


class Outcome(NamedTuple):
    """A call as its caller saw it: the chunks or the response, and the failure that ended it."""

    chunks: list[Any]
    response: Any
    error: Exception | None

    @property
    def text(self) -> str:
        """What a streaming program would have printed."""
        return "".join(chunk.choices[0].delta.content or "" for chunk in self.chunks)


@dataclass(frozen=True)
class Way:
    """One way to call: a loop made for the call, or the sync shim where ``backend`` is None."""

    name: str
    backend: str | None
    options: dict[str, Any]

    def run(self, function: Callable[..., Awaitable[Any]], /, **arguments: Any) -> Any:
        """Run an async function on this way's loop."""
        return anyio.run(partial(function, **arguments), backend=self.backend, backend_options=self.options)

    def completion(self, **arguments: Any) -> Any:
        """One unary call."""
        return eq.completion(**arguments) if self.backend is None else self.run(eq.acompletion, **arguments)

    def embedding(self, **arguments: Any) -> Any:
        """One embeddings call."""
        return eq.embedding(**arguments) if self.backend is None else self.run(eq.aembedding, **arguments)

    def rerank(self, **arguments: Any) -> Any:
        """One rerank."""
        return eq.rerank(**arguments) if self.backend is None else self.run(eq.arerank, **arguments)

    def call(self, name: str, /, **arguments: Any) -> Any:
        """One call of the function of that name, or of its async one."""
        if self.backend is None:
            return getattr(eq, name)(**arguments)
        return self.run(getattr(eq, f"a{name}"), **arguments)

    def stream(self, **arguments: Any) -> list[Any]:
        """Every chunk of one streamed call."""
        outcome = self.watch(stream=True, **arguments)
        if outcome.error is not None:
            raise outcome.error
        return outcome.chunks

    def watch(self, **arguments: Any) -> Outcome:
        """One call, its failure kept beside what preceded it."""
        if self.backend is not None:
            return self.run(_watch, **arguments)
        chunks: list[Any] = []
        try:
            response = eq.completion(**arguments)
            if isinstance(response, eq.CustomStreamWrapper):
                for chunk in response:
                    chunks.append(chunk)
        except Exception as error:
            return Outcome(chunks, None, error)
        return Outcome(chunks, response, None)


async def _watch(**arguments: Any) -> Outcome:
    chunks: list[Any] = []
    try:
        response = await eq.acompletion(**arguments)
        if isinstance(response, eq.CustomStreamWrapper):
            async for chunk in response:
                chunks.append(chunk)
    except Exception as error:
        return Outcome(chunks, None, error)
    return Outcome(chunks, response, None)


WAYS = (
    Way("asyncio", "asyncio", {"use_uvloop": False}),
    Way("uvloop", "asyncio", {"use_uvloop": True}),
    Way("trio", "trio", {}),
    Way("sync", None, {}),
)
