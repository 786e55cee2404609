"""aiohttp: one whole answer, and one streamed as it arrives, each aborted when the client leaves.

    python aiohttp_service.py [port]

``handler_cancellation`` makes aiohttp cancel the handler of a client that is gone, in the middle of an await;
cancelling a call closes its connection to the provider.
"""

from __future__ import annotations

import sys

from _provider import where
from aiohttp import web

import edgequake_async as eq


async def ask(request: web.Request) -> web.Response:
    response = await eq.acompletion(messages=await request.json(), **where())
    return web.json_response(response.model_dump(exclude_unset=True))


async def stream(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"content-type": "text/plain; charset=utf-8"})
    async with await eq.acompletion(messages=await request.json(), stream=True, **where()) as chunks:
        await answer.prepare(request)
        async for chunk in chunks:
            await answer.write((chunk.choices[0].delta.content or "").encode())
    await answer.write_eof()
    return answer


if __name__ == "__main__":
    app = web.Application()
    app.add_routes([web.post("/ask", ask), web.post("/stream", stream)])
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
    web.run_app(app, host="127.0.0.1", port=port, handler_cancellation=True)
