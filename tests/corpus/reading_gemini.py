"""An independent reading of recorded generateContent answers: plain JSON, pieces put together by hand.

A stream, and an array of pieces, are read as the pieces of one answer; so is a whole answer, of one piece. What Vertex
answers has the same form.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .assembly import Assembly, Reply
from .native import NativeReading
from .reading import Failure, error_class, events, request_id_of
from .recordings import Exchange

_FILTERED = {"SAFETY", "RECITATION", "MODEL_ARMOR"}
_TOO_LONG = "exceeds the maximum number of tokens allowed"
_PLACED_IN_PART = {"text", "thought", "thoughtSignature", "functionCall"}
_PLACED_IN_CANDIDATE = {"citationMetadata", "content", "finishReason", "index", "logprobsResult"}
_PLACED_IN_ANSWER = {"candidates", "createTime", "modelVersion", "responseId", "usageMetadata"}
_COUNTERS = {"promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount"}

Json = dict[str, Any]


@dataclass
class _Candidate:
    """One candidate so far. ``open`` is a call whose arguments come in pieces; ``own`` has what was told last."""

    assembly: Assembly = field(default_factory=Assembly)
    kept: list[Any] = field(default_factory=list)
    own: Json = field(default_factory=dict)
    speech: bytes = b""
    open: Json | None = None


def read(exchange: Exchange) -> NativeReading:
    """Read one exchange. A stream counts as whole once it says why it stopped, else as broken.

    Ids that the recording leaves out are empty.
    """
    request_id = request_id_of(exchange)
    if exchange.body_kind == "sse" and exchange.status < 400:
        pieces = [json.loads(data) for _, data in events(exchange.body)]
    else:
        document = json.loads(exchange.body)
        pieces = document if isinstance(document, list) else [document]
    failed = next((piece for piece in pieces if "error" in piece), None)
    if failed is not None:
        return NativeReading(Reply(None, None, {}, None, None), failure_of(failed["error"]), request_id)
    reading, kept, ended = _read(pieces)
    if not ended and exchange.stream:  # usage and what is kept come with the last chunk
        broken = Reply(reading.id, reading.model, reading.choices, None, None)
        return NativeReading(broken, Failure("APIConnectionError", 500), request_id)
    return NativeReading(reading, None, request_id, kept)


def _read(pieces: Sequence[Json]) -> tuple[Reply, list[Any], bool]:
    candidates: dict[int, _Candidate] = {}
    kept: list[Any] = []
    for piece in pieces:
        for said in piece.get("candidates") or ():
            _add(candidates.setdefault(said.get("index", 0), _Candidate()), said)
        if not piece.get("candidates") and (reason := (piece.get("promptFeedback") or {}).get("blockReason")):
            candidates.setdefault(0, _Candidate()).assembly.finished("content_filter", reason)
        kept += [{key: value} for key, value in piece.items() if key not in _PLACED_IN_ANSWER]
    counted = _last(pieces, "usageMetadata")
    for candidate in candidates.values():
        kept += [*candidate.kept, *({key: value} for key, value in candidate.own.items())]
        if candidate.speech:
            kept.append({"data": base64.b64encode(candidate.speech).decode()})
    reply = Reply(
        id=_last(pieces[:1], "responseId") or "",
        model=_last(pieces[:1], "modelVersion") or "",
        choices={index: candidate.assembly.answer() for index, candidate in candidates.items()},
        usage=None if counted is None else _usage(counted),
        citations=None,
    )
    return reply, kept, all(candidate.assembly.finish_reason for candidate in candidates.values()) and bool(candidates)


def _last(pieces: Sequence[Json], key: str) -> Any:
    return next((piece[key] for piece in reversed(pieces) if piece.get(key)), None)


def _add(candidate: _Candidate, said: Json) -> None:
    assembly = candidate.assembly
    for part in (said.get("content") or {}).get("parts") or ():
        _say(candidate, part)
    for annotation in _annotations(said, assembly.text.encode()):
        if annotation not in assembly.annotations:
            assembly.annotations.append(annotation)
    assembly.likelihoods({"content": list(_likelihoods(said.get("logprobsResult") or {}))})
    if (reason := said.get("finishReason")) is not None:
        assembly.finished(_reason(reason, bool(assembly.answer().calls)), reason)
    candidate.kept += (said.get("citationMetadata") or {}).get("citations") or ()
    candidate.own.update({key: value for key, value in said.items() if key not in _PLACED_IN_CANDIDATE})


def _reason(reason: str | int, called: bool) -> str:
    if reason in ("MAX_TOKENS", 2):
        return "length"
    if reason in _FILTERED:
        return "content_filter"
    return "tool_calls" if called else "stop"


def _say(candidate: _Candidate, part: Json) -> None:
    assembly, signature = candidate.assembly, part.get("thoughtSignature")
    if part.get("thought"):
        assembly.thought(part.get("text"))
        block = {"type": "thinking", "thinking": part.get("text") or ""}
        assembly.thought_block({**block, "signature": signature} if signature else block)
    elif "text" in part:
        assembly.content(part["text"])
    if (call := part.get("functionCall")) is not None:
        _call(candidate, call)
    if signature:
        candidate.kept.append(signature)
    media = part.get("inlineData")
    if media and media["mimeType"].startswith("image/"):
        candidate.kept.append({"url": f"data:{media['mimeType']};base64,{media['data']}"})
    elif media and media["mimeType"].startswith("audio/"):
        candidate.speech += base64.b64decode(media["data"])
    candidate.kept += [
        {key: value} for key, value in part.items() if key not in _PLACED_IN_PART and key != "inlineData"
    ]


def _call(candidate: _Candidate, call: Json) -> None:
    """A call is whole at once, or opened by its name and filled until a piece does not go on."""
    if "name" in call or candidate.open is None:
        candidate.open = {"id": call.get("id") or "", "name": call["name"], "args": dict(call.get("args") or {})}
    for piece in call.get("partialArgs") or ():
        member = piece["jsonPath"].removeprefix("$.")
        assert re.fullmatch(r"\w+", member), piece
        candidate.open["args"][member] = candidate.open["args"].get(member, "") + piece["stringValue"]
    if not call.get("willContinue"):
        whole, candidate.open = candidate.open, None
        index = len(candidate.assembly.answer().calls)
        candidate.assembly.call(index, whole["id"], whole["name"], json.dumps(whole["args"]))


def _annotations(said: Json, text: bytes) -> Iterator[Json]:
    """OpenAI's: places in characters, where Gemini counts bytes."""
    grounding = said.get("groundingMetadata") or {}
    sources = grounding.get("groundingChunks") or ()
    for support in grounding.get("groundingSupports") or ():
        for index in support["groundingChunkIndices"]:
            if web := sources[index].get("web"):
                yield _annotation(support["segment"], web, text)
    for citation in (said.get("citationMetadata") or {}).get("citations") or ():
        if citation.get("uri"):
            yield _annotation(citation, citation, text)


