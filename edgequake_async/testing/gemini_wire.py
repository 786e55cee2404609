"""Google's Gemini API as the fake provider speaks it: generateContent, its two kinds of stream, embeddings, counting.

Methods are found by the end of the path, so the Gemini API (/v1beta/models/X:method) and Vertex AI
(/v1/projects/P/locations/L/publishers/google/models/X:method) lead to the same place. As in recorded traffic: events
end with CRLF, a stream without ``alt=sse`` is one JSON array, every chunk carries usage, function calls finish with
STOP, and a refused stream is one JSON document under the content type of a stream.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from . import gemini_embeddings
from .brain import Turn, answers, prompt_tokens, scripted, tokens
from .framing import Answer
from .gemini_ask import camel, check_contents, document, read, said
from .google_errors import failure
from .openai_ask import Refusal, bearer
from .openai_wire import compact, dumped, lenient, sent
from .records import Received
from .replies import Common, Error, Stream, Text, steps
from .schema import SchemaError

Json = dict[str, Any]

_PLAIN = Common()
_METHODS = ("generateContent", "streamGenerateContent", "countTokens", *gemini_embeddings.METHODS)
_FINISH = {"stop": "STOP", "tool_calls": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}
_JSON = {"content-type": "application/json; charset=UTF-8"}
_EVENTS = {"content-type": "text/event-stream"}
_SIGNATURE = "c2lnbmF0dXJl"


def speaks(record: Received) -> bool:
    """Whether the path ends with the name of one of this API's methods."""
    return method(record)[1] in _METHODS


def method(record: Received) -> tuple[str, str]:
    """The model and the method that the path names."""
    model, _, verb = unquote(record.path.rpartition("/")[2]).rpartition(":")
    return model, verb


def check_key(record: Received, key: str) -> None:
    """Raises Refusal (400, 401 or 403) unless the key comes in x-goog-api-key or as a bearer token."""
    named, token = record.headers.get("x-goog-api-key"), bearer(record)
    if not named and not token:
        unknown = "Method doesn't allow unregistered callers (callers without established identity)."
        raise Refusal(403, f"{unknown} Please use API Key or other form of API consumer identity to call this API.")
    if named and named != key:
        raise Refusal(400, "API key not valid. Please pass a valid API key.", code="API_KEY_INVALID")
    if not named and token != key:
        raise Refusal(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")


def default(record: Received) -> Answer:
    """What the small model answers. Raises Refusal."""
    model, verb = method(record)
    if record.method != "POST":
        raise Refusal(404, f"Not found: {record.method} {record.path}")
    body = document(record)
    if verb in gemini_embeddings.METHODS:
        return whole_answer(record, gemini_embeddings.METHODS[verb](body, _is_vertex(record)), _PLAIN)
    if verb == "countTokens":
        return whole_answer(record, _counted(body), _PLAIN)
    try:
        turns = answers(read(body))
    except SchemaError as exc:
        raise Refusal(400, f"Invalid schema: {exc}", param="generationConfig.responseSchema") from exc
    return _spoken(record, turns, _Envelope(record, model, body), None, _PLAIN)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in Google's shape; ``param`` is told as the field that is wrong."""
    code = None if refusal.param else refusal.code
    return render(Error(status=refusal.status, message=str(refusal), code=code, param=refusal.param), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in Google's format; a text is streamed where the path asks for a stream."""
    if isinstance(reply, Error):
        return _failed(reply, record)
    body = camel(lenient(record))
    model = reply.model or method(record)[0]
    if isinstance(reply, Stream):
        return _streamed(record, _chunks(_paced(reply), _Envelope(record, model, body), reply.usage), reply)
    return _spoken(record, [scripted(reply)], _Envelope(record, model, body), reply.usage, reply)


def whole_answer(record: Received, value: Any, common: Common, status: int = 200) -> Answer:
    """A document as Google writes it: indented by two, with a line end."""
    return sent(_JSON, [dumped(value, indent=2) + b"\n"], common, status=status)


class _Envelope:
    """What every chunk of one answer has around its candidates; counts what has been said."""

    def __init__(self, record: Received, model: str, body: Mapping[str, Any]) -> None:
        self._prompt = prompt_tokens(said(body))
        self._thought = self._spoken = 0
        self._vertex = _is_vertex(record)
        self._tail = {"modelVersion": model, "responseId": f"fake{record.number:08d}"}
        if self._vertex:
            self._tail["createTime"] = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())

    def around(self, candidates: Sequence[Json], usage: Mapping[str, Any] | None = None) -> Json:
        """The candidates as one document, with the usage so far."""
        for candidate in candidates:
            for part in candidate.get("content", {}).get("parts", ()):
                if part.get("thought"):
                    self._thought += len(tokens(part.get("text")))
                else:
                    call = part.get("functionCall") or {}
                    arguments = json.dumps(call["args"], ensure_ascii=False) if "args" in call else ""
                    spoken = (part.get("text"), call.get("name"), arguments)
                    self._spoken += sum(len(tokens(each)) for each in spoken)
        return {"candidates": candidates, "usageMetadata": usage or self._usage(), **self._tail}

    def _usage(self) -> Json:
        counted: Json = {"promptTokenCount": self._prompt}
        if self._spoken:
            counted["candidatesTokenCount"] = self._spoken
        counted["totalTokenCount"] = self._prompt + self._spoken + self._thought
        if self._vertex:
            counted["trafficType"] = "ON_DEMAND"
        counted["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": self._prompt}]
        if self._thought:
            counted["thoughtsTokenCount"] = self._thought
        return counted


