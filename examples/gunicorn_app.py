"""gunicorn with ``--preload``: the client is used before the workers are forked, and in each of them after.

    gunicorn --preload --workers 2 --worker-class uvicorn.workers.UvicornWorker gunicorn_app:app

The parent's connections and threads stay the parent's; each worker makes its own on its first call.
"""

from __future__ import annotations

import os

from _provider import where
from fastapi import FastAPI

import edgequake_async as eq

app = FastAPI()
MASTER = os.getpid()
GREETING = eq.completion(messages=[{"role": "user", "content": "Greet our visitors."}], **where()).content


@app.get("/")
async def answer(question: str = "Who answers?") -> dict[str, object]:
    response = await eq.acompletion(messages=[{"role": "user", "content": question}], **where())
    return {"greeting": GREETING, "answer": response.content, "master": MASTER, "worker": os.getpid()}
