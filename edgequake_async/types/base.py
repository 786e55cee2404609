"""What all response types have in common: attributes and items, lossless dumps, fields that are only there when sent.

Promises: no field of a provider is lost, renamed or invented; ``x.name``, ``x["name"]`` and ``x.get("name")`` agree; an
optional field that was not sent is missing (``hasattr`` is False), not None. A missing item raises an error that is
both a KeyError and, as litellm's clients expect, an AttributeError.

Parsing runs in pydantic's Rust core alone (2.6 us per chunk): no validators, no hooks, no private attributes. What
needs Python happens on first access.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from .construct import AsSent, construct

__all__ = [
    "AS_SENT",
    "MissingItemError",
    "OpenAIObject",
    "Response",
    "Source",
    "Text",
    "adopt",
    "constructor",
    "take_beside",
]

AS_SENT = AsSent()
Text = Annotated[str | None, AS_SENT]

MISSING: Any = object()
_Dict = dict[str, Any]
_Init = TypeVar("_Init", bound=Callable[..., None])
_Object = TypeVar("_Object", bound="OpenAIObject")


class MissingItemError(AttributeError, KeyError):
    """``response["name"]`` where there is no such field."""

    def __str__(self) -> str:
        return AttributeError.__str__(self)


def constructor(init: _Init) -> _Init:
    """Mark an ``__init__`` with defaults for Python callers, which parsing must not run.

    pydantic calls every ``__init__`` that lacks this mark when it validates, which would give parsed documents ids and
    times that nobody sent, and cost a Python call per object.
    """
    init.__pydantic_base_init__ = True  # type: ignore[attr-defined]
    return init


class OpenAIObject(BaseModel):
    """Base of all response types: a pydantic model that also answers like a dict."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    # Fields that are missing unless sent and not null, with the class that a dict of theirs, or each dict of a list,
    # becomes on first access.
    optional_fields: ClassVar[Mapping[str, type[OpenAIObject] | None]] = {}
    # Where an optional field is read from when only that was sent; dumps keep the name that was sent.
    read_aliases: ClassVar[Mapping[str, str]] = {}

    def _find_extra(self, name: str, default: Any = MISSING) -> Any:
        extra = self.__pydantic_extra__ or {}
        if name not in self.optional_fields:
            return extra.get(name, default)
        value = extra.get(name)
        if value is None:
            value = extra.get(self.read_aliases.get(name, ""))
            return value if isinstance(value, str) else default
        model = self.optional_fields[name]
        if model is not None and isinstance(value, dict):
            value = extra[name] = construct(model, value)
        elif model is not None and isinstance(value, list) and any(isinstance(item, dict) for item in value):
            value = extra[name] = [construct(model, item) if isinstance(item, dict) else item for item in value]
        return value

    def _find(self, name: str) -> Any:
        fields = self.__dict__
        return fields[name] if name in fields else self._find_extra(name)

    def _set_extra(self, name: str, value: Any) -> None:
        extra = self.__pydantic_extra__
        if extra is None:
            object.__setattr__(self, "__pydantic_extra__", {name: value})
        else:
            extra[name] = value

    if TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None: ...

    else:

        def __getattr__(self, name: str) -> Any:
            if name in type(self).optional_fields:
                value = self._find_extra(name)
                if value is MISSING:
                    raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
                return value
            return super().__getattr__(name)

    def __getitem__(self, key: str) -> Any:
        value = self._find(key)
        if value is not MISSING:
            return value
        if isinstance(getattr(type(self), key, None), property):
            return getattr(self, key)
        raise MissingItemError(f"{type(self).__name__!r} object has no item {key!r}")

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, value)

    def __contains__(self, key: str) -> bool:
        return self._find(key) is not MISSING

    def get(self, key: str, default: Any = None) -> Any:
        """The field of that name, or ``default`` where it is missing."""
        try:
            return self[key]
        except MissingItemError:
            return default

    def _typed_extra(self) -> _Dict:
        for name in self.optional_fields:
            self._find_extra(name)
        return self.__pydantic_extra__ or {}

    def __iter__(self) -> Generator[tuple[str, Any], None, None]:
        self._typed_extra()
        return super().__iter__()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OpenAIObject) or type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__ and self._typed_extra() == other._typed_extra()

    def dict(self, **kwargs: Any) -> _Dict:
        """``model_dump`` under its older name."""
        return self.model_dump(**kwargs)

    def json(self, **kwargs: Any) -> _Dict:  # type: ignore[override]
        """A dict, as in litellm; JSON text is ``model_dump_json``."""
        return self.model_dump(**kwargs)

    def to_dict(self, **kwargs: Any) -> _Dict:
        """``model_dump`` under the name of OpenAI's SDK."""
        return self.model_dump(**kwargs)


class Source(Protocol):
    """Where a response came from, asked only when someone wants to know."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def response_ms(self) -> float: ...
    def hidden_params(self, response: Response) -> _Dict: ...


class Response(OpenAIObject):
    """A whole answer: also has what litellm keeps beside it, which no dump and no comparison sees."""

    if TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None: ...

    def _beside(self) -> _Dict:
        beside = self.__pydantic_private__
        if beside is None:
            beside = {}
            object.__setattr__(self, "__pydantic_private__", beside)
        return beside

    def attach(self, source: Source) -> None:
        """Say where the response came from."""
        self._beside()["_source"] = source

    def _beside_or(self, name: str, default: Callable[[Source | None], Any]) -> Any:
        beside = self._beside()
        if name not in beside:
            beside[name] = default(beside.get("_source"))
        return beside[name]

    @property
    def _hidden_params(self) -> _Dict:
        found: _Dict = self._beside_or("_hidden_params", lambda source: source.hidden_params(self) if source else {})
        return found

    @_hidden_params.setter
    def _hidden_params(self, value: _Dict) -> None:
        self._beside()["_hidden_params"] = value

    @property
    def _response_headers(self) -> Mapping[str, str] | None:
        found: Mapping[str, str] | None = self._beside_or(
            "_response_headers", lambda source: source.headers if source else None
        )
        return found

    @_response_headers.setter
    def _response_headers(self, value: Mapping[str, str] | None) -> None:
        self._beside()["_response_headers"] = value

    @property
    def _response_ms(self) -> float | None:
        found: float | None = self._beside_or("_response_ms", lambda source: source.response_ms if source else None)
        return found

    @_response_ms.setter
    def _response_ms(self, value: float | None) -> None:
        self._beside()["_response_ms"] = value

    def _put_beside(self, params: _Dict) -> None:
        for argument, value in params.items():
            if value is not None:
                self._beside()[_BESIDE[argument]] = value


# Arguments of litellm's constructors that are no fields, and where they go.
_BESIDE = {"hidden_params": "_hidden_params", "_response_headers": "_response_headers", "response_ms": "_response_ms"}


def take_beside(params: _Dict) -> _Dict:
    """Take the arguments that are no fields out of ``params``."""
    return {key: params.pop(key) for key in _BESIDE if key in params}


def adopt(cls: type[_Object], value: Any) -> Any:
    """``value`` as a ``cls`` where it says the same: a dict, or a model of another package (such as openai's)."""
    if isinstance(value, OpenAIObject):
        return value
    return cls.model_validate(value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else value)