def _counted(body: Json) -> Json:
    inner = body.get("generateContentRequest")
    asked = camel(inner) if isinstance(inner, Mapping) else body
    check_contents(asked)
    n_tokens = prompt_tokens(said(asked))
    return {"totalTokens": n_tokens, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": n_tokens}]}


def _spoken(
    record: Received, turns: Sequence[Turn], envelope: _Envelope, usage: Mapping[str, Any] | None, common: Common
) -> Answer:
    if not _streams(record):
        candidates = [_candidate(index, _parts(turn), turn) for index, turn in enumerate(turns)]
        return whole_answer(record, envelope.around(candidates, usage), common)
    told = (piece for index, turn in enumerate(turns) for piece in _pieces(index, turn))
    return _streamed(record, _chunks(told, envelope, usage), common)


def _parts(turn: Turn) -> list[Json]:
    """A turn's parts; the signature of its thought is on the first call, else on the last part."""
    if turn.refusal is not None or _broken(turn):
        return []
    parts: list[Json] = [{"text": turn.content or ""}] if turn.content or not turn.calls else []
    for call in turn.calls:
        named: Json = {"name": call.name, "args": call.arguments_object}
        parts.append({"functionCall": {**named, "id": call.id} if call.id else named})
    if turn.reasoning is None:
        return parts
    signed = next((part for part in parts if "functionCall" in part), parts[-1])
    signed["thoughtSignature"] = _SIGNATURE
    return [{"text": turn.reasoning, "thought": True}, *parts]


def _pieces(index: int, turn: Turn) -> Iterator[Json]:
    """The candidates of a turn's chunks, the last one with its finish."""
    last: list[Json] = [] if turn.refusal is not None or _broken(turn) else [{"text": ""}]
    for part in _parts(turn):
        if "functionCall" in part:
            yield _candidate(index, [part])
            continue
        for piece in tokens(part["text"]):
            yield _candidate(index, [{"text": piece, "thought": True} if part.get("thought") else {"text": piece}])
        if "thoughtSignature" in part:
            last[0]["thoughtSignature"] = part["thoughtSignature"]
    yield _candidate(index, last, turn)


def _candidate(index: int, parts: list[Json], turn: Turn | None = None) -> Json:
    """One candidate, finished where its turn is given."""
    candidate: Json = {"content": {"parts": parts, "role": "model"}} if parts else {}
    if turn is not None and _broken(turn):
        call = next(call for call in turn.calls if not isinstance(call.arguments_object, Mapping))
        candidate["finishReason"] = "MALFORMED_FUNCTION_CALL"
        candidate["finishMessage"] = f"Malformed function call: {call.name}({call.arguments_text})"
    elif turn is not None and turn.refusal is not None:
        candidate |= {"finishReason": "SAFETY", "finishMessage": turn.refusal}
    elif turn is not None:
        candidate["finishReason"] = _FINISH.get(turn.finish_reason, turn.finish_reason)
    return {**candidate, "index": index}


def _broken(turn: Turn) -> bool:
    """Whether a call's arguments are not an object, the only kind that this API can tell."""
    return any(not isinstance(call.arguments_object, Mapping) for call in turn.calls)


def _paced(reply: Stream) -> Iterator[Json | float | Error]:
    """A scripted stream as candidates; a mapping among the pieces is a whole part. ``done`` means nothing here."""
    yield reply.first_delay
    for step in steps(reply):
        if isinstance(step, str):
            yield _candidate(0, [{"text": step}])
        elif isinstance(step, Mapping):
            yield _candidate(0, [dict(step)])
        else:
            yield step
            if isinstance(step, Error):
                return
    if reply.finish_reason is not None:
        yield _candidate(0, [{"text": ""}], Turn(None, finish_reason=reply.finish_reason))


def _chunks(
    candidates: Iterable[Json | float | Error], envelope: _Envelope, usage: Mapping[str, Any] | None
) -> Iterator[Json | float]:
    """Candidates as documents; ``usage`` replaces what the finishing one counted."""
    for each in candidates:
        if isinstance(each, Error):
            yield failure(each)
        elif isinstance(each, Mapping):
            yield envelope.around([each], usage if "finishReason" in each else None)
        else:
            yield each


def _is_vertex(record: Received) -> bool:
    return "/publishers/" in record.path


def _streams(record: Received) -> bool:
    return method(record)[1].startswith("stream")


def _streamed(record: Received, chunks: Iterable[Json | float], common: Common) -> Answer:
    if record.query.get("alt") == "sse":
        return sent(_EVENTS, map(_event, chunks), common, chunked=True)
    return sent(_JSON, _array(chunks), common, chunked=True)


def _event(chunk: Json | float) -> bytes | float:
    if not isinstance(chunk, Mapping):
        return chunk
    return b"data: %b\r\n\r\n" % dumped(chunk, separators=(",", ": "))


def _array(chunks: Iterable[Json | float]) -> Iterator[bytes | float]:
    before = b"["
    for chunk in chunks:
        if isinstance(chunk, Mapping):
            yield before + dumped(chunk, indent=2)
            before = b"\n,\r\n"
        else:
            yield chunk
    yield b"[]" if before == b"[" else b"\n]"


def _failed(reply: Error, record: Received) -> Answer:
    told = failure(reply)
    if not _streams(record):
        return whole_answer(record, told, reply, reply.status)
    if record.query.get("alt") == "sse":
        return sent(_EVENTS, [compact(told)], reply, status=reply.status)
    return sent(_JSON, _array([told]), reply, status=reply.status)
