"""A small model behind HTTP/2: ``http2_server.py CERTIFICATE KEY``. Prints its port, then ``left`` per lost reader.

Every answer says, as its model, which HTTP version and which peer the server saw, and how many requests were under way.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

under_way = 0


async def app(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    global under_way
    if scope["type"] != "http":
        return
    body = b""
    while (event := await receive()).get("more_body"):
        body += event["body"]
    asked = json.loads(body + event["body"])
    under_way += 1
    try:
        await answer(asked, scope, receive, send)
    finally:
        under_way -= 1


async def answer(asked: Any, scope: Any, receive: Any, send: Any) -> None:
    async def begin(kind: bytes) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})

    async def write(data: bytes, more: bool = False) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": more})

    choice: dict[str, Any] = {"index": 0, "finish_reason": None}
    if asked.get("stream"):
        await begin(b"text/event-stream")
        tick = {"choices": [{**choice, "delta": {"content": "tick"}}]}
        left = asyncio.ensure_future(receive())
        while not left.done():
            await write(b"data: %b\n\n" % json.dumps(tick).encode(), more=True)
            await asyncio.wait([left], timeout=0.01)
        print("left", flush=True)
        return
    await asyncio.sleep(0.3)
    told = f"{scope['http_version']} {scope['client'][1]} {under_way}"
    message = {"role": "assistant", "content": "pong"}
    await begin(b"application/json")
    await write(json.dumps({"model": told, "choices": [{**choice, "message": message}]}).encode())


async def main(certificate: str, key: str) -> None:
    config = Config()
    config.certfile, config.keyfile = certificate, key
    config.bind = ["127.0.0.1:0"]
    config.loglevel = "CRITICAL"
    config.h2_max_concurrent_streams = 200
    sockets = config.create_sockets()
    config.create_sockets = lambda: sockets  # type: ignore[method-assign]
    sockets.secure_sockets[0].listen(128)
    print(sockets.secure_sockets[0].getsockname()[1], flush=True)
    await serve(app, config)  # type: ignore[arg-type]


asyncio.run(main(*sys.argv[1:]))
