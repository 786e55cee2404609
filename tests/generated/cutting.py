"""A whole answer as the events that its provider streams it in, cut at random.

Each is valid by the provider's types.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import ollama._types
import pydantic
from cohere.v2.types import V2ChatStreamResponse
from mistralai.client.models import CompletionChunk
from openai.types.chat import ChatCompletionChunk

from .forms import COHERE, MISTRAL, OLLAMA, OPENAI, Form, Json, Speaker

_Cut = Callable[[Json, Speaker], Iterator[Json]]
_COHERE: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(V2ChatStreamResponse)


def events(form: Form, made: Json, speaker: Speaker) -> list[Json]:
    """The events of a streamed reply."""
    cut, validate, _ = _CUT[form.prefix]
    told = list(cut(made, speaker))
    for event in told:
        validate(event)
    return told


def body(form: Form, told: list[Json]) -> bytes:
    """Events as the provider frames them."""
    written = bytearray()
    for event in told:
        said = json.dumps(event, ensure_ascii=False)
        if form is OLLAMA:
            written += f"{said}\n".encode()
        elif form is COHERE:
            written += f"event: {event['type']}\ndata: {said}\n\n".encode()
        else:
            written += f"data: {said}\n\n".encode()
    if _CUT[form.prefix][2]:
        written += b"data: [DONE]\n\n"
    return bytes(written)


def _cohere(made: Json, speaker: Speaker) -> Iterator[Json]:
    message = made["message"]
    opening: Json = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield {"id": made["id"], "type": "message-start", "delta": {"message": opening}}
    for more in speaker.pieces(message.get("tool_plan") or ""):
        yield {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": more}}}
    likely = list(made.get("logprobs", ()))
    for index, part in enumerate(message.get("content", ())):
        name = part["type"]
        start = {"type": name, name: ""}
        yield {"type": "content-start", "index": index, "delta": {"message": {"content": start}}}
        for more in speaker.pieces(part[name]):
            own = {"logprobs": likely.pop(0)} if likely else {}
            yield {"type": "content-delta", "index": index, "delta": {"message": {"content": {name: more}}}, **own}
        while likely and index + 1 == len(message["content"]):
            own = {"logprobs": likely.pop(0)}
            yield {"type": "content-delta", "index": index, "delta": {"message": {"content": {name: ""}}}, **own}
        yield {"type": "content-end", "index": index}
    for index, citation in enumerate(message.get("citations", ())):
        yield {"type": "citation-start", "index": index, "delta": {"message": {"citations": citation}}}
        yield {"type": "citation-end", "index": index}
    for index, call in enumerate(message.get("tool_calls", ())):
        function = {**call["function"], "arguments": ""}
        yield {
            "type": "tool-call-start",
            "index": index,
            "delta": {"message": {"tool_calls": {**call, "function": function}}},
        }
        for more in speaker.pieces(call["function"]["arguments"]):
            said = {"tool_calls": {"function": {"arguments": more}}}
            yield {"type": "tool-call-delta", "index": index, "delta": {"message": said}}
        yield {"type": "tool-call-end", "index": index}
    ended = {name: made[name] for name in ("finish_reason", "usage") if name in made}
    yield {"type": "message-end", "delta": ended}


def _ollama(made: Json, speaker: Speaker) -> Iterator[Json]:
    message, ended = dict(made["message"]), dict(made)
    head = {name: ended[name] for name in ("model", "created_at") if name in ended}
    likely = list(ended.pop("logprobs", ()))

    def line(said: Json, **more: Any) -> Json:
        own = {"logprobs": [likely.pop(0)]} if likely and said.get("content") else {}
        return {**head, "message": {"role": "assistant", "content": "", **said}, "done": False, **more, **own}

    for name in ("thinking", "content"):
        yield from (line({name: more}) for more in speaker.pieces(message.pop(name, None) or ""))
    calls = list(message.pop("tool_calls", ()))
    while calls:
        count = speaker.choice(range(1, len(calls) + 1))
        yield line({"tool_calls": calls[:count]})
        calls = calls[count:]
    if likely:
        yield line({}, logprobs=likely)
    yield {**ended, "message": {"content": "", **message}}


def _chunks(made: Json, deltas: _Cut, speaker: Speaker) -> Iterator[Json]:
    """Chunks of OpenAI's form: those of several choices in turns, tokens beside the deltas, the reason last."""
    beside = {"choices", "usage", "moderation"}
    head = {**{name: value for name, value in made.items() if name not in beside}, "object": "chat.completion.chunk"}
    pending = []
    for choice in made["choices"]:
        likely = [
            (name, {key: [item]})
            for name in ("logprobs", "prompt_logprobs")
            for key, items in (choice.get(name) or {}).items()
            for item in items
        ]
        own = [name for name in choice if name in ("logprobs", "prompt_logprobs")]
        pending.append((choice, list(deltas(choice["message"], speaker)), likely, own))
    while pending:
        turn = speaker.choice(pending)
        choice, said, likely, _ = turn
        piece: Json = {"index": choice["index"], "delta": said.pop(0) if said else {}, "finish_reason": None}
        if likely and speaker.choice((True, False)):
            name, value = likely.pop(0)
            piece[name] = value
        if not said and not likely:
            piece["finish_reason"] = choice["finish_reason"]
            pending.remove(turn)
        yield {**head, "choices": [piece]}
    last = {name: made[name] for name in ("usage", "moderation") if name in made}
    if last:
        yield {**head, "choices": [], **last}


