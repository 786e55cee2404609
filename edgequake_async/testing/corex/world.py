"""What the fake CoreX remembers: models, credits, providers that are down, and shelves of objects.

An area of the API is a table from (method, path template) to a function of the world and the call; {} in a
template stands for one segment of the path, percent-decoded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ..fields import given, needed
from ..framing import Answer
from ..records import Received
from .account import Account
from .call import Call, Json, Refused, whole
from .models import CREATED, Model, VirtualModel, models, virtual_models

Dialect = Literal["python", "go", "typescript"]


@dataclass
class World:
    """The state behind every endpoint; whoever changes it holds ``lock``.

    ``down`` are providers that do not answer. ``kept`` is what belongs to an object, by its id, and is never shown:
    a file's content, a batch's requests. ``perform`` answers a request that came inside another (a batch's line)
    with its status and document. ``root`` is the server's URL without a path.
    """

    dialect: Dialect = "python"
    credits: Account = field(default_factory=Account)
    models: dict[str, Model] = field(default_factory=models)
    virtual_models: dict[str, VirtualModel] = field(default_factory=virtual_models)
    down: set[str] = field(default_factory=set)
    shelves: dict[str, Shelf] = field(default_factory=dict)
    root: str = ""
    kept: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    perform: Callable[[Received], tuple[int, Any]] = field(default=lambda record: (501, {}))

    def shelf(self, prefix: str) -> Shelf:
        """The objects whose ids start with ``prefix``."""
        return self.shelves.setdefault(prefix, Shelf(prefix))

    def find(self, call: Call, body: Mapping[str, Any], default: str | None = None) -> Model:
        """The model that answers, kept in ``call``. Refuses unknown ones (404) and those that are down (503).

        The provider may be left out of an id; ``virtual_model_id`` goes before ``model``.
        """
        name = default if default and body.get("model") is None else needed(body, "model", str)
        virtual = given(body, "virtual_model_id", str)
        if virtual is not None and virtual not in self.virtual_models:
            raise Refused(
                404,
                f"The virtual model '{virtual}' does not exist.",
                param="virtual_model_id",
                code="virtual_model_not_found",
            )
        call.model = self._routed(virtual or name)
        if call.model.provider in self.down:
            raise Refused(503, f"The provider '{call.model.provider}' is not available.", code="provider_unavailable")
        return call.model

    def charge(self, call: Call, *, prompt: int = 0, completion: int = 0, reasoning: int = 0) -> None:
        """Debit the call to its model's band. Refuses with 402 and 403."""
        if call.model is not None:
            self.credits.debit(call, call.model, prompt, completion, reasoning)

    def _routed(self, name: str) -> Model:
        if name in self.virtual_models:
            targets = [self.models[target] for target in self.virtual_models[name].targets if target in self.models]
            up = [target for target in targets if target.provider not in self.down]
            if up or targets:
                return (up or targets)[0]
        found = self.models.get(name) or next((m for m in self.models.values() if m.id.endswith(f"/{name}")), None)
        if found is None:
            raise Refused(404, f"The model '{name}' does not exist.", param="model", code="model_not_found")
        return found


class Shelf:
    """Objects of one kind by id, in the order of their making; ids count up from one."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._made = 0
        self._items: dict[str, Json] = {}

    def add(self, **fields: Any) -> Json:
        """A new object with an ``id`` and, unless given, ``created_at`` (seconds, one more than the last one's)."""
        self._made += 1
        item: Json = {"id": f"{self._prefix}fake{self._made:08d}", "created_at": CREATED + self._made, **fields}
        self._items[item["id"]] = item
        return item

    def get(self, id: str) -> Json:
        """The object. Refuses with 404."""
        if id not in self._items:
            raise Refused(404, f"No object with the id '{id}'.", param="id", code="not_found")
        return self._items[id]

    def drop(self, id: str, kind: str) -> Json:
        """Delete the object; gives OpenAI's note of it. Refuses with 404."""
        self.get(id)
        del self._items[id]
        return {"id": id, "object": kind, "deleted": True}

    def page(self, query: Mapping[str, str], wanted: Callable[[Json], bool] = lambda item: True) -> Json:
        """One page as OpenAI lists objects: newest first unless ``order`` is asc; ``limit``, ``after``, ``before``."""
        items = [item for item in self._items.values() if wanted(item)]
        if query.get("order") != "asc":
            items.reverse()
        ids = [item["id"] for item in items]
        start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
        end = ids.index(query["before"]) if query.get("before") in ids else len(items)
        limit = whole(query, "limit", 20, high=10_000)
        shown = items[start:end][:limit]
        return {
            "object": "list",
            "data": shown,
            "first_id": shown[0]["id"] if shown else None,
            "last_id": shown[-1]["id"] if shown else None,
            "has_more": len(items[start:end]) > limit,
        }


Handler: TypeAlias = "Callable[[World, Call], Answer | Json | list[Any]]"
Routes: TypeAlias = "Mapping[tuple[str, str], Handler]"
