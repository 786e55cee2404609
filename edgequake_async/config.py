"""Module-level configuration, litellm's way: ``edgequake_async.openai_key = "sk-..."``.

Where a value is looked for, in order: the call's own argument; a variable assigned here or on the package; the
environment; ``~/.config/edgequake/config.toml`` (or the file that ``EDGEQUAKE_CONFIG`` names); the default. The
environment is read, never written.

The file holds the same names at its top level, and tables per provider::

    num_retries = 2

    [providers.openai]
    api_key = "sk-..."
    api_base = "https://gateway.example/v1"
"""

from __future__ import annotations

import functools
import importlib
import itertools
import os
import re
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MappingProxyType, ModuleType
from typing import Any
from urllib.parse import quote

from . import _eq_core, alias, registry
from .registry import row, rows

__all__ = [
    "DEFAULTS",
    "assign",
    "base_for",
    "base_variables",
    "default_base",
    "generation",
    "get",
    "handlers",
    "is_rerouting",
    "is_setting",
    "key_for",
    "options_for",
    "reset",
    "row",
    "variables_of",
]

# Names that have an effect today, and those of litellm that programs assign and that need none here.
DEFAULTS: Mapping[str, Any] = {
    "add_function_to_prompt": False,
    "allow_private_media": False,
    "api_base": None,
    "api_key": None,
    "api_version": None,
    "custom_provider_map": None,
    "disable_aiohttp_transport": False,
    "drop_params": False,
    "enable_json_schema_validation": False,
    "headers": None,
    "model_alias_map": None,
    "model_fallbacks": None,
    "modify_params": False,
    "num_retries": 3,
    "organization": None,
    "request_timeout": 600.0,
    "set_verbose": False,
    "ssl_verify": True,
    "suppress_debug_info": False,
    "telemetry": False,
    "use_litellm_proxy": False,
}

# litellm's programs add to these as well as assign them.
_FILLED_IN_PLACE: Mapping[str, Callable[[], Any]] = {"custom_provider_map": list, "model_alias_map": dict}

_REROUTING = ("add_function_to_prompt", "model_alias_map", "model_fallbacks", "use_litellm_proxy")

# What is to be filled in in a base URL of the table.
_BLANK = re.compile(r"\{(\w+)\}")

EMPTY: Mapping[str, Any] = MappingProxyType({})

_assigned: dict[str, Any] = {}
# None until somebody asks, and again when a setting changes.
_rerouting: bool | None = None
# How often a setting changed, and whether one may change unseen; see generation.
_changes = 0
_is_mutable = False


def is_setting(name: str) -> bool:
    """Whether a name is configuration: a known setting, ``<provider>_key``, or an option of a provider."""
    return name in DEFAULTS or (name.endswith("_key") and not name.startswith("_")) or name in _option_names()


def get(name: str) -> Any:
    """The value in force of a setting, by the order above (the environment holds keys and bases only)."""
    if name in _assigned:
        return _assigned[name]
    if name in _FILLED_IN_PLACE:
        assign(name, _FILLED_IN_PLACE[name]())
        return _assigned[name]
    return _file().get(name, DEFAULTS.get(name))


def handlers() -> Sequence[Mapping[str, Any]]:
    """``custom_provider_map``, for each call to look at: it can be assigned and nothing else, so this costs 40 ns."""
    found: Sequence[Mapping[str, Any]] = _assigned.get("custom_provider_map") or ()
    return found


def is_rerouting() -> bool:
    """Whether a setting is touched that sends calls elsewhere. Usually none is, so that each call asks this once."""
    global _rerouting
    if _rerouting is None:
        _rerouting = any(name in _assigned or name in _file() for name in _REROUTING)
    return _rerouting


def generation() -> int | None:
    """What to remember by what followed from the settings and the table: another number after each change of them.

    None while a setting that concerns single calls is an object that can be changed in place, as headers are.
    """
    return None if _is_mutable else _changes + registry.version()


def assign(name: str, value: Any) -> None:
    """Set a setting for this process."""
    _assigned[name] = value
    _changed()


def reset(name: str) -> None:
    """Forget an assigned value, so that the file or the default holds again."""
    _assigned.pop(name, None)
    _changed()


def _changed() -> None:
    global _rerouting, _changes, _is_mutable
    _rerouting, _changes = None, _changes + 1
    _is_mutable = any(
        not isinstance(value, Hashable)
        for name, value in list(_assigned.items())
        if name not in _FILLED_IN_PLACE and name not in _REROUTING
    )


def key_for(provider: str) -> str | None:
    """The API key for a provider: ``<provider>_key``, ``api_key``, the provider's variables, then the file."""
    key = _assigned.get(f"{provider}_key") or _assigned.get("api_key")
    if key:
        return str(key)
    for variable in row(provider)["key_vars"]:
        if key := os.environ.get(variable):
            return key
    key = _of_provider(provider, "api_key") or _file().get(f"{provider}_key") or _file().get("api_key")
    return None if key is None else str(key)