def _mistral(message: Json, speaker: Speaker) -> Iterator[Json]:
    content, calls = message.get("content"), list(message.get("tool_calls", ()))
    yield {"role": "assistant", "content": ""}
    if isinstance(content, str):
        yield from ({"content": more} for more in speaker.pieces(content))
    for part in content if isinstance(content, list) else ():
        if part["type"] == "text":
            # Text between parts comes as one of these, or plain.
            for more in speaker.pieces(part["text"]):
                yield {"content": speaker.choice(([{**part, "text": more}], more))}
        elif part["type"] == "thinking":
            said = [
                {**each, "text": more} if each["type"] == "text" else each
                for each in part["thinking"]
                for more in (speaker.pieces(each["text"]) if each["type"] == "text" else [""])
            ]
            yield from ({"content": [{"type": "thinking", "thinking": [each]}]} for each in said)
            # What is said of the whole comes at its end.
            yield {"content": [{**part, "thinking": []}]}
        else:
            yield {"content": [part]}
    # Calls come whole, from older models without an index and several at once.
    if speaker.choice((True, False)):
        yield from ({"content": "", "tool_calls": [call]} for call in calls)
    elif calls:
        yield {"tool_calls": [{name: value for name, value in call.items() if name != "index"} for call in calls]}


def _openai(message: Json, speaker: Speaker) -> Iterator[Json]:
    opening: Json = {"role": "assistant"}
    yield opening
    for name in ("content", "refusal"):
        yield from ({name: more} for more in speaker.pieces(message.get(name) or ""))
    if "function_call" in message:
        call = message["function_call"]
        yield {"function_call": {"name": call["name"], "arguments": ""}}
        yield from ({"function_call": {"arguments": more}} for more in speaker.pieces(call["arguments"]))
    for index, call in enumerate(message.get("tool_calls", ())):
        kind, own = call["type"], "arguments" if call["type"] == "function" else "input"
        yield {"tool_calls": [{**call, "index": index, kind: {**call[kind], own: ""}}]}
        for more in speaker.pieces(call[kind][own]):
            yield {"tool_calls": [{"index": index, kind: {own: more}}]}
    if "audio" in message:
        audio = message["audio"]
        yield {"audio": {"id": audio["id"]}}
        for name in ("transcript", "data"):
            yield from ({"audio": {name: more}} for more in speaker.pieces(audio[name]))
        yield {"audio": {"expires_at": audio["expires_at"]}}
    if "annotations" in message:
        yield {"annotations": message["annotations"]}


def _is_of_openai(event: Json) -> None:
    """The types know no calls of custom tools in chunks, which the API streams like functions'."""
    deltas = [choice["delta"] for choice in event["choices"]]
    if not any("custom" in call for delta in deltas for call in delta.get("tool_calls", ())):
        ChatCompletionChunk.model_validate(event)


# How answers are cut, what is an event, and whether [DONE] ends them.
_CUT: dict[str, tuple[_Cut, Callable[[Any], Any], bool]] = {
    COHERE.prefix: (_cohere, _COHERE.validate_python, True),
    OLLAMA.prefix: (_ollama, ollama._types.ChatResponse.model_validate, False),
    MISTRAL.prefix: (
        lambda made, speaker: _chunks(made, _mistral, speaker),
        CompletionChunk.model_validate,
        True,
    ),
    OPENAI.prefix: (
        lambda made, speaker: _chunks(made, _openai, speaker),
        _is_of_openai,
        True,
    ),
}
