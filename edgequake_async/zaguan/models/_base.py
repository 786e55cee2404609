"""What all models of CoreX have in common.

Promises: an answer is read whatever its values are (``edgequake_async.types.tolerant.read``), a field that this package
does not know is kept, readable and dumped, and a request says only what its caller said.
"""

from __future__ import annotations

import os
from typing import Annotated, Any, BinaryIO, ClassVar, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from ...types.base import AS_SENT, Text

__all__ = [
    "Count",
    "Deleted",
    "Document",
    "Documents",
    "ExtensibleRequest",
    "FileContent",
    "Flag",
    "ListPage",
    "NonEmpty",
    "Number",
    "OptionalDocument",
    "RequestModel",
    "Text",
    "ZaguanModel",
    "entries_of",
]

Document = dict[str, Any]

# What an answer's field holds if it is as documented; any other value is kept as it was sent.
Count = Annotated[int | None, AS_SENT]
Number = Annotated[int | float | None, AS_SENT]
Flag = Annotated[bool | None, AS_SENT]
OptionalDocument = Annotated[Document | None, AS_SENT]
Documents = Annotated[list[Document] | None, AS_SENT]

# A file to upload: its content, its path, an open file, or a name with one of these (and a content type).
FileContent = Annotated[bytes | str | os.PathLike[str] | BinaryIO | tuple[Any, ...], AS_SENT]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


NonEmpty = Annotated[str, AfterValidator(_not_blank)]


class ZaguanModel(BaseModel):
    """Base of all models: unknown fields are kept, in attributes and in dumps.

    An answer's ``_request_id`` is the ``X-Request-Id`` of the call that brought it; no dump and no comparison sees it.
    """

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    _request_id: ClassVar[str | None] = None

    def _first_of(self, *names: str) -> Any:
        extra = self.__pydantic_extra__ or {}
        return next((extra[name] for name in names if extra.get(name) is not None), None)


class RequestModel(ZaguanModel):
    """Base of all requests: values are checked (pydantic.ValidationError), a field that is None is not sent.

    A field that is not declared is sent as it is, at the top level of the body.
    """

    # What is no number stays visible where no field checks it (in `metadata`, say), so that sending it is refused.
    model_config = ConfigDict(allow_inf_nan=False, ser_json_inf_nan="constants")


class ExtensibleRequest(RequestModel):
    """A request with CoreX's channel for what only one provider knows.

    Attributes:
        provider_specific_params: passed on to the provider as it is (CoreX's SDK specification).
        extra_body: another name of the same. Dumps fold it into ``provider_specific_params``, where it wins.
    """

    provider_specific_params: Document | None = None
    extra_body: Document | None = None

    @model_serializer(mode="wrap")
    def _fold_extra_body(self, handler: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        # No return annotation: with one, the JSON schema would say no more than that.
        data = handler(self)
        extra = data.pop("extra_body", None)
        if extra:
            data["provider_specific_params"] = {**(data.get("provider_specific_params") or {}), **extra}
        return data


_Item = TypeVar("_Item", bound=ZaguanModel)


class ListPage(ZaguanModel, Generic[_Item]):
    """One page of a list. The next one is asked for with ``after=last_id`` while ``has_more``."""

    object: Text = None
    data: SerializeAsAny[list[_Item]] = Field(default_factory=list)
    first_id: Text = None
    last_id: Text = None
    has_more: Flag = None


class Deleted(ZaguanModel):
    """What became of an object that was to be deleted."""

    id: Text = None
    object: Text = None
    deleted: Flag = None


def entries_of(document: Any, *names: str) -> Any:
    """The list (or map) that is the document, or that it holds under the first of ``names`` that has one.

    Raises:
        ValueError: there is none.
    """
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        for name in names:
            if isinstance(document.get(name), list | dict):
                return document[name]
    raise ValueError(f"the JSON is neither a list nor an object with a list under {' or '.join(names)}")
