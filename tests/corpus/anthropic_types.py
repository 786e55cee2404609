"""Anthropic's published request types, made strict: a member that they do not name is a complaint.

The SDK's own code never validates with them, so closing them changes nothing for it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import anthropic.types
from anthropic.types import message_create_params, tool_param
from pydantic import TypeAdapter, ValidationError
from typing_extensions import is_typeddict

# What the API takes from the models that have it (recorded and answered in the cases temperatureParam and topPParam)
# and the types of the SDK no longer name.
SAMPLING = frozenset({"temperature", "top_k", "top_p"})


def refusals(body: Mapping[str, Any]) -> list[str]:
    """What Anthropic's types have against a body of /v1/messages."""
    typed = {key: value for key, value in body.items() if key not in SAMPLING}
    message, block = _shapes(bool(body.get("stream")))
    found = _complaints(message, typed)
    # Among messages' contents the SDK also lets its open response models pass; here only the request's blocks may.
    for said in body["messages"]:
        for each in said["content"] if isinstance(said["content"], list) else ():
            found += _complaints(block, each)
    return found


def _complaints(shape: TypeAdapter[Any], value: Any) -> list[str]:
    try:
        _exhaust(shape.validate_python(value))
    except ValidationError as error:
        return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return []


@cache
def _shapes(stream: bool) -> tuple[TypeAdapter[Any], TypeAdapter[Any]]:
    for module in _modules(anthropic.types):
        for _, shape in inspect.getmembers(module, is_typeddict):
            if shape is not tool_param.InputSchemaTyped and not hasattr(shape, "__pydantic_config__"):
                shape.__pydantic_config__ = {"extra": "forbid"}
    kind = "Streaming" if stream else "NonStreaming"
    message = TypeAdapter(getattr(message_create_params, f"MessageCreateParams{kind}"))
    return message, TypeAdapter(anthropic.types.ContentBlockParam)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        if not found.ispkg:
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def _exhaust(value: Any) -> None:
    """Iterables are validated by pydantic only as they are walked."""
    if isinstance(value, dict):
        value = value.values()
    if not isinstance(value, (str, bytes)) and hasattr(value, "__iter__"):
        for item in value:
            _exhaust(item)
