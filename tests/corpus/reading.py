"""An independent reading of a recording: plain JSON and an SSE reader of its own, nothing from the library.

``read`` says what a client has to hand to its caller: the documents in order (one for a unary answer, one per
event of a stream), what they add up to, and the failure if the answer is or becomes one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .assembly import Assembly, Reply
from .recordings import Exchange

_STATUS_CLASS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "PaymentRequiredError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "Timeout",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    502: "BadGatewayError",
    503: "ServiceUnavailableError",
    504: "Timeout",
    529: "ServiceUnavailableError",
}
_CONTEXT_WORDS = {"context_length_exceeded", "exceed_context_size_error", "too_many_prompt_tokens"}
_CONTEXT_PHRASES = ("maximum context length", "max context length")
_POLICY_WORDS = {"content_filter", "content_policy_violation"}
_REQUEST_ID = ("x-request-id", "request-id", "x-amzn-requestid")


@dataclass(frozen=True)
class Failure:
    """What the caller's exception has to say. ``said`` are texts that its message contains."""

    kind: str
    status: int
    said: tuple[str, ...] = ()
    code: str | None = None
    type: str | None = None
    param: str | None = None


@dataclass(frozen=True)
class Reading:
    """``documents`` before the failure, if any; ``reply`` is what they add up to."""

    documents: tuple[Mapping[str, Any], ...]
    reply: Reply
    failure: Failure | None
    request_id: str | None


def read(exchange: Exchange) -> Reading:
    """Read one exchange. A stream counts as whole after a finish reason or the end marker, else as broken."""
    request_id = request_id_of(exchange)
    if exchange.body_kind == "sse" and exchange.status < 400:
        documents, failure = _stream(exchange.body)
        return Reading(documents, join(documents), failure, request_id)
    document = json.loads(exchange.body)
    if exchange.status >= 400:
        return Reading((), join(()), _failure(document, exchange.status), request_id)
    if document.get("error"):
        return Reading((), join(()), _failure(document, _inner_status(document["error"])), request_id)
    return Reading((document,), _whole(document), None, request_id)


def request_id_of(exchange: Exchange) -> str | None:
    """The id in the response's headers."""
    return next((exchange.headers[name] for name in _REQUEST_ID if name in exchange.headers), None)


def events(body: bytes) -> Iterator[tuple[str, str]]:
    """(event name, data) pairs. Lines end at CR, LF or CRLF only; comments and other fields are skipped."""
    name, data = "", list[str]()
    for line in [*re.split("\r\n|\n|\r", body.decode()), ""]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            name = value
        elif not line:
            if data:
                yield name, "\n".join(data)
            name, data = "", []


def ended(documents: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a finish reason was seen."""
    return any(choice.get("finish_reason") for doc in documents for choice in doc.get("choices") or ())


def join(chunks: Iterable[Mapping[str, Any]]) -> Reply:
    """What a list of chunk documents says."""
    chunks = list(chunks)
    choices: dict[int, Assembly] = {}
    for choice in (choice for chunk in chunks for choice in chunk.get("choices") or ()):
        _add(choices.setdefault(choice.get("index") or 0, Assembly()), choice, choice.get("delta") or {})
    return Reply(
        id=_first(chunks, "id"),
        model=_first(chunks, "model"),
        choices={index: assembly.answer() for index, assembly in choices.items()},
        usage=_first(chunks[::-1], "usage"),
        citations=_first(chunks[::-1], "citations"),
    )


def _stream(body: bytes) -> tuple[tuple[Mapping[str, Any], ...], Failure | None]:
    documents: list[Mapping[str, Any]] = []
    for name, data in events(body):
        if data.strip() == "[DONE]":
            return tuple(documents), None
        document = json.loads(data)
        if name == "error" or document.get("error"):
            return tuple(documents), _failure(document, _inner_status(document.get("error")))
        documents.append(document)
    failure = None if ended(documents) else Failure("APIConnectionError", 500)
    return tuple(documents), failure


def _whole(document: Mapping[str, Any]) -> Reply:
    choices = {}
    for position, choice in enumerate(document.get("choices") or ()):
        _add(assembly := Assembly(), choice, choice.get("message") or {}, whole=True)
        choices[choice.get("index", position)] = assembly.answer()
    return Reply(
        document.get("id") or None,
        document.get("model") or None,
        choices,
        document.get("usage"),
        document.get("citations"),
    )


def _add(assembly: Assembly, choice: Mapping[str, Any], says: Mapping[str, Any], *, whole: bool = False) -> None:
    assembly.content(says.get("content"))
    assembly.thought(says.get("reasoning_content") or says.get("reasoning"))
    assembly.refusal += says.get("refusal") or ""
    assembly.annotations.extend(says.get("annotations") or ())
    assembly.likelihoods(choice.get("logprobs"))
    for block in says.get("thinking_blocks") or ():
        assembly.thought_block(block)
    assembly.finished(choice.get("finish_reason"), (choice.get("provider_specific_fields") or {}).get("finish_reason"))
    for position, call in enumerate(says.get("tool_calls") or ()):
        function = call.get("function") or {}
        index = position if whole else call.get("index")
        assembly.call(index, call.get("id"), function.get("name"), function.get("arguments"))


def _first(documents: Sequence[Mapping[str, Any]], key: str) -> Any:
    return next((document[key] for document in documents if document.get(key)), None)


def _inner_status(error: Any) -> int:
    found = [error.get("code"), error.get("status_code")] if isinstance(error, dict) else []
    return next((value for value in found if isinstance(value, int) and 400 <= value < 600), 500)


def _failure(document: Mapping[str, Any], status: int) -> Failure:
    error = document.get("error")
    detail = error if isinstance(error, dict) else document
    text = next((found for found in (detail.get("message"), error, document.get("detail")) if found), ())
    said = (text.strip(),) if isinstance(text, str) else tuple(item["msg"] for item in text)
    code, type_ = detail.get("code"), detail.get("type") or document.get("error_type")
    return Failure(
        kind=error_class(status, {str(code), str(type_)}, " ".join(said)),
        status=status,
        said=said,
        code=None if code is None else str(code),
        type=type_,
        param=detail.get("param"),
    )


def error_class(status: int, words: set[str], text: str) -> str:
    """The library's class for an error of that status, with those codes and that message."""
    if status == 400 and (words & _CONTEXT_WORDS or any(phrase in text for phrase in _CONTEXT_PHRASES)):
        return "ContextWindowExceededError"
    if status == 400 and words & _POLICY_WORDS:
        return "ContentPolicyViolationError"
    return _STATUS_CLASS.get(status, "BadRequestError" if status < 500 else "InternalServerError")
