"""The same as in making, from the description of a service that botocore has: structures, of which a union has exactly
one member, documents of any kind, and names of a pattern.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from .making import DEPTH, Maker

_PLAIN = {"boolean": bool, "integer": int, "long": int, "float": float, "double": float, "string": str}
_DOCUMENTS = (dict[str, object], dict[str, object], list[str], str, int)


@cache
def service(name: str = "bedrock-runtime") -> ServiceModel:
    """What botocore knows of a service."""
    return botocore.session.get_session().get_service_model(name)


class ShapeMaker(Maker):
    """Makes values of shapes; ``chosen`` and ``alone`` are by the names of shapes."""

    def make(self, kind: Any, depth: int = 0) -> Any:
        """A value of a shape or a type, as JSON has it."""
        return self._shaped(kind, depth) if isinstance(kind, Shape) else super().make(kind, depth)

    def _shaped(self, shape: Shape, depth: int) -> Any:
        if isinstance(shape, StructureShape):
            if shape.is_document_type:
                return self.make(self._random.choice(_DOCUMENTS), depth)
            return self._structure(shape, depth)
        if isinstance(shape, ListShape):
            return [self.make(shape.member, depth + 1) for _ in range(self._count(depth))]
        if isinstance(shape, MapShape):
            return {self._text(): self.make(shape.value, depth + 1) for _ in range(self._random.randint(0, 2))}
        if isinstance(shape, StringShape) and shape.enum:
            return self._random.choice(shape.enum)
        if shape.type_name == "blob":
            # Of any length, so that its end may be filled up.
            return base64.b64encode(f"blob {self._number()}".encode()).decode()
        if "pattern" in shape.metadata:
            return f"id-{self._number()}"
        return self._plain(_PLAIN[shape.type_name])

    def _structure(self, shape: StructureShape, depth: int) -> dict[str, Any]:
        open_members = {
            name: member for name, member in shape.members.items() if self._chosen.get((shape.name, name)) is not ...
        }
        if shape.is_tagged_union:
            name = self._random.choice([*open_members])
            return {name: self._member(shape, name, depth)}
        made = {}
        for name in open_members:
            if name in shape.required_members or (depth <= DEPTH and self._random.random() < 0.7):
                made[name] = self._member(shape, name, depth)
        return made

    def _member(self, shape: StructureShape, name: str, depth: int) -> Any:
        chosen = self._chosen.get((shape.name, name))
        return self.make(shape.members[name], depth + 1) if chosen is None else chosen
