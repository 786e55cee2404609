"""Where what the library hands over differs from what was recorded, in words fit for a failure message.

Promises an empty list where nothing differs. Numbers are compared by value (1 and 1.0 are one number in a
response), truth values are no numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Protocol

from edgequake_async import stream_chunk_builder
from edgequake_async.exceptions import EQError

from .assembly import Reply
from .observing import Seen, told_by_chunks, told_by_response
from .reading import Failure, Reading
from .recordings import Exchange


class Outcome(Protocol):
    """What readings of every protocol say of an answer's end."""

    @property
    def reply(self) -> Reply: ...
    @property
    def failure(self) -> Failure | None: ...
    @property
    def request_id(self) -> str | None: ...


def complaints(exchange: Exchange, reading: Reading, seen: Seen) -> list[str]:
    """Everything that is wrong with one call."""
    return [
        *headers(exchange, seen),
        *_documents(reading, seen),
        *_said(exchange, reading, seen),
        *failures(reading, seen),
    ]


def same(left: Any, right: Any) -> bool:
    """Equality of JSON values."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def difference(recorded: Any, got: Any, path: str = "$") -> Iterator[str]:
    """Paths at which two JSON values differ."""
    if same(recorded, got):
        return
    if isinstance(recorded, dict) and isinstance(got, dict):
        for key in recorded.keys() | got.keys():
            missing = object()
            ours, theirs = recorded.get(key, missing), got.get(key, missing)
            if ours is missing or theirs is missing:
                what, value = ("added", theirs) if ours is missing else ("lost", ours)
                yield f"{path}.{key} {what}: {_short(value)}"
            else:
                yield from difference(ours, theirs, f"{path}.{key}")
    elif isinstance(recorded, list) and isinstance(got, list) and len(recorded) == len(got):
        for index, (ours, theirs) in enumerate(zip(recorded, got, strict=True)):
            yield from difference(ours, theirs, f"{path}[{index}]")
    else:
        yield f"{path}: recorded {_short(recorded)}, got {_short(got)}"


def headers(exchange: Exchange, seen: Seen) -> Iterator[str]:
    """Recorded headers that the caller does not get."""
    given = dict(seen.error.headers or {}) if seen.error is not None else dict(seen.headers)
    given = {name.lower(): value for name, value in given.items()}
    for name, value in exchange.headers.items():
        if given.get(name) != value and not (seen.error is not None and exchange.status == 200):
            yield f"header {name}: recorded {value!r}, got {given.get(name)!r}"


def _documents(reading: Reading, seen: Seen) -> Iterator[str]:
    if len(reading.documents) != len(seen.documents):
        yield f"{len(reading.documents)} documents recorded, {len(seen.documents)} seen"
        return
    for position, (recorded, got) in enumerate(zip(reading.documents, seen.documents, strict=True)):
        dumped = json.loads(got.model_dump_json(exclude_unset=True))
        if not recorded.get("choices"):
            # litellm's shape: a chunk without choices is handed over with one empty choice.
            if len(got.choices) != 1 or got.choices[0].delta.content or got.choices[0].finish_reason:
                yield f"document {position}: choices made up: {got.choices}"
            recorded = {key: value for key, value in recorded.items() if key != "choices"}
            dumped.pop("choices", None)
        yield from (f"document {position}: {found}" for found in difference(recorded, dumped))


def _said(exchange: Exchange, reading: Reading, seen: Seen) -> Iterator[str]:
    if not seen.documents:
        return
    if not exchange.stream:
        yield from _replies("response", reading.reply, told_by_response(seen.documents[0]))
        return
    yield from _replies("chunks", reading.reply, told_by_chunks(seen.documents))
    built = stream_chunk_builder(list(seen.documents))
    if built is None:
        yield "stream_chunk_builder made nothing"
    else:
        yield from _replies("stream_chunk_builder", reading.reply, told_by_response(built))


def _replies(source: str, recorded: Reply, got: Reply) -> Iterator[str]:
    for name in ("id", "model", "citations"):
        yield from unequal(f"{source} {name}", getattr(recorded, name), getattr(got, name))
    for key, value in (recorded.usage or {}).items():
        yield from unequal(f"{source} usage.{key}", value, (got.usage or {}).get(key))
    if recorded.choices.keys() != got.choices.keys():
        yield f"{source}: choices {list(recorded.choices)} recorded, {list(got.choices)} seen"
        return
    for index, answer in recorded.choices.items():
        for field in fields(answer):
            ours, theirs = getattr(answer, field.name), getattr(got.choices[index], field.name)
            yield from unequal(f"{source} choice {index} {field.name}", ours, theirs)


def failures(reading: Outcome, seen: Seen) -> Iterator[str]:
    """Where the exception, if any, is not the one to expect."""
    expected, error = reading.failure, seen.error
    if expected is None or error is None:
        if expected is not None or error is not None:
            yield f"failure: recorded {expected}, raised {error!r}"
        return
    yield from _class(expected, error)
    got = {name: getattr(error, name) for name in ("code", "type", "param")}
    got["code"] = None if got["code"] is None else str(got["code"])
    for name, value in got.items():
        yield from unequal(f"error {name}", getattr(expected, name), value)
    yield from (f"error message {error.message!r} lacks {text!r}" for text in expected.said if text not in str(error))
    if reading.request_id is not None:
        yield from unequal("error request_id", reading.request_id, error.request_id)
    said = {index: answer.text for index, answer in reading.reply.choices.items()}
    partial = told_by_response(error.partial).choices if error.partial is not None else {}
    yield from unequal("error partial", said, {index: answer.text for index, answer in partial.items()})
    yield from unequal("error generated_content", said.get(0, ""), error.generated_content)


def _class(expected: Failure, error: EQError) -> Iterator[str]:
    if type(error).__name__ != expected.kind:
        yield f"error class: {expected.kind} expected, {type(error).__name__} raised: {error}"
    yield from unequal("error status_code", expected.status, error.status_code)


def unequal(what: str, recorded: Any, got: Any) -> Iterator[str]:
    """A complaint where two values differ."""
    if not same(_json(recorded), _json(got)):
        yield f"{what}: recorded {_short(recorded)}, got {_short(got)}"


def _json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:140]} ... {text[-50:]}"
