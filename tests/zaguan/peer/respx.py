"""What zaguan-sdk's own tests use of respx, answered by a real server on loopback.

respx replaces httpx's transport, which a client that is not made of httpx never reaches. Here the routes are served
over sockets, and when a test ends: every route was asked for, nothing else was, and every request carried the bearer
key of a client and a request id.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from edgequake_async.testing import FakeProvider, raw
from edgequake_async.testing.records import Received
from edgequake_async.testing.replies import Reply

server = FakeProvider()
keys: set[str] = set()
served = 0
_routes: list[Route] = []


class Route:
    """One route of a test: a method, a path, the query where the test names one, and what is answered."""

    def __init__(self, method: str, url: str) -> None:
        parts = urlsplit(url)
        self.method = method
        self.path = parts.path
        self.query = dict(parse_qsl(parts.query))
        self.reply: Reply = raw(200)
        self.asked = 0
        _routes.append(self)

    def mock(self, *, return_value: httpx.Response) -> Route:
        """Answer with this response."""
        framing = ("content-length", "transfer-encoding")
        headers = [(name, value) for name, value in return_value.headers.items() if name not in framing]
        self.reply = raw(return_value.status_code, headers, return_value.content)
        return self

    def takes(self, record: Received) -> bool:
        """Whether the request is this route's; a query that the route does not name may be anything, as in respx."""
        named = all(record.query.get(name) == value for name, value in self.query.items())
        return (record.method, record.path) == (self.method, self.path) and named


get = functools.partial(Route, "GET")
post = functools.partial(Route, "POST")


def mock(test: Callable[..., Any]) -> Callable[..., Any]:
    """Give a test its own routes, and look at what was sent when it ends."""
    if inspect.iscoroutinefunction(test):

        @functools.wraps(test)
        async def waited(*args: Any, **kwargs: Any) -> None:
            with _served():
                await test(*args, **kwargs)

        return waited

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with _served():
            test(*args, **kwargs)

    return run


@contextmanager
def _served() -> Iterator[None]:
    global served
    server.clear()
    _routes.clear()
    server.on_request(_answer)
    yield
    for route in _routes:
        assert route.asked, f"{route.method} {route.path} was never asked for"
    requests = server.requests
    served += len(requests)
    assert sum(route.asked for route in _routes) == len(requests)
    for request in requests:
        assert request.headers["authorization"] in {f"Bearer {key}" for key in keys}
        assert request.headers["x-request-id"]


def _answer(record: Received) -> Reply:
    for route in _routes:
        if route.takes(record):
            route.asked += 1
            return route.reply
    return raw(501, (), f"no route for {record.method} {record.target}")
