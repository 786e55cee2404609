"""What a reading of another protocol's recording says, and where what the library hands over differs from it.

Promises an empty list of complaints where nothing differs. ``kept`` are values without a place in OpenAI's shape:
each must be found whole somewhere in what the caller gets, wherever that is. What a protocol leaves out and clients
need (ids of answers and calls, the model) is empty in a reading: the library makes it, or says what it was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from edgequake_async import stream_chunk_builder

from .assembly import Answer, Call, Reply
from .judging import failures, headers, same, unequal
from .observing import Seen, plain, told_by_chunks, told_by_response
from .reading import Failure
from .recordings import Exchange


@dataclass(frozen=True)
class NativeReading:
    """``reply`` is what had been said before ``failure``, if there is one; usage has only what must be there."""

    reply: Reply
    failure: Failure | None
    request_id: str | None
    kept: Sequence[Any] = ()


def complaints(exchange: Exchange, reading: NativeReading, seen: Seen) -> list[str]:
    """Everything that is wrong with one call."""
    return [*headers(exchange, seen), *_said(exchange, reading, seen), *failures(reading, seen)]


def filled_complaints(
    exchange: Exchange, reading: NativeReading, seen: Seen, made: tuple[str, str] = ("", "")
) -> list[str]:
    """``complaints`` for a protocol that leaves ids, models or counts out; ``made`` is how made ids begin."""
    if not seen.documents:
        return complaints(exchange, reading, seen)
    told = told_by_chunks(seen.documents) if exchange.stream else told_by_response(seen.documents[0])
    full = replace(reading, reply=_filled(exchange, reading.reply, told, made))
    ids = [call.id for answer in told.choices.values() for call in answer.calls]
    repeated = [f"calls share ids: {ids}"] if len(set(ids)) < len(ids) else []
    found = [*complaints(exchange, full, seen), *repeated]
    return [each for each in found if reading.reply.usage or not each.startswith("usage is on 0 chunks")]


def _filled(exchange: Exchange, recorded: Reply, told: Reply, made: tuple[str, str]) -> Reply:
    answer_id, call_id = made
    choices = dict(recorded.choices)
    for index, answer in choices.items():
        calls = told.choices[index].calls if index in told.choices else ()
        if len(calls) == len(answer.calls):
            named = [
                replace(ours, id=theirs.id) if not ours.id and theirs.id.startswith(call_id) else ours
                for ours, theirs in zip(answer.calls, calls, strict=True)
            ]
            choices[index] = replace(answer, calls=tuple(named))
    id = told.id if (told.id or "").startswith(answer_id) else None
    return replace(recorded, id=recorded.id or id, model=recorded.model or exchange.model, choices=choices)


def _said(exchange: Exchange, reading: NativeReading, seen: Seen) -> Iterator[str]:
    if not seen.documents:
        return
    if not exchange.stream:
        [response] = seen.documents
        yield from unequal("object", "chat.completion", response.object)
        yield from _replies("response", reading.reply, told_by_response(response))
        yield from _missing("response", reading.kept, [plain(response)])
        return
    if reading.failure is None:
        yield from _shape(seen.documents, reading.kept)
    yield from _replies("chunks", reading.reply, told_by_chunks(seen.documents))
    yield from _missing("chunks", reading.kept, [plain(chunk) for chunk in seen.documents])
    built = stream_chunk_builder(list(seen.documents))
    yield from _replies("stream_chunk_builder", reading.reply, told_by_response(built))
    yield from _missing("stream_chunk_builder", reading.kept, [plain(built)])


def _shape(chunks: Sequence[Any], kept: Sequence[Any]) -> Iterator[str]:
    """What OpenAI's clients rely on in a stream."""
    first, last = chunks[0], chunks[-1]
    if not first.choices or first.choices[0].delta.role != "assistant":
        yield f"the first chunk has no role: {plain(first)}"
    for name in ("id", "object", "created", "model"):
        said = {getattr(chunk, name) for chunk in chunks}
        # Another model goes on where one declines.
        others = (
            sum(isinstance(each, dict) and each.get("type") == "fallback" for each in kept) if name == "model" else 0
        )
        if not 1 <= len(said) <= 1 + others or not all(said):
            yield f"chunks say several values of {name}: {said}"
    yield from unequal("object", "chat.completion.chunk", first.object)
    finishing = [chunk for chunk in chunks if any(choice.finish_reason for choice in chunk.choices)]
    if finishing != [last] and any(chunk.choices for chunk in chunks[chunks.index(finishing[0]) + 1 :]):
        yield f"{len(finishing)} chunks finish, the last one among them: {last in finishing}"
    counted = [chunk for chunk in chunks if getattr(chunk, "usage", None) is not None]
    if counted != finishing[-1:]:
        yield f"usage is on {len(counted)} chunks, on the finishing one: {finishing[-1:] == counted[-1:]}"


def _replies(source: str, recorded: Reply, got: Reply) -> Iterator[str]:
    for name in ("id", "model", "citations"):
        yield from unequal(f"{source} {name}", getattr(recorded, name), getattr(got, name))
    yield from (f"{source} usage{wrong}" for wrong in absent(recorded.usage or {}, got.usage or {}))
    if recorded.choices.keys() != got.choices.keys():
        yield f"{source}: choices {list(recorded.choices)} recorded, {list(got.choices)} seen"
        return
    for index, answer in recorded.choices.items():
        ours, theirs = _comparable(answer), _comparable(got.choices[index])
        for field in fields(Answer):
            values = getattr(ours, field.name), getattr(theirs, field.name)
            yield from unequal(f"{source} choice {index} {field.name}", *values)


def absent(wanted: Mapping[str, Any], got: Any, path: str = "") -> Iterator[str]:
    """Members that are missing or differ; further ones are no complaint."""
    for key, value in wanted.items():
        found = got.get(key) if isinstance(got, Mapping) else None
        if isinstance(value, Mapping) and isinstance(found, Mapping):
            yield from absent(value, found, f"{path}.{key}")
        else:
            yield from unequal(f"{path}.{key}", value, found)


def _comparable(answer: Answer) -> Answer:
    """Arguments are compared as values: a protocol that sends objects leaves their spelling open."""
    calls = tuple(Call(call.id, call.name, _value(call.arguments)) for call in answer.calls)
    return replace(answer, calls=calls)


def _value(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except ValueError:  # cut short by the token limit
        return arguments


def _missing(source: str, kept: Sequence[Any], documents: Sequence[Any]) -> Iterator[str]:
    for value in kept:
        if not any(holds(document, value) for document in documents):
            yield f"{source} lost {json.dumps(value, ensure_ascii=False)[:300]}"


def holds(place: Any, value: Any) -> bool:
    """Whether a value is found whole anywhere in a document."""
    if same(place, value):
        return True
    if isinstance(place, dict):
        return _within(place, value) or any(holds(item, value) for item in place.values())
    return isinstance(place, list) and any(holds(item, value) for item in place)


def _within(place: dict[str, Any], value: Any) -> bool:
    """An object may stand among further members, as where a usage has OpenAI's counts beside its own."""
    return isinstance(value, dict) and all(key in place and same(place[key], value[key]) for key in value)