def _annotation(passage: Json, source: Json, text: bytes) -> Json:
    start, end = (_characters(text[: passage.get(name, 0)]) for name in ("startIndex", "endIndex"))
    page = {"start_index": start, "end_index": end, "url": source["uri"], "title": source.get("title", "")}
    return {"type": "url_citation", "url_citation": page}


def _characters(text: bytes) -> int:
    """Those that begin in the text: its last one may be cut."""
    return sum(byte & 0xC0 != 0x80 for byte in text)


def _likelihoods(result: Json) -> Iterator[Json]:
    others = result.get("topCandidates") or ()
    for index, chosen in enumerate(result.get("chosenCandidates") or ()):
        top = others[index]["candidates"] if index < len(others) else ()
        yield {**_likelihood(chosen), "top_logprobs": [_likelihood(token) for token in top]}


def _likelihood(token: Json) -> Json:
    return {**{("logprob" if key == "logProbability" else key): value for key, value in token.items()}, "bytes": None}


def _usage(counted: Json) -> Json:
    """Thoughts are part of the answer, and what tools added is part of the prompt."""
    number = {key: value or 0 for key, value in counted.items() if not isinstance(value, (list, str))}
    prompt = number.get("promptTokenCount", 0) + number.get("toolUsePromptTokenCount", 0)
    thought = number.get("thoughtsTokenCount")
    answer = number.get("candidatesTokenCount", 0) + (thought or 0)
    own = {key: value for key, value in counted.items() if key not in {*_COUNTERS, "cachedContentTokenCount"}}
    usage: Json = {
        **own,
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": number.get("totalTokenCount") or prompt + answer,
    }
    if thought is not None:
        usage["completion_tokens_details"] = {"reasoning_tokens": thought}
    if (cached := counted.get("cachedContentTokenCount")) is not None:
        usage["prompt_tokens_details"] = {"cached_tokens": cached}
    return usage


def failure_of(error: Mapping[str, Any]) -> Failure:
    """What Google's error object, which most of its services answer with, says."""
    status, message = error["code"], error["message"]
    reasons = {detail.get("reason") for detail in error.get("details") or ()}
    kind = "ContextWindowExceededError" if _TOO_LONG in message else error_class(status, set(), message)
    kind = "AuthenticationError" if "API_KEY_INVALID" in reasons else kind
    return Failure(kind, status, (message.strip(),), str(status), error.get("status"), None)
