"""Providers that a program adds to the table while it runs: ``register_provider``.

Promises that a registered name works wherever one of the table does, in model strings, ``custom_llm_provider``,
``<name>_key`` and the configuration file; that calls under way keep the terms they began with; and that ordinary calls
pay 0.1 us for it. Thread-safe: the table is replaced as a whole, never changed.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from . import _eq_core
from .exceptions import BadRequestError, LiteLLMUnknownProvider

__all__ = ["Row", "register_provider", "resolve", "row", "rows", "unregister_provider", "version"]

Row = dict[str, Any]
Resolver = Callable[[str, "str | None"], tuple[str, str]]

# What stands before the slash of a model string and in the names of variables.
_NAME = re.compile(r"[a-z][a-z0-9_.-]*")


class _Table(NamedTuple):
    """The rows added so far, their names and aliases, and the look-up of model strings that belongs to them.

    The look-up and its cache are replaced with the rows, so that what an older one still puts there is never found.
    """

    rows: Mapping[str, Row]
    names: Mapping[str, str]
    resolve: Resolver
    version: int


# A provider of whom nothing is known but that it speaks OpenAI's protocol: what an added one is like.
_LIKE = "hosted_vllm"


def register_provider(
    name: str,
    *,
    api_base: str = "",
    key_vars: Iterable[str] = (),
    base_vars: Iterable[str] = (),
    aliases: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
    key_required: bool | None = None,
) -> None:
    """Add a provider that speaks OpenAI's protocol, for this process: ``name/model`` reaches it from now on.

    Args:
        name: lower-case letters, digits, ``_``, ``.`` and ``-``, a letter first.
        api_base: its base URL, up to and including the version. Without one, calls name theirs, or ``base_vars`` do.
        key_vars: environment variables that hold its key, in order.
        base_vars: environment variables that replace ``api_base``, in order.
        aliases: other names of it.
        headers: sent with every call; those of the call win.
        key_required: whether a call without a key is an error. Default: where ``key_vars`` are given.

    Raises:
        ValueError: a name is taken or is none; the message says which. Registering the same again is no error.
        TypeError: an argument has the wrong type.
    """
    names = [_checked("name", name), *(_checked("aliases", alias) for alias in _texts("aliases", aliases))]
    variables = _texts("key_vars", key_vars)
    if not isinstance(api_base, str):
        raise TypeError(f"api_base: must be a string, not {type(api_base).__name__}")
    added: Row = {
        **rows()[_LIKE],
        "name": names[0],
        "aliases": names[1:],
        "base_url": api_base,
        "base_suffix": "",
        "key_vars": variables,
        "base_vars": _texts("base_vars", base_vars),
        "key_required": bool(variables) if key_required is None else key_required,
        "source": "",
        "headers": _headers(headers),
        # What it may lack says itself; responses are asked for as chats.
        "endpoints": sorted({*rows()[_LIKE]["endpoints"], *rows()["openai"]["endpoints"]} - {"responses"}),
    }
    with _changing:
        if _table.rows.get(names[0]) == added:
            return
        for each in names:
            if (owner := _table.names.get(each) or _known().get(each)) is not None or names.count(each) > 1:
                raise ValueError(f"{each!r} is a name of provider {owner or names[0]!r} already")
        _replace({**_table.rows, names[0]: added})


def unregister_provider(name: str) -> None:
    """Take a registered provider out again. Calls under way go on.

    Raises:
        ValueError: no provider of that name was registered.
    """
    with _changing:
        if name.lower() not in _table.rows:
            raise ValueError(f"{name!r} was not registered")
        _replace({each: row for each, row in _table.rows.items() if each != name.lower()})


def resolve(model: str, provider: str | None = None) -> tuple[str, str]:
    """The provider and the model that a model string names, registered ones included.

    Raises:
        BadRequestError: it names a registered provider and no model.
        EngineError: what the engine says of a string that names none.
        UnicodeEncodeError: the string has no UTF-8.
    """
    return _table.resolve(model, provider)


def row(provider: str) -> Row:
    """A provider's row of the table, the engine's or one that was added.

    Raises:
        LiteLLMUnknownProvider: there is none (any more).
    """
    found = rows().get(provider) or _table.rows.get(provider)
    if found is None:
        raise LiteLLMUnknownProvider(f"Provider {provider!r} is not registered any more", "", provider)
    return found


def version() -> int:
    """How often a provider was added or taken out."""
    return _table.version


@functools.cache
def rows() -> dict[str, Row]:
    """The rows of the engine's table, by name."""
    return {row["name"]: row for row in _eq_core.providers()}


@functools.cache
def _known() -> dict[str, str]:
    return {name: row["name"] for row in rows().values() for name in (row["name"], *row["aliases"])}


def _resolver(names: Mapping[str, str]) -> Resolver:
    def find(model: str, provider: str | None) -> tuple[str, str]:
        prefix, slash, rest = model.partition("/")
        own = names.get(prefix.lower()) if slash and rest.strip() else None
        if provider is not None and provider.strip():
            named = names.get(provider.lower())
            if named is not None and model.strip():
                return named, rest if own == named else model
        elif own is not None:
            return own, rest
        elif slash and prefix.lower() in names:
            raise BadRequestError(f'model: "{model}" names a provider and no model', model, names[prefix.lower()])
        return _eq_core.resolve(model, provider)

    return functools.lru_cache(maxsize=1024)(find)


def _replace(added: Mapping[str, Row]) -> None:
    global _table
    names = {name: row["name"] for row in added.values() for name in (row["name"], *row["aliases"])}
    _table = _Table(MappingProxyType(dict(added)), names, _resolver(names), _table.version + 1)


def _checked(argument: str, name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{argument}: must be a string, not {type(name).__name__}")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{argument}: {name!r} is no name of a provider; one has lower-case letters, digits, '_', '.' and '-', "
            "a letter first"
        )
    return name


def _texts(argument: str, values: Iterable[str]) -> list[str]:
    found = [values] if isinstance(values, str) else list(values)
    if wrong := next((each for each in found if not isinstance(each, str)), None):
        raise TypeError(f"{argument}: must be strings, not {type(wrong).__name__}")
    return found


def _headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    if headers is None:
        return {}
    if not isinstance(headers, Mapping):
        raise TypeError(f"headers: must be a dict, not {type(headers).__name__}")
    return dict(headers)


_changing = threading.Lock()
_table = _Table({}, {}, _resolver({}), 0)
