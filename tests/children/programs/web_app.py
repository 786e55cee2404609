"""A tiny ASGI app that asks a model, and that has already asked one when its server forks (gunicorn ``--preload``)."""

from __future__ import annotations

import json
import os
from typing import Any

from asking import ask, target

import edgequake_async as eq

URL = os.environ["FAKE_URL"]
PRELOADED = eq.completion(**target(URL)).choices[0].message.content


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            event = (await receive())["type"]
            await send({"type": f"{event}.complete"})
            if event == "lifespan.shutdown":
                return
    body = json.dumps({"pid": os.getpid(), "parent": os.getppid(), "preloaded": PRELOADED, "answer": await ask(URL)})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body.encode()})
