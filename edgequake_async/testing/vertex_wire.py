"""Claude on Vertex AI as the fake provider speaks it: Anthropic's messages in Google's envelope.

The model and whether it streams are in the path (publishers/anthropic/models/X:rawPredict and :streamRawPredict), the
version is in the body, and tokens are counted by the model ``count-tokens``. What Google refuses before Claude is asked
(keys, unknown paths, quotas) has Google's shape, the rest Anthropic's.
https://docs.anthropic.com/en/api/claude-on-vertex-ai
"""

from __future__ import annotations

from . import anthropic_wire, gemini_wire
from .framing import Answer
from .gemini_wire import method
from .google_errors import failure
from .openai_ask import Refusal, parsed
from .openai_wire import lenient
from .records import Received
from .replies import Common, Error, Stream, Text

_METHODS = ("rawPredict", "streamRawPredict")
_GOOGLES = (401, 403, 404, 429)
_PLAIN = Common()

check_key = gemini_wire.check_key


def speaks(record: Received) -> bool:
    """Whether the path ends with one of the methods for models of other makers."""
    return method(record)[1] in _METHODS


def default(record: Received) -> Answer:
    """What the small model answers. Raises Refusal."""
    if record.method != "POST":
        raise Refusal(404, f"Not found: {record.method} {record.path}")
    body = parsed(record)
    if not isinstance(body.get("anthropic_version"), str):
        raise Refusal(400, "anthropic_version: Field required")
    model = method(record)[0]
    if model == "count-tokens":
        return anthropic_wire.answer(anthropic_wire.counted(body), record, _PLAIN)
    if "model" in body:
        raise Refusal(400, "model: Extra inputs are not permitted")
    turn, whole = anthropic_wire.answered({**body, "model": model}, record)
    told = anthropic_wire.events(whole, turn) if _streams(record) else whole
    return anthropic_wire.answer(told, record, _PLAIN)


def refuse(record: Received, refusal: Refusal) -> Answer:
    """A refusal in the shape of whoever refuses."""
    return render(Error(status=refusal.status, message=str(refusal), code=refusal.code), record)


def render(reply: Text | Stream | Error, record: Received) -> Answer:
    """A scripted reply in Anthropic's format; an error in Google's where the status is of Google's."""
    if not isinstance(reply, Error):
        told = anthropic_wire.scripted(reply, record, model=method(record)[0], stream=_streams(record))
        return anthropic_wire.answer(told, record, reply)
    if reply.status in _GOOGLES:
        return gemini_wire.whole_answer(record, failure(reply), reply, reply.status)
    return anthropic_wire.render(reply, record)


def _streams(record: Received) -> bool:
    """Google's examples and SDKs ask twice for a stream: in the path and in the body."""
    return method(record)[1] == "streamRawPredict" and lenient(record).get("stream") is True
