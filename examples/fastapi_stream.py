"""FastAPI: stream an answer to a browser as server-sent events.

    uvicorn fastapi_stream:app
    hypercorn --worker-class trio fastapi_stream:app

A browser that leaves ends the generator, which leaves ``async with``, which closes the connection to the provider: no
token is paid for that nobody reads.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from _provider import where
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

import edgequake_async as eq
from edgequake_async.exceptions import EQError

PAGE = """<!doctype html>
<form><input name="question" value="Why is the sky blue?" size="60"> <button>Ask</button></form>
<p id="answer"></p>
<script>
document.forms[0].onsubmit = (event) => {
  event.preventDefault();
  const answer = document.getElementById("answer");
  answer.textContent = "";
  const source = new EventSource("/chat?" + new URLSearchParams(new FormData(event.target)));
  source.onmessage = ({data}) => { answer.textContent += JSON.parse(data); };
  source.addEventListener("failed", ({data}) => { answer.textContent += " [" + JSON.parse(data) + "]"; });
  source.addEventListener("done", () => source.close());
};
</script>"""

app = FastAPI()


@app.get("/")
async def page() -> HTMLResponse:
    return HTMLResponse(PAGE)


@app.get("/chat")
async def chat(question: str) -> StreamingResponse:
    stream = await eq.acompletion(messages=[{"role": "user", "content": question}], stream=True, **where())
    return StreamingResponse(events(stream), media_type="text/event-stream")


async def events(stream: eq.AsyncStreamWrapper) -> AsyncIterator[str]:
    async with stream:
        try:
            async for chunk in stream:
                if text := chunk.choices[0].delta.content:
                    yield f"data: {json.dumps(text)}\n\n"
        except EQError as error:
            # The status line is gone by now: a failure in mid-stream can only be an event.
            yield f"event: failed\ndata: {json.dumps(type(error).__name__)}\n\n"
    yield "event: done\ndata:\n\n"


@app.exception_handler(EQError)
async def failed(_: Request, error: EQError) -> JSONResponse:
    headers = {} if error.retry_after is None else {"retry-after": str(error.retry_after)}
    status = 429 if isinstance(error, eq.RateLimitError) else 502
    return JSONResponse({"error": type(error).__name__}, status, headers)
