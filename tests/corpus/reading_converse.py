"""An independent reading of recorded Converse and ConverseStream answers: plain JSON, frames put together by hand.

A stream is first made into the answer that it spells out, so that one reading serves both.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and ..._ConverseStream.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .assembly import Assembly, Reply
from .aws_events import Frame, frames
from .native import NativeReading
from .reading import Failure, error_class, request_id_of
from .recordings import Exchange

_REASONS = {
    "content_filtered": "content_filter",
    "end_turn": "stop",
    "guardrail_intervened": "content_filter",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
}
# Of the exceptions that an event of a stream may be, as botocore's description of the service has them.
STATUS = {
    "internalServerException": 500,
    "modelStreamErrorException": 424,
    "modelTimeoutException": 408,
    "serviceUnavailableException": 503,
    "throttlingException": 429,
    "validationException": 400,
}
_TOLD = ("output", "p", "stopReason", "usage")
# The counts of the cache stand twice in most answers, under two names.
_COUNTED = {
    "cacheReadInputTokenCount",
    "cacheReadInputTokens",
    "cacheWriteInputTokenCount",
    "cacheWriteInputTokens",
    "inputTokens",
    "outputTokens",
    "totalTokens",
}

Json = dict[str, Any]


def read(exchange: Exchange) -> NativeReading:
    """Read one exchange. A stream counts as whole once it says why it stopped, else as broken.

    Ids and models, which are never told, are empty.
    """
    request_id = request_id_of(exchange)
    if exchange.status >= 400:
        return NativeReading(_reply({}), refused(exchange), request_id)
    if exchange.body_kind != "eventstream":
        document = json.loads(exchange.body)
        return NativeReading(_reply(document), None, request_id, list(_kept(document)))
    answer, failure = _joined(exchange.body)
    if failure is not None:  # usage and what is kept come with the last chunk
        return NativeReading(replace(_reply(answer), usage=None), failure, request_id)
    return NativeReading(_reply(answer), None, request_id, list(_kept(answer)))


def refused(exchange: Exchange) -> Failure:
    """The failure of a call that Bedrock answered with an error; its type is in a header, before a colon or hash."""
    document = json.loads(exchange.body)
    message = document.get("message") or document.get("Message") or ""
    kind = exchange.headers.get("x-amzn-errortype", "").replace("#", ":").partition(":")[0] or None
    return Failure(error_class(exchange.status, {str(kind)}, message), exchange.status, (message,), None, kind)


def broken_off(frame: Frame) -> Failure | None:
    """The failure that a frame tells of, if it does."""
    if frame.headers[":message-type"] == "event":
        return None
    kind = frame.headers.get(":exception-type") or frame.headers[":error-code"]
    message = json.loads(frame.payload or b"{}").get("message") or frame.headers.get(":error-message", "")
    status = STATUS.get(kind, 500)
    return Failure(error_class(status, {kind}, message), status, (message,), None, kind)


def _joined(body: bytes) -> tuple[Json, Failure | None]:
    """The answer that a stream spells out, up to its end or failure."""
    answer: Json = {}
    blocks: dict[int, Json] = {}
    failure = None
    for frame in frames(body):
        failure = broken_off(frame)
        if failure is not None:
            break
        kind, event = frame.headers[":event-type"], json.loads(frame.payload)
        if kind == "messageStart":
            answer = {"output": {"message": {"role": event["role"], "content": blocks}}}
        elif kind == "contentBlockStart":
            blocks[event["contentBlockIndex"]] = {name: dict(begun) for name, begun in event["start"].items()}
        elif kind == "contentBlockDelta":
            _grow(blocks.setdefault(event["contentBlockIndex"], {}), event["delta"])
        elif kind in ("messageStop", "metadata"):
            answer.update(event)
    if failure is None and not answer.get("stopReason"):
        failure = Failure("APIConnectionError", 500)
    if answer:
        answer["output"]["message"]["content"] = [_whole(blocks[at]) for at in sorted(blocks)]
    return answer, failure


def _grow(block: Json, delta: Json) -> None:
    for name, piece in delta.items():
        if name == "text":
            block["text"] = block.get("text", "") + piece
        elif name == "toolUse":
            block["toolUse"]["input"] = block["toolUse"].get("input", "") + piece["input"]
        elif name == "reasoningContent":
            thought = block.setdefault("reasoningContent", {})
            for key, value in piece.items():
                thought[key] = thought.get(key, "") + value
        elif name == "citation":
            block.setdefault("citations", []).append(piece)
        elif name == "toolResult":
            block["toolResult"].setdefault("content", []).extend(piece)
        else:
            block[name] = piece


def _whole(block: Json) -> Json:
    """A block as a whole answer has it."""
    if "toolUse" in block:
        return {"toolUse": {**block["toolUse"], "input": _parsed(block["toolUse"].get("input"))}}
    if (thought := block.get("reasoningContent")) and "redactedContent" not in thought:
        return {"reasoningContent": {"reasoningText": thought}}
    if "citations" in block:
        said = [{"text": block["text"]}] if "text" in block else []
        return {"citationsContent": {"content": said, "citations": block["citations"]}}
    return block


def _parsed(arguments: str | None) -> Any:
    """Arguments that the token limit cut short stay text."""
    try:
        return json.loads(arguments or "{}")
    except ValueError:
        return arguments


def _reply(answer: Json) -> Reply:
    if not answer:
        return Reply(None, None, {}, None, None)
    assembly = Assembly()
    for block in answer["output"]["message"]["content"]:
        _say(assembly, block)
    raw = answer.get("stopReason")
    reason = _REASONS.get(raw or "", raw)
    assembly.finished("tool_calls" if reason == "stop" and assembly.answer().calls else reason, raw)
    counted = answer.get("usage")
    return Reply("", "", {0: assembly.answer()}, _usage(counted) if counted else None, None)


def _say(assembly: Assembly, block: Json) -> None:
    assembly.content(block.get("text"))
    for said in block.get("citationsContent", {}).get("content") or ():
        assembly.content(said.get("text"))
    if (call := block.get("toolUse")) and not _server_tool(call):
        given = call["input"]
        arguments = given if isinstance(given, str) else json.dumps(given)
        assembly.call(len(assembly.answer().calls), call["toolUseId"], call["name"], arguments)
    thought = block.get("reasoningContent", {})
    if (text := thought.get("reasoningText")) is not None:
        assembly.thought(text.get("text"))
        signed = {"signature": text["signature"]} if "signature" in text else {}
        assembly.thought_block({"type": "thinking", "thinking": text.get("text", ""), **signed})
    elif "redactedContent" in thought:
        assembly.thought_block({"type": "redacted_thinking", "data": thought["redactedContent"]})


def _server_tool(call: Mapping[str, Any]) -> bool:
    """Amazon runs its own tools (Nova's code interpreter, grounding); their calls are no business of the caller's."""
    return call.get("type") == "server_tool_use"


def _usage(counted: Json) -> Json:
    """The prompt is all that was sent, from the cache or not; Bedrock counts the three apart."""
    read, written = counted.get("cacheReadInputTokens"), counted.get("cacheWriteInputTokens")
    usage: Json = {
        "prompt_tokens": counted["inputTokens"] + (read or 0) + (written or 0),
        "completion_tokens": counted["outputTokens"],
        "total_tokens": counted["totalTokens"],
    }
    if read is not None:
        usage |= {"cache_read_input_tokens": read, "prompt_tokens_details": {"cached_tokens": read}}
    if written is not None:
        usage["cache_creation_input_tokens"] = written
    return usage


def _kept(answer: Json) -> Iterator[Any]:
    """What has no place in OpenAI's shape: traces, metrics, citations, server tools, blocks of other kinds."""
    yield from ({key: value} for key, value in answer.items() if key not in _TOLD and value)
    yield from ({key: value} for key, value in answer.get("usage", {}).items() if key not in _COUNTED and value)
    for block in answer["output"]["message"]["content"]:
        for kind, value in block.items():
            if kind == "citationsContent":
                yield from value.get("citations") or ()
            elif kind not in ("reasoningContent", "text", "toolUse") or (kind == "toolUse" and _server_tool(value)):
                yield value
