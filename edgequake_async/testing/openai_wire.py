"""The OpenAI API as the fake provider speaks it: routes, keys, errors, scripted replies, models, embeddings.

Routes are found by the tail of the path, so every prefix that OpenAI-compatible services use (/v1,
/openai/v1, /openai/deployments/NAME) leads to the same place. Refused requests get OpenAI's error object.
"""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from . import openai_chat
from .brain import Turn, answers, prompt_tokens, tokens
from .framing import Answer, answer
from .openai_ask import Refusal, bearer, document, read, said
from .records import Received
from .replies import Common, Error, Stream, Text, steps
from .schema import SchemaError
from .vectors import embed

MODELS = ("fake-embedding", "fake-model", "fake-reasoner")

_DEFAULT_DIMENSIONS = 1536
_DIMENSIONS_LIMIT = 16_384
_ERROR_TYPES = {429: "rate_limit_error"}
_PLAIN = Common()
_REQUEST_ID = "x-request-id"
DONE = b"data: [DONE]\n\n"


def default(record: Received) -> Answer:
    """What the small model answers. Raises Refusal."""
    return _route(record)(record)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in OpenAI's shape."""
    return render(Error(status=refusal.status, message=str(refusal), code=refusal.code, param=refusal.param), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in OpenAI's format; a text is streamed where the request asks for a stream."""
    if isinstance(reply, Error):
        return json_answer(record, _failure(reply), reply, reply.status)
    body = lenient(record)
    if reply.model is not None:
        body["model"] = reply.model
    if isinstance(reply, Stream):
        return event_answer(record, _paced(reply, body, record), reply)
    finish_reason = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
    content = None if reply.tool_calls and not reply.content else reply.content
    turn = Turn(content, reply.tool_calls, reply.reasoning, reply.refusal, finish_reason)
    return _spoken(record, body, [turn], reply.usage, reply)


def check_key(record: Received, key: str) -> None:
    """Raises Refusal (401) unless the key comes as a bearer token or in Azure's api-key header."""
    given = record.headers.get("api-key") or bearer(record)
    if not given:
        raise Refusal(401, "You didn't provide an API key. Send it as the header: Authorization: Bearer YOUR_KEY")
    if given != key:
        masked = f"{given[:4]}****{given[-2:]}" if len(given) > 8 else "****"
        raise Refusal(401, f"Incorrect API key provided: {masked}.", code="invalid_api_key")


def _failure(reply: Error) -> dict[str, Any]:
    usual = _ERROR_TYPES.get(reply.status, "server_error" if reply.status >= 500 else "invalid_request_error")
    kind = reply.type or usual
    return {"error": {"message": reply.message, "type": kind, "param": reply.param, "code": reply.code}}


def _route(record: Received) -> Callable[[Received], Answer]:
    tail, name = record.path.rstrip("/"), ""
    # In Azure's foundry the routes are below /models.
    if "/models/" in tail and not tail.endswith(("/models/chat/completions", "/models/embeddings")):
        tail, name = tail[: tail.index("/models/") + len("/models")], "named"
    for end, (method, handler) in _ROUTES.items():
        if tail.endswith(end):
            if record.method != method and (record.method, method) != ("HEAD", "GET"):
                raise Refusal(405, f"Not allowed to {record.method} on {record.path}")
            return _model if name else handler
    raise Refusal(404, f"Invalid URL ({record.method} {record.path})", code="unknown_url")


def _chat(record: Received) -> Answer:
    body = document(record)
    try:
        turns = answers(read(body))
    except SchemaError as exc:
        raise Refusal(400, f"Invalid schema: {exc}", param="response_format", code="invalid_schema") from exc
    return _spoken(record, body, turns, None, _PLAIN)


def _spoken(
    record: Received,
    body: Mapping[str, Any],
    turns: list[Turn],
    usage: Mapping[str, Any] | None,
    common: Common,
) -> Answer:
    counted = usage or openai_chat.usage(prompt_tokens(said(body)), turns)
    if not body.get("stream"):
        return json_answer(record, openai_chat.completion(body, record.number, turns, counted), common)
    shown = counted if usage or wants_usage(body) else None
    chunks = openai_chat.events(body, record.number, turns, shown)
    return event_answer(record, (*map(event, chunks), DONE), common)


def _paced(reply: Stream, body: Mapping[str, Any], record: Received) -> Iterator[bytes | float]:
    base = openai_chat.envelope(body, record.number, "chat.completion.chunk")
    yield reply.first_delay
    opening = {"role": "assistant"}
    text = ""
    for piece in steps(reply):
        if isinstance(piece, str):
            text += piece
            yield event(openai_chat.chunk(base, 0, {**opening, "content": piece}))
            opening = {}
        elif isinstance(piece, Mapping):
            yield event(openai_chat.chunk(base, 0, piece))
            opening = {}
        elif isinstance(piece, Error):
            yield event(_failure(piece))
            return
        else:
            yield piece
    if reply.finish_reason is not None:
        yield event(openai_chat.chunk(base, 0, {}, finish_reason=reply.finish_reason))
    if reply.usage or wants_usage(body):
        counted = reply.usage or openai_chat.usage(prompt_tokens(said(body)), [Turn(text)])
        yield event({**base, "choices": [], "usage": counted})
    if reply.done:
        yield DONE


def _embeddings(record: Received) -> Answer:
    return json_answer(record, embeddings(document(record)), _PLAIN)


def embeddings(body: Mapping[str, Any]) -> dict[str, Any]:
    """The embeddings that a request asks for. Raises Refusal (400)."""
    texts = _inputs(body.get("input"))
    dimensions = body.get("dimensions")
    if dimensions is None:
        dimensions = _DEFAULT_DIMENSIONS
    if not isinstance(dimensions, int) or not 1 <= dimensions <= _DIMENSIONS_LIMIT:
        expected = f"expected an integer from 1 to {_DIMENSIONS_LIMIT}"
        raise Refusal(400, f"Invalid 'dimensions': {expected}.", param="dimensions", code="invalid_value")
    pack = _PACKED.get(str(body.get("encoding_format") or "float"))
    if pack is None:
        expected = "expected 'float' or 'base64'"
        raise Refusal(400, f"Invalid 'encoding_format': {expected}.", param="encoding_format", code="invalid_value")
    rows = [
        {"object": "embedding", "index": index, "embedding": pack(embed(text, dimensions))}
        for index, text in enumerate(texts)
    ]
    counted = sum(len(tokens(text)) for text in texts)
    usage = {"prompt_tokens": counted, "total_tokens": counted}
    return {"object": "list", "data": rows, "model": body["model"], "usage": usage}


def _inputs(given: Any) -> list[str]:
    """The texts to embed; a list of token numbers counts as the text that spells them."""
    many = given if isinstance(given, list) else [given]
    if many and all(isinstance(item, int) for item in many):
        many = [many]
    texts = [" ".join(map(str, item)) if isinstance(item, list) else item for item in many]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        expected = "expected a string, an array of strings, or arrays of tokens, none of them empty"
        raise Refusal(400, f"Invalid 'input': {expected}.", param="input", code="invalid_value")
    return texts


def _models(record: Received) -> Answer:
    return json_answer(record, {"object": "list", "data": [_card(name) for name in MODELS]}, _PLAIN)


def _model(record: Received) -> Answer:
    name = record.path.rpartition("/models/")[2]
    if name not in MODELS:
        raise Refusal(404, f"The model '{name}' does not exist", param="model", code="model_not_found")
    return json_answer(record, _card(name), _PLAIN)


def _card(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_735_689_600, "owned_by": "fake"}


def lenient(record: Received) -> dict[str, Any]:
    """The request's fields for a scripted reply, which answers even what is not valid."""
    try:
        body = record.json
    except ValueError:
        return {}
    return dict(body) if isinstance(body, Mapping) else {}


def wants_usage(body: Mapping[str, Any]) -> bool:
    """Whether the request asks for a usage chunk at the end of its stream."""
    options = body.get("stream_options")
    return isinstance(options, Mapping) and bool(options.get("include_usage"))


def json_answer(record: Received, value: Any, common: Common, status: int = 200, id: str = _REQUEST_ID) -> Answer:
    """A JSON document with the usual headers; the request's id goes into the header ``id``."""
    usual = {"content-type": "application/json", id: request_id(record)}
    return sent(usual, [compact(value)], common, status=status)


def event_answer(record: Received, pieces: Iterable[bytes | float], common: Common, id: str = _REQUEST_ID) -> Answer:
    """Server-sent events with the usual headers, one TCP write per piece."""
    usual = {"content-type": "text/event-stream; charset=utf-8", id: request_id(record)}
    return sent(usual, pieces, common, chunked=True)


def request_id(record: Received) -> str:
    """The id of a request, made from its number."""
    return f"req_fake{record.number:08d}"


def sent(
    usual: Mapping[str, str],
    pieces: Iterable[bytes | float],
    common: Common,
    *,
    status: int = 200,
    chunked: bool = False,
) -> Answer:
    """A body with its ``usual`` headers, except where the reply gives its own, and what the reply has besides."""
    given = list(common.headers.items() if isinstance(common.headers, Mapping) else common.headers)
    names = {name.lower() for name, _ in given}
    headers = [(name, value) for name, value in usual.items() if name not in names] + given
    return answer(status, headers, pieces, chunked=chunked, encoding=common.encoding, delay=common.delay)


def event(chunk: Mapping[str, Any]) -> bytes:
    """One chunk as a server-sent event."""
    return b"data: %b\n\n" % compact(chunk)


def named_event(name: str, /, **fields: Any) -> bytes:
    """A server-sent event that has its type in its data too, as Anthropic and OpenAI's Responses send them."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), compact({"type": name, **fields}))


def compact(value: Any) -> bytes:
    """JSON without spaces, in UTF-8."""
    return dumped(value, separators=(",", ":"))


def dumped(value: Any, **layout: Any) -> bytes:
    """JSON in UTF-8, laid out as json.dumps is told."""
    # Lone surrogates may come in as JSON escapes and must go out as such.
    try:
        return json.dumps(value, ensure_ascii=False, **layout).encode()
    except UnicodeEncodeError:
        return json.dumps(value, **layout).encode()


_ROUTES: dict[str, tuple[str, Callable[[Received], Answer]]] = {
    "/chat/completions": ("POST", _chat),
    "/embeddings": ("POST", _embeddings),
    "/models": ("GET", _models),
}
_PACKED: dict[str, Callable[[array[float]], Any]] = {
    "base64": lambda vector: base64.b64encode(vector.tobytes()).decode(),
    "float": lambda vector: vector.tolist(),
}
