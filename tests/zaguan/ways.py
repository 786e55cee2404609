"""The four ways to a Zaguan client as one: asyncio, uvloop, trio and the sync client are driven by the same lines.

An async client runs on a loop in a thread of its own. What a test calls is awaited there, and a stream is stepped
through from the test's thread, so that a test can stop in the middle of anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, NamedTuple

from anyio.from_thread import BlockingPortal, start_blocking_portal

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider

from .wire import CHAT, MESSAGES


class DrivenStream:
    """An async stream, stepped through from the test's thread."""

    def __init__(self, portal: BlockingPortal, stream: Any) -> None:
        self._portal = portal
        self._stream = stream

    def __iter__(self) -> DrivenStream:
        return self

    def __next__(self) -> Any:
        more, item = self._portal.call(_step, self._stream)
        if not more:
            raise StopIteration
        return item

    def __enter__(self) -> DrivenStream:
        self._portal.call(self._stream.__aenter__)
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self._portal.call(self._stream.__aexit__, *exc_info)

    def close(self) -> None:
        """Leave the stream."""
        self._portal.call(self._stream.aclose)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class DrivenClient:
    """An async client, called from the test's thread as the sync client is."""

    def __init__(self, portal: BlockingPortal, client: Any) -> None:
        self._portal = portal
        self._client = client

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._portal.call(self._ended, value, args, kwargs)

        return call

    async def _ended(self, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = method(*args, **kwargs)
        if hasattr(result, "__aiter__"):
            return DrivenStream(self._portal, result)
        return await result if isawaitable(result) else result


@dataclass(frozen=True)
class ClientWay:
    """One way: a loop of the client's own, or the sync client where ``backend`` is None."""

    name: str
    backend: str | None
    options: dict[str, Any]

    @contextmanager
    def open(self, fake: FakeProvider | str | None, api_key: str | None = None, **settings: Any) -> Iterator[Any]:
        """A client of ``fake`` (or of a base URL, or of None); its calls block, its streams are plain iterators."""
        url, key = (fake.host_url, api_key or fake.api_key) if isinstance(fake, FakeProvider) else (fake, api_key)
        if self.backend is None:
            with zaguan.ZaguanClient(url, key, **settings) as client:
                yield client
            return
        with start_blocking_portal(self.backend, self.options) as portal:
            client = portal.call(lambda: zaguan.AsyncZaguanClient(url, key, **settings))
            with portal.wrap_async_context_manager(client):
                yield DrivenClient(portal, client)


STREAMS: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    "chat": lambda client: client.chat_stream(**CHAT),
    "messages": lambda client: client.messages_stream(**MESSAGES),
    "batch results": lambda client: client.get_messages_batch_results("msgbatch_1"),
}


async def _step(stream: Any) -> tuple[bool, Any]:
    try:
        return True, await stream.__anext__()
    except StopAsyncIteration:
        return False, None


CLIENT_WAYS = (
    ClientWay("asyncio", "asyncio", {"use_uvloop": False}),
    ClientWay("uvloop", "asyncio", {"use_uvloop": True}),
    ClientWay("trio", "trio", {}),
    ClientWay("sync", None, {}),
)


class Outcome(NamedTuple):
    """A stream as its caller saw it: what was given, and the failure that ended it."""

    items: list[Any]
    error: Exception | None

    @property
    def text(self) -> str:
        """What a program that prints a chat would have printed."""
        return "".join(chunk.choices[0].delta.content or "" for chunk in self.items)


def watch(start: Callable[[], Iterable[Any]]) -> Outcome:
    """One stream from its start, its failure kept beside what preceded it."""
    items: list[Any] = []
    try:
        for item in start():
            items.append(item)
    except Exception as error:
        return Outcome(items, error)
    return Outcome(items, None)
