"""What botocore's description of Bedrock says of a request's body: members, kinds, enumerations, patterns."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape
from botocore.validate import ParamValidator


def complaints(body: Any, operation: str = "Converse", service: str = "bedrock-runtime") -> list[str]:
    """Everything that is wrong with a body as it travels (blobs are base64 there)."""
    shape = _operation(operation, service)
    if "modelId" in shape.members:
        body = {"modelId": "m", **body}
    report = ParamValidator().validate(_decoded(shape, body), shape)
    found = [report.generate_report()] if report.has_errors() else []
    return [*found, *_unusual(shape, body, "$")]


@cache
def _operation(name: str, service: str) -> Any:
    model = botocore.session.Session().get_service_model(service)
    shape: Shape = model.operation_model(name).input_shape
    return shape


def _is_document(shape: Any) -> bool:
    return bool(getattr(shape, "is_document_type", False))


def _decoded(shape: Any, value: Any) -> Any:
    if shape.type_name == "blob":
        return base64.b64decode(value, validate=True)
    if _is_document(shape):
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        # An unknown member stays, for the validator to name.
        return {k: _decoded(shape.members[k], v) if k in shape.members else v for k, v in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_decoded(shape.member, item) for item in value]
    return value


def _unusual(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "string" and isinstance(value, str):
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"
        if (pattern := shape.metadata.get("pattern")) and not re.fullmatch(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif _is_document(shape):
        return
    elif shape.type_name == "structure":
        for name, item in value.items():
            if name in shape.members:
                yield from _unusual(shape.members[name], item, f"{path}.{name}")
            elif not _is_document(shape):
                yield f"{path}.{name}: no such member"
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from _unusual(shape.member, item, f"{path}[{index}]")