def options_for(provider: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a provider is told besides a key and an address (a region, a project), by the names of its arguments.

    Each is the call's own argument, the module variable of its name, the first of its environment variables that is
    set, what the file says, or its default; those that nobody gives are missing.
    """
    found: dict[str, Any] = {}
    options = row(provider)["options"]
    # Read in Rust: a variable that is not set costs 0.8 us to miss in os.environ, and there are up to a dozen.
    names = [variable for _, variables, _ in options for variable in variables]
    environment = dict(zip(names, _eq_core.environment(names), strict=True))
    entry, file = _entry(provider), _file()
    for name, variables, default in options:
        told = [given.get(name), _assigned.get(name), *map(environment.get, variables)]
        told += [entry.get(name), file.get(name), default]
        value = next((value for value in told if value is not None and value != ""), None)
        if value is not None:
            found[name] = value
    return found


def variables_of(provider: str) -> tuple[str, ...]:
    """Every environment variable that says how a provider is called."""
    known = row(provider)
    options = itertools.chain.from_iterable(variables for _, variables, _ in known["options"])
    return *known["key_vars"], *known["base_vars"], *options


def base_for(provider: str, options: Mapping[str, Any] = EMPTY) -> str:
    """The base URL for a provider: ``api_base``, the provider's variables, the file, then the table's. "" if none."""
    base = _assigned.get("api_base")
    if base:
        return with_suffix(provider, str(base))
    for variable in row(provider)["base_vars"]:
        if base := os.environ.get(variable):
            return with_suffix(provider, base)
    base = _of_provider(provider, "api_base") or _file().get("api_base")
    return with_suffix(provider, str(base)) if base else default_base(provider, options)


def default_base(provider: str, options: Mapping[str, Any] = EMPTY) -> str:
    """The table's base URL, its ``{option}`` filled in. "" if there is none, or nobody says what belongs there."""
    base = str(row(provider)["base_url"])
    for name in _BLANK.findall(base):
        value = options.get(name)
        if not value:
            return ""
        base = base.replace(f"{{{name}}}", quote(str(value), safe=""))
    return base


def base_variables(provider: str) -> list[str]:
    """The arguments and variables that give a provider its base URL."""
    blanks = set(_BLANK.findall(row(provider)["base_url"]))
    options = [[name, *variables] for name, variables, _ in row(provider)["options"] if name in blanks]
    return [*itertools.chain.from_iterable(options), *row(provider)["base_vars"]]


def with_suffix(provider: str, base: str) -> str:
    """Some providers' users name the host (``http://localhost:11434``); the segments they mean are in the table."""
    suffix = str(row(provider)["base_suffix"])
    trimmed = base.rstrip("/")
    if not suffix or trimmed.endswith(suffix):
        return base
    # Those who name the first segments of it have named them.
    first = suffix[: suffix.rfind("/")]
    while first and not trimmed.endswith(first):
        first = first[: first.rfind("/")]
    return trimmed + suffix[len(first) :]


@functools.cache
def _option_names() -> frozenset[str]:
    return frozenset(name for each in rows().values() for name, _, _ in each["options"])


def _of_provider(provider: str, name: str) -> Any:
    return _entry(provider).get(name)


def _entry(provider: str) -> Mapping[str, Any]:
    """What the file says of one provider."""
    table = _file().get("providers", EMPTY)
    entry = table.get(provider, EMPTY) if isinstance(table, dict) else EMPTY
    return entry if isinstance(entry, dict) else EMPTY


@functools.cache
def _file() -> dict[str, Any]:
    """The configuration file, read once; absent is empty, damaged is an error that names it."""
    from pathlib import Path

    path = Path(os.environ.get("EDGEQUAKE_CONFIG") or "~/.config/edgequake/config.toml").expanduser()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8: {error}") from error
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not valid TOML: {error}") from error


class SettingsModule(ModuleType):
    """A module whose settings live in one place, whichever module they are read from or assigned to.

    Names in its ``_LAZY`` (name: submodule), in its ``_SUBMODULES`` (name: the submodule that it is), and those of the
    submodule ``_CLASSES`` are imported when first asked for.
    """

    def __getattr__(self, name: str) -> Any:
        if is_setting(name):
            return get(name)
        if submodule := self.__dict__.get("_SUBMODULES", {}).get(name):
            return importlib.import_module(f"{self.__name__}.{submodule}")
        home = self.__dict__.get("_LAZY", {}).get(name)
        if home is not None:
            value = getattr(importlib.import_module(f"{self.__name__}.{home}"), name)
            alias.rename()
            if name in self.__dict__.get("__all__", ()):
                # Found at once from now on. What only programs for litellm look for stays out of dir().
                super().__setattr__(name, value)
            return value
        if name[:1].isupper() and (home := self.__dict__.get("_CLASSES")):
            classes = importlib.import_module(f"{self.__name__}.{home}")
            if name in classes.__all__:
                return getattr(classes, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if is_setting(name):
            assign(name, value)
        elif not (isinstance(value, ModuleType) and callable(self.__dict__.get(name))):
            # Importing `litellm.responses.main` would put the module in the place of the function of that name.
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if is_setting(name):
            reset(name)
        else:
            super().__delattr__(name)


sys.modules[__name__].__class__ = SettingsModule
