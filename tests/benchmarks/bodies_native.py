"""The canned answers in the words of other protocols: the same text in as many pieces, so that what a call costs above
the OpenAI pass-through is the translation.

Promises determinism and bodies of the recorded forms: headers of events, counts and padding where providers send them.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]


class Wire(NamedTuple):
    """How a provider is asked and answers.

    ``whole`` and ``streamed`` make bodies of an answer's pieces, ``options`` are arguments of a call besides.
    """

    model: str
    paths: tuple[str, str]
    content_type: str
    whole: Callable[[str], Json]
    streamed: Callable[[list[str]], bytes]
    options: tuple[tuple[str, str], ...] = ()


def written(document: Json) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def anthropic(text: str) -> Json:
    usage = {
        "input_tokens": 29,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": 352,
        "service_tier": "standard",
    }
    return {
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5-20250929",
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": "end_turn" if text else None,
        "stop_sequence": None,
        "usage": usage,
    }


def anthropic_events(pieces: list[str]) -> bytes:
    events: list[Json] = [
        {"type": "message_start", "message": anthropic("")},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    for piece in pieces:
        delta = {"type": "text_delta", "text": piece}
        events.append({"type": "content_block_delta", "index": 0, "delta": delta})
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    events += [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 352}},
        {"type": "message_stop"},
    ]
    return b"".join(b"event: %b\ndata: %b\n\n" % (each["type"].encode(), written(each)) for each in events)


def gemini(text: str, finish: str | None = "STOP") -> Json:
    candidate: Json = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = {
        "promptTokenCount": 29,
        "candidatesTokenCount": 352,
        "totalTokenCount": 381,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 29}],
    }
    stamp = {"modelVersion": "gemini-2.5-flash", "responseId": "q7lAaN-1Nr3Ax_APhL3Q4A0"}
    return {"candidates": [candidate], "usageMetadata": usage, **stamp}


def gemini_events(pieces: list[str]) -> bytes:
    last = len(pieces) - 1
    events = (written(gemini(piece, "STOP" if at == last else None)) for at, piece in enumerate(pieces))
    return b"".join(b"data: %b\r\n\r\n" % each for each in events)


def cohere(text: str) -> Json:
    tokens = {"input_tokens": 29, "output_tokens": 352}
    message = {"role": "assistant", "content": [{"type": "text", "text": text}]}
    usage = {"billed_units": tokens, "tokens": tokens}
    return {
        "id": "5a50480a-cf52-46f0-af01-53d18539bd31",
        "message": message,
        "finish_reason": "COMPLETE",
        "usage": usage,
    }


def cohere_events(pieces: list[str]) -> bytes:
    said = cohere("")

    def events() -> Iterator[Json]:
        message = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        yield {"id": said["id"], "type": "message-start", "delta": {"message": message}}
        begun = {"message": {"content": {"type": "text", "text": ""}}}
        yield {"type": "content-start", "index": 0, "delta": begun}
        for piece in pieces:
            yield {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": piece}}}}
        yield {"type": "content-end", "index": 0}
        yield {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": said["usage"]}}

    done = b"data: [DONE]\n\n"
    return b"".join(b"event: %b\ndata: %b\n\n" % (each["type"].encode(), written(each)) for each in events()) + done


def ollama(text: str, done: bool = True) -> Json:
    message = {"role": "assistant", "content": text}
    stamp = {"model": "llama3.2", "created_at": "2026-01-12T10:07:29.142Z", "message": message, "done": done}
    counts = {"prompt_eval_count": 29, "eval_count": 352, "total_duration": 4883583458, "load_duration": 1334875}
    return {**stamp, "done_reason": "stop", **counts} if done else stamp


def ollama_lines(pieces: list[str]) -> bytes:
    return b"".join(written(each) + b"\n" for each in (*(ollama(piece, False) for piece in pieces), ollama("")))


def converse(text: str) -> Json:
    usage = {"inputTokens": 29, "outputTokens": 352, "totalTokens": 381}
    message = {"role": "assistant", "content": [{"text": text}]}
    return {"output": {"message": message}, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 551}}


def frame(kind: str, payload: Json) -> bytes:
    """One message of AWS's event stream: https://smithy.io/2.0/aws/amazon-eventstream.html."""
    named = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack("!B", len(name)) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
        for name, value in named.items()
    )
    body = written(payload)
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack("!I", zlib.crc32(message))


def converse_frames(pieces: list[str]) -> bytes:
    said, padding = converse(""), "abcdefghijklmnopqrstuvw"
    return b"".join(
        [
            frame("messageStart", {"p": padding, "role": "assistant"}),
            *(
                frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}, "p": padding})
                for piece in pieces
            ),
            frame("contentBlockStop", {"contentBlockIndex": 0, "p": padding}),
            frame("messageStop", {"p": padding, "stopReason": "end_turn"}),
            frame("metadata", {"metrics": said["metrics"], "p": padding, "usage": said["usage"]}),
        ]
    )


_SSE = "text/event-stream"
_GEMINI = "v1/models/bench:generateContent", "v1/models/bench:streamGenerateContent"
_NOVA = "v1/model/amazon.nova-lite-v1:0"
_VERTEX = "v1/projects/bench/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent"

WIRES = {
    "anthropic": Wire("anthropic/bench", ("v1/messages", "v1/messages"), _SSE, anthropic, anthropic_events),
    "gemini": Wire("gemini/bench", _GEMINI, _SSE, gemini, gemini_events),
    "cohere": Wire("cohere_chat/bench", ("v2/chat", "v2/chat"), _SSE, cohere, cohere_events),
    "ollama": Wire("ollama_chat/bench", ("api/chat", "api/chat"), "application/x-ndjson", ollama, ollama_lines),
    "bedrock": Wire(
        "bedrock/amazon.nova-lite-v1:0",
        (f"{_NOVA}/converse", f"{_NOVA}/converse-stream"),
        "application/vnd.amazon.eventstream",
        converse,
        converse_frames,
    ),
    "vertex": Wire(
        "vertex_ai/gemini-2.5-flash",
        (_VERTEX, _VERTEX.replace("generate", "streamGenerate")),
        _SSE,
        gemini,
        gemini_events,
        (("vertex_project", "bench"),),
    ),
}
