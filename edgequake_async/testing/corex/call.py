"""One call to the fake CoreX: its request id, the ids in its path, its checked body, and the answers to it.

Promises that a missing or misshapen field is refused with status 400 and named in ``param``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..framing import Answer, answer
from ..openai_ask import Refusal
from ..openai_wire import event_answer, json_answer
from ..records import Received
from ..replies import Common

if TYPE_CHECKING:
    from .models import Model

Json = dict[str, Any]


class Refused(Refusal):
    """A refusal with what CoreX adds to OpenAI's error object: a type of its own and further fields."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str | None = None,
        param: str | None = None,
        code: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, message, param=param, code=code)
        self.type = type
        self.extra = dict(extra or {})


def request_id(record: Received) -> str:
    """The id the client gave in X-Request-Id, else one made from the request's number."""
    return record.headers.get("x-request-id") or f"req_fake{record.number:08d}"


def common(record: Received) -> Common:
    """What every answer carries: the request's id."""
    return Common(headers=(("x-request-id", request_id(record)),))


@dataclass
class Call:
    """A request on its route. ``ids`` are the percent-decoded path segments that the route leaves open.

    ``model`` is set once the call names a known one; ``id`` is what credits are debited by.
    """

    record: Received
    ids: tuple[str, ...] = ()
    id: str = ""
    model: Model | None = None
    query: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.id = self.id or request_id(self.record)
        self.query = self.record.query

    def document(self) -> Json:
        """The body, which must be a JSON object."""
        try:
            body = self.record.json
        except ValueError as exc:
            raise Refused(400, "The body of the request is not JSON.", code="invalid_json") from exc
        if not isinstance(body, dict):
            raise Refused(400, "The body of the request is not a JSON object.", code="invalid_json")
        return body

    def json(self, value: Any, status: int = 200) -> Answer:
        """A JSON document."""
        return json_answer(self.record, value, common(self.record), status)

    def events(self, pieces: Iterable[bytes | float]) -> Answer:
        """Server-sent events, one TCP write each."""
        return event_answer(self.record, pieces, common(self.record))

    def file(self, content: bytes, content_type: str) -> Answer:
        """A body that is not JSON."""
        headers = {"content-type": content_type, "x-request-id": request_id(self.record)}
        return answer(200, headers, [content])


def chosen(body: Mapping[str, Any], name: str, options: Iterable[str], default: str) -> str:
    """The field, which must be one of ``options``."""
    value = body.get(name)
    if value is None:
        return default
    options = tuple(options)
    if value not in options:
        raise Refused(400, f"Invalid '{name}': expected one of {', '.join(options)}.", param=name, code="invalid_value")
    return str(value)


def whole(query: Mapping[str, str], name: str, default: int, low: int = 1, high: int = 100) -> int:
    """A number in the query, within bounds."""
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise Refused(400, f"Invalid '{name}': expected an integer from {low} to {high}.", param=name)
    return int(text)
