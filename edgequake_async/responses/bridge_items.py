"""The items of a bridged response: each says what it is so far, and which events open, fill and close it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

__all__ = ["Call", "Item", "Said", "Thought", "picture"]

Json = dict[str, Any]
Told = list[tuple[str, Json]]


class Item:
    """One that comes whole. ``index`` is its place in the output."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._status = "in_progress"
        self.index = 0

    @property
    def id(self) -> str:
        return str(self._document["id"])

    def begun(self) -> Json:
        """The item as it was opened."""
        return self.whole()

    def whole(self) -> Json:
        """The item with all that it holds."""
        return {**self._document, "status": self._status}

    def open(self) -> Told:
        """The events that open it."""
        return []

    def close(self) -> Told:
        """The events that close it."""
        self._status = "completed"
        return [("response.output_item.done", {"output_index": self.index, "item": self.whole()})]


class Said(Item):
    """A message: parts that are texts or refusals."""

    def __init__(self, id: str) -> None:
        super().__init__({"id": id, "type": "message", "role": "assistant"})
        self._parts: list[Json] = []
        self._pieces: list[str] = []

    def whole(self) -> Json:
        content = [dict(part) for part in self._parts]
        if content and self._pieces:
            last = content[-1]
            last[_FIELD[last["type"]]] = "".join(self._pieces)
        return {**super().whole(), "content": content}

    def begun(self) -> Json:
        return {**super().whole(), "content": []}

    def add(self, kind: str, text: str, likely: list[Json]) -> Told:
        """A piece of a text (``output_text``) or of a ``refusal``."""
        told = self._part(kind)
        self._pieces.append(text)
        fields: Json = {**self._place(), "delta": text}
        if kind == "output_text":
            fields["logprobs"] = likely
            self._parts[-1]["logprobs"] = [*self._parts[-1]["logprobs"], *likely]
        return [*told, (f"response.{kind}.delta", fields)]

    def annotate(self, annotation: Any) -> Told:
        """A citation; a chat's stands in a field of its own."""
        told = self._part("output_text")
        inner = annotation.get("url_citation") if isinstance(annotation, Mapping) else None
        flat = {"type": "url_citation", **inner} if isinstance(inner, Mapping) else annotation
        part = self._parts[-1]
        part["annotations"] = [*part["annotations"], flat]
        place = {**self._place(), "annotation_index": len(part["annotations"]) - 1, "annotation": flat}
        return [*told, ("response.output_text.annotation.added", place)]

    def close(self) -> Told:
        return [*self._close_part(), *super().close()]

    def _place(self) -> Json:
        return {"item_id": self.id, "output_index": self.index, "content_index": len(self._parts) - 1}

    def _part(self, kind: str) -> Told:
        if self._parts and self._parts[-1]["type"] == kind:
            return []
        told = self._close_part()
        part: Json = {"type": kind, _FIELD[kind]: ""}
        if kind == "output_text":
            part |= {"annotations": [], "logprobs": []}
        self._parts.append(part)
        return [*told, ("response.content_part.added", {**self._place(), "part": dict(part)})]

    def _close_part(self) -> Told:
        if not self._parts:
            return []
        part = self._parts[-1]
        kind, field = part["type"], _FIELD[part["type"]]
        part[field] = "".join(self._pieces)
        self._pieces.clear()
        said: Json = {**self._place(), field: part[field]}
        if kind == "output_text":
            said["logprobs"] = part["logprobs"]
        return [
            (f"response.{kind}.done", said),
            ("response.content_part.done", {**self._place(), "part": dict(part)}),
        ]


_FIELD = {"output_text": "text", "refusal": "refusal"}


class Thought(Item):
    """What the model thought, as a summary of one part; ``sealed`` is what the next request has to bring back."""

    def __init__(self, id: str) -> None:
        super().__init__({"id": id, "type": "reasoning"})
        self._pieces: list[str] = []
        self.blocks: list[Json] | None = None
        self.sealed: str | None = None

    def whole(self) -> Json:
        text = "".join(self._pieces)
        summary = [{"type": "summary_text", "text": text}] if text else []
        return {**super().whole(), "summary": summary, **({"encrypted_content": self.sealed} if self.sealed else {})}

    def add(self, text: str) -> Told:
        """A piece of it."""
        begins = not self._pieces
        self._pieces.append(text)
        part = {"type": "summary_text", "text": ""}
        opened: Told = [("response.reasoning_summary_part.added", {**self._place(), "part": part})] if begins else []
        return [*opened, ("response.reasoning_summary_text.delta", {**self._place(), "delta": text})]

    def close(self) -> Told:
        told: Told = []
        if self._pieces:
            text = "".join(self._pieces)
            part = {"type": "summary_text", "text": text}
            told = [
                ("response.reasoning_summary_text.done", {**self._place(), "text": text}),
                ("response.reasoning_summary_part.done", {**self._place(), "part": part}),
            ]
        return [*told, *super().close()]

    def _place(self) -> Json:
        return {"item_id": self.id, "output_index": self.index, "summary_index": 0}


class Call(Item):
    """A function call. ``beside`` is what the provider needs back with it (Gemini's signatures)."""

    def __init__(self, id: str, call_id: str | None, name: str | None, beside: Any = None) -> None:
        document: Json = {"id": id, "type": "function_call", "call_id": call_id or f"call_{uuid.uuid4().hex}"}
        document["name"] = name or ""
        if beside:
            document["provider_specific_fields"] = beside
        super().__init__(document)
        self._pieces: list[str] = []

    def whole(self) -> Json:
        return {**super().whole(), "arguments": "".join(self._pieces)}

    def add(self, arguments: str) -> Told:
        """A piece of the arguments."""
        self._pieces.append(arguments)
        place = {"item_id": self.id, "output_index": self.index, "delta": arguments}
        return [("response.function_call_arguments.delta", place)]

    def close(self) -> Told:
        place = {"item_id": self.id, "output_index": self.index, "name": self._document["name"]}
        return [
            ("response.function_call_arguments.done", {**place, "arguments": "".join(self._pieces)}),
            *super().close(),
        ]


def picture(id: str, image: Any) -> Json:
    """A picture of a chat's answer, whose data stands in a data URL."""
    url = image.get("image_url") if isinstance(image, Mapping) else None
    url = url.get("url") if isinstance(url, Mapping) else url
    text = url if isinstance(url, str) else ""
    return {"id": id, "type": "image_generation_call", "result": text.partition(";base64,")[2] or text}
