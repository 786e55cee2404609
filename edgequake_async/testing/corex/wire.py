"""The CoreX API as the fake speaks it: keys, routes, errors in each dialect, scripted replies.

Paths are exact and start with /v1, /health apart: a doubled /v1 or an id whose slash was not percent-encoded
leads nowhere. Errors under /v1/messages have Anthropic's shape, all others OpenAI's with CoreX's further
fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from .. import openai_wire
from ..framing import Answer
from ..openai_ask import Refusal
from ..openai_wire import json_answer
from ..records import Received
from ..replies import Error, Stream, Text
from . import anthropic, assistants, audio, batches, catalog, chat, credits, files, images, responses, scoring, tuning
from .call import Call, Json, Refused, common, request_id
from .world import Handler, World

_ROUTES = {
    **anthropic.ROUTES,
    **assistants.ROUTES,
    **audio.ROUTES,
    **batches.ROUTES,
    **catalog.ROUTES,
    **chat.ROUTES,
    **credits.ROUTES,
    **files.ROUTES,
    **images.ROUTES,
    **responses.ROUTES,
    **scoring.ROUTES,
    **tuning.ROUTES,
}
_TYPES = {
    401: "authentication_error",
    402: "insufficient_credits",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_exceeded",
}
_ANTHROPIC_TYPES = {"rate_limit_exceeded": "rate_limit_error", "server_error": "api_error"}


class CoreXWire:
    """What FakeProvider asks of a protocol, over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.perform = self._performed

    def check_key(self, record: Received, key: str) -> None:
        """Refuse (401) whoever does not send the key as a bearer token, on every path."""
        scheme, _, sent = record.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not sent.strip():
            raise Refused(401, "No API key was sent. Send it as the header: Authorization: Bearer YOUR_KEY")
        if sent.strip() != key:
            raise Refused(401, "The API key is not valid.", code="invalid_api_key")

    def default(self, record: Received) -> Answer:
        """The answer of the endpoint; what a known model refuses becomes a line of the credits history."""
        handler, ids = _matched(record)
        call = Call(record, ids)
        with self._world.lock:
            try:
                found = handler(self._world, call)
            except Refusal as refusal:
                if call.model is not None and self._world.credits.on:
                    status = "rate_limited" if refusal.status == 429 else "error"
                    self._world.credits.record(call, call.model, status=status, error_message=str(refusal))
                raise
            return found if isinstance(found, Answer) else call.json(found)

    def render(self, reply: Text | Stream | Error, record: Received) -> Answer:
        """A scripted reply in the format of the path, with the request's id unless it names one."""
        if not any(name.lower() == "x-request-id" for name, _ in _lines(reply)):
            reply = replace(reply, headers=[*_lines(reply), ("x-request-id", request_id(record))])
        if isinstance(reply, Error):
            code = None if reply.code is None else str(reply.code)
            refusal = Refused(reply.status, reply.message, type=reply.type, param=reply.param, code=code)
            return json_answer(record, self._error(record, refusal), reply, reply.status)
        if _is_anthropic(record):
            return anthropic.render(reply, record)
        if record.path == "/v1/responses":
            return responses.render(reply, record)
        return openai_wire.render(reply, record)

    def refuse(self, record: Received, refusal: Refusal) -> Answer:
        """The error object of the path's protocol."""
        return json_answer(record, self._error(record, refusal), common(record), refusal.status)

    def _performed(self, record: Received) -> tuple[int, Any]:
        try:
            answer = self.default(record)
        except Refusal as refusal:
            return refusal.status, self._error(record, refusal)
        return 200, json.loads(b"".join(piece for piece in answer.body if isinstance(piece, bytes)))

    def _error(self, record: Received, refusal: Refusal) -> Json:
        named = refusal.type if isinstance(refusal, Refused) else None
        extra = refusal.extra if isinstance(refusal, Refused) else {}
        kind = named or _TYPES.get(refusal.status, "server_error" if refusal.status >= 500 else "invalid_request_error")
        if extra and self._world.dialect == "go":
            extra = {"details": extra}
        if _is_anthropic(record):
            error: Json = {"type": _ANTHROPIC_TYPES.get(kind, kind), "message": str(refusal), **extra}
            return {"type": "error", "error": error, "request_id": request_id(record)}
        error = {"message": str(refusal), "type": kind, "param": refusal.param, "code": refusal.code, **extra}
        return {"error": error}


def _is_anthropic(record: Received) -> bool:
    return record.path == "/v1/messages" or record.path.startswith("/v1/messages/")


def _lines(reply: Text | Stream | Error) -> list[tuple[str, str]]:
    return list(reply.headers.items() if isinstance(reply.headers, Mapping) else reply.headers)


def _matched(record: Received) -> tuple[Handler, tuple[str, ...]]:
    """The route of the request. No two templates fit one path."""
    segments = record.path.split("/")
    method = "GET" if record.method == "HEAD" else record.method
    known = False
    for (wanted, template), handler in _ROUTES.items():
        words = template.split("/")
        if len(words) != len(segments) or any(w not in ("{}", s) for w, s in zip(words, segments, strict=True)):
            continue
        if wanted == method:
            return handler, tuple(unquote(s) for w, s in zip(words, segments, strict=True) if w == "{}")
        known = True
    if known:
        raise Refused(405, f"Not allowed to {record.method} on {record.path}", code="method_not_allowed")
    raise Refused(404, f"Invalid URL ({record.method} {record.path})", code="unknown_url")
