"""OpenAI's endpoints beside chat of the fake provider: responses, pictures, sound, moderation, files and batches.

The answers are FakeCoreX's (``corex/responses.py``, ``images.py``, ``audio.py``, ``scoring.py``, ``files.py``,
``batches.py`` say what they are), for models of any name and without credits. Responses, files and batches last as long
as the provider; a batch is done after it was looked at twice. Paths are found by their tails, whatever prefix a service
has before them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from . import openai_wire
from .corex import audio, batches, files, images, responses, scoring
from .corex.account import Account
from .corex.call import Call
from .corex.models import Model
from .corex.world import Handler, World
from .framing import Answer
from .openai_ask import Refusal
from .records import Received
from .replies import Error, Stream, Text

_ROUTES = {
    **responses.ROUTES,
    **images.ROUTES,
    **audio.ROUTES,
    **scoring.ROUTES,
    **files.ROUTES,
    **batches.ROUTES,
}
_TAIL = re.compile(
    r"/(responses(?:/[^/]+)?|images/\w+|audio/\w+|moderations|files(?:/[^/]+(?:/content)?)?|batches(?:/[^/]+(?:/cancel)?)?)/?$"
)


class OpenWorld(World):
    """A world where every model is known and nothing is charged."""

    def find(self, call: Call, body: Mapping[str, Any], default: str | None = None) -> Model:
        """The model of that name."""
        call.model = Model(str(body.get("model") or default or "fake-model"), thinks="field")
        return call.model

    def charge(self, call: Call, *, prompt: int = 0, completion: int = 0, reasoning: int = 0) -> None:
        """Nothing."""


class BesideWire:
    """The endpoints over what one provider remembers."""

    def __init__(self) -> None:
        self._world = OpenWorld(credits=Account(on=False))
        self._world.perform = _performed

    def speaks(self, record: Received) -> bool:
        """Whether the path is one of these endpoints'."""
        return _TAIL.search(record.path) is not None

    def check_key(self, record: Received, key: str) -> None:
        """Raises Refusal (401) unless the key comes as OpenAI's or Azure's."""
        openai_wire.check_key(record, key)

    def default(self, record: Received) -> Answer:
        """The answer of the endpoint. Raises Refusal."""
        handler, ids = _matched(record)
        call = Call(record, ids)
        with self._world.lock:
            found = handler(self._world, call)
        return found if isinstance(found, Answer) else call.json(found)

    def refuse(self, record: Received, refusal: Refusal) -> Answer:
        """A refusal in OpenAI's shape."""
        return openai_wire.refuse(record, refusal)

    def render(self, reply: Text | Stream | Error, record: Received) -> Answer:
        """A scripted reply. Raises TypeError for a text or stream where the endpoint answers with neither."""
        if isinstance(reply, Error):
            return openai_wire.render(reply, record)
        if record.path.endswith("/responses"):
            return responses.render(reply, record)
        raise TypeError(f"{record.path} is answered by raw() or error(), not by a text or a stream")


def _matched(record: Received) -> tuple[Handler, tuple[str, ...]]:
    found = _TAIL.search(record.path)
    segments = found[1].split("/") if found else []
    handlers = {}
    ids: tuple[str, ...] = ()
    for (method, template), handler in _ROUTES.items():
        words = template.removeprefix("/v1/").split("/")
        if len(words) == len(segments) and all(word in ("{}", s) for word, s in zip(words, segments, strict=True)):
            handlers[method] = handler
            ids = tuple(s for word, s in zip(words, segments, strict=True) if word == "{}")
    if record.method in handlers:
        return handlers[record.method], ids
    if handlers:
        raise Refusal(405, f"Not allowed to {record.method} on {record.path}")
    raise Refusal(404, f"Invalid URL ({record.method} {record.path})", code="unknown_url")


def _performed(record: Received) -> tuple[int, Any]:
    """A line of a batch, answered as if it had come alone."""
    try:
        answer = openai_wire.default(record)
    except Refusal as refusal:
        answer = openai_wire.refuse(record, refusal)
        return refusal.status, _document(answer)
    return 200, _document(answer)


def _document(answer: Answer) -> Any:
    return json.loads(b"".join(piece for piece in answer.body if isinstance(piece, bytes)))
