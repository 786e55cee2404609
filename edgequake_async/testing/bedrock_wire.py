"""Bedrock's runtime as the fake provider speaks it: Converse, its stream, what invoke answers, see bedrock_invoke, and
the operation Rerank, see bedrock_rerank.

As in recorded traffic: a stream is AWS event-stream frames, blocks of text are not opened, ``metadata`` follows
``messageStop``, every event has a padding ``p``, and an error is a message with its type in a header or, inside a
stream, an exception. A request must be signed or carry a bearer token; what a signature covers is not verified. Paths
are found by their tail: /model/ID/converse and so on. https://docs.aws.amazon.com/bedrock/latest/APIReference/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from . import bedrock_invoke, bedrock_rerank, event_stream, openai_chat
from .bedrock_ask import read, said
from .brain import Turn, prompt_tokens, scripted, stopped, tokens
from .framing import Answer
from .openai_ask import Refusal, bearer, parsed
from .openai_wire import compact, lenient, request_id, sent
from .records import Received
from .replies import Common, Error, Stream, Text, steps
from .schema import SchemaError

Json = dict[str, Any]

_PLAIN = Common()
_ENDS = ("converse", "converse-stream", "invoke", "invoke-with-response-stream")
_REASONS = {"tool_calls": "tool_use", "length": "max_tokens", "stop": "end_turn", "content_filter": "content_filtered"}
_METRICS = {"latencyMs": 1}
_PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345678"
_SIGNATURE = "c2lnbmF0dXJl"
# https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and the errors of each operation
_TYPES = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}
# Those that a stream can raise; an error of the model has another name there.
_STREAMED = {424: "ModelStreamErrorException", **{code: _TYPES[code] for code in (400, 429, 500, 503)}}
_CORAL = "http://internal.amazon.com/coral/com.amazon.bedrock/"
_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/\s]+/\d{8}/[a-z0-9-]+/bedrock/aws4_request, ?"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), ?Signature=[0-9a-f]{64}"
)


def speaks(record: Received) -> bool:
    """Whether the path names a model and one of this API's operations, or is that of a rerank in Amazon's words."""
    if _operation(record) == "rerank":
        return bedrock_rerank.is_asked(lenient(record))
    return "/model/" in record.path and _operation(record) in _ENDS


def check_key(record: Received, key: str) -> None:
    """Raises Refusal (400 or 403) without the key as a bearer token or a signature of version 4 that is well formed."""
    given = record.headers.get("authorization", "")
    if not given:
        raise Refusal(403, "Missing Authentication Token", code="MissingAuthenticationTokenException")
    if given.startswith("Bearer "):
        if bearer(record) != key:
            raise Refusal(403, "The security token included in the request is invalid.", code=_TYPES[401])
        return
    signed = _SIGNED.fullmatch(given)
    if not signed or "x-amz-date" not in record.headers or not {"host", "x-amz-date"} <= {*signed["names"].split(";")}:
        raise Refusal(400, "The request signature is incomplete.", code="IncompleteSignatureException")


def default(record: Received) -> Answer:
    """What the small model answers. Raises Refusal."""
    if record.method != "POST":
        raise Refusal(405, f"Not allowed to {record.method}", code="UnknownOperationException")
    body = parsed(record)
    if _operation(record).startswith("invoke"):
        return _invoked(record, bedrock_invoke.answered(body, record, _model(record), _streams(record)), _PLAIN)
    if _operation(record) == "rerank":
        return _whole(record, bedrock_rerank.answered(body), _PLAIN)
    ask = read(body)
    try:
        turn, stop = stopped(ask)
    except SchemaError as exc:
        raise Refusal(400, f"outputConfig.textFormat.structure.jsonSchema.schema: {exc}") from exc
    return _spoken(record, turn, stop, _usage(prompt_tokens(ask.said), turn), _PLAIN)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in AWS's shape."""
    kind = refusal.code if refusal.code and refusal.code.endswith("Exception") else None
    return render(Error(status=refusal.status, message=str(refusal), type=kind), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in the format of the operation."""
    if isinstance(reply, Error):
        kind = reply.type or _TYPES.get(reply.status, _TYPES[500] if reply.status >= 500 else _TYPES[400])
        headers = {"x-amzn-errortype": f"{kind}:{_CORAL}"}
        return _whole(record, {"message": reply.message}, reply, reply.status, headers)
    if _operation(record) == "rerank":
        raise TypeError("reranking is answered by raw() or error(), not by a text or a stream")
    if _operation(record).startswith("invoke"):
        return _invoked(record, bedrock_invoke.scripted(reply, record, _model(record), _streams(record)), reply)
    n_prompt = prompt_tokens(said(lenient(record)))
    if isinstance(reply, Stream):
        return _streamed(record, _paced(reply, n_prompt), reply)
    turn = scripted(reply)
    return _spoken(record, turn, None, reply.usage or _usage(n_prompt, turn), reply)


def _spoken(record: Received, turn: Turn, stop: str | None, usage: Mapping[str, Any], common: Common) -> Answer:
    reason = "tool_use" if turn.calls else "stop_sequence" if stop else turn.finish_reason
    if _streams(record):
        return _streamed(record, _events(turn, reason, usage, record), common)
    content = _content(turn, record)
    if any(not isinstance(call.arguments_object, Mapping) for call in turn.calls):
        content, reason = [], "malformed_tool_use"
    message = {"content": content, "role": "assistant"}
    told = {"stopReason": _REASONS.get(reason, reason), "usage": usage}
    return _whole(record, {"metrics": _METRICS, "output": {"message": message}, **told}, common)


def _content(turn: Turn, record: Received) -> list[Json]:
    blocks: list[Json] = []
    if turn.reasoning is not None:
        thought = {"signature": _SIGNATURE, "text": turn.reasoning}
        blocks.append({"reasoningContent": {"reasoningText": thought}})
    if turn.content or turn.refusal or not turn.calls:
        blocks.append({"text": turn.content or turn.refusal or ""})
    for position, call in enumerate(turn.calls):
        named = {"name": call.name, "toolUseId": call.id or f"tooluse_fake{record.number:08d}x{position}"}
        blocks.append({"toolUse": {"input": call.arguments_object, **named, "type": "tool_use"}})
    return blocks


def _events(turn: Turn, reason: str, usage: Mapping[str, Any], record: Received) -> Iterator[tuple[str, Json]]:
    """A turn as a stream."""
    yield "messageStart", {"role": "assistant"}
    arguments = iter(call.arguments_text for call in turn.calls)
    for index, block in enumerate(_content(turn, record)):
        deltas: Iterable[Json]
        if "reasoningContent" in block:
            thought = block["reasoningContent"]["reasoningText"]
            deltas = [*({"text": piece} for piece in tokens(thought["text"])), {"signature": thought["signature"]}]
            deltas = [{"reasoningContent": delta} for delta in deltas]
        elif "text" in block:
            deltas = [{"text": piece} for piece in tokens(block["text"])]
        else:
            named = {name: block["toolUse"][name] for name in ("name", "toolUseId")}
            yield "contentBlockStart", {"contentBlockIndex": index, "start": {"toolUse": named}}
            deltas = [{"toolUse": {"input": piece}} for piece in tokens(next(arguments))]
        for delta in deltas:
            yield "contentBlockDelta", {"contentBlockIndex": index, "delta": delta}
        yield "contentBlockStop", {"contentBlockIndex": index}
    yield from _closing(reason, usage)


def _paced(reply: Stream, n_prompt: int) -> Iterator[tuple[str, Json] | float | Error]:
    """A scripted stream as one text; a mapping among the pieces is a whole delta. ``done`` leaves out the metadata."""
    yield reply.first_delay
    yield "messageStart", {"role": "assistant"}
    text = ""
    for step in steps(reply):
        if isinstance(step, (str, Mapping)):
            text += step if isinstance(step, str) else ""
            delta = {"text": step} if isinstance(step, str) else step
            yield "contentBlockDelta", {"contentBlockIndex": 0, "delta": delta}
        else:
            yield step
            if isinstance(step, Error):
                return
    if reply.finish_reason is not None:
        yield "contentBlockStop", {"contentBlockIndex": 0}
        stop, metadata = _closing(reply.finish_reason, reply.usage or _usage(n_prompt, Turn(text)))
        yield stop
        if reply.done:
            yield metadata


def _closing(reason: str, usage: Mapping[str, Any]) -> list[tuple[str, Json]]:
    stop = {"stopReason": _REASONS.get(reason, reason)}
    return [("messageStop", stop), ("metadata", {"metrics": _METRICS, "usage": usage})]


def _usage(n_prompt: int, turn: Turn) -> Json:
    counted = openai_chat.usage(n_prompt, [turn])
    n_output = counted["completion_tokens"]
    return {
        "inputTokens": n_prompt,
        "outputTokens": n_output,
        "serverToolUsage": {},
        "totalTokens": n_prompt + n_output,
    }


def _operation(record: Received) -> str:
    return record.path.rstrip("/").rpartition("/")[2]


def _model(record: Received) -> str:
    """The model's id or ARN, which may have slashes."""
    return unquote(record.path.rstrip("/").partition("/model/")[2].rpartition("/")[0])


def _streams(record: Received) -> bool:
    return _operation(record).endswith("stream")


def _whole(
    record: Received, value: Any, common: Common, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    usual = {"content-type": "application/json", "x-amzn-requestid": request_id(record), **(headers or {})}
    return sent(usual, [compact(value)], common, status=status)


def _invoked(record: Received, told: Any, common: Common) -> Answer:
    if isinstance(told, Mapping):
        counts = bedrock_invoke.counts(told)
        return _whole(record, told, common, headers=counts)
    return _streamed(record, told, common, {"x-amzn-bedrock-content-type": "application/json"})


def _streamed(
    record: Received,
    events: Iterable[tuple[str, Json] | float | Error],
    common: Common,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    usual = {"content-type": "application/vnd.amazon.eventstream", "x-amzn-requestid": request_id(record)}
    return sent({**usual, **(headers or {})}, _frames(events), common, chunked=True)


def _frames(events: Iterable[tuple[str, Json] | float | Error]) -> Iterator[bytes | float]:
    for number, told in enumerate(events):
        if isinstance(told, tuple):
            kind, fields = told
            padding = {"p": _PADDING[: 2 + number * 17 % (len(_PADDING) - 1)]}
            yield event_stream.event(kind, compact(dict(sorted({**fields, **padding}.items()))))
        elif isinstance(told, Error):
            name = told.type or _STREAMED.get(told.status, _STREAMED[500])
            yield event_stream.exception(name[:1].lower() + name[1:], compact({"message": told.message}))
        else:
            yield told
