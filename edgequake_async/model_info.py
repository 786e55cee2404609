"""What is known of models: prices, context windows, capabilities; and what programs say of them themselves.

Promises: nothing is downloaded and nothing is loaded before it is asked for. ``model_cost`` is filled when it is first
touched (0.1 s); what is changed in it, or registered, holds for every function here and for costs.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import _eq_core, config, prices
from .exceptions import BadRequestError, ModelNotMappedError
from .model_facts import CAPABILITIES, facts_of, mode_of
from .request import resolve

if TYPE_CHECKING:
    from .types.model_info import ModelInfo

__all__ = [
    "ModelCost",
    "get_max_tokens",
    "get_model_cost_map",
    "get_model_info",
    "get_valid_models",
    "model_cost",
    "model_list",
    "models_by_provider",
    "register_model",
]

# Servers of one's own, whose tokens cost nothing.
_OWN = frozenset({"ollama", "ollama_chat"})
# Whose models litellm lists by their bare names too.
_BARE = frozenset({"openai", "anthropic"})

_loaded = datetime.now(timezone.utc)


class ModelCost(dict[str, dict[str, Any]]):
    """litellm's ``model_cost``: entries by name, ``provider/model`` and, of OpenAI and Anthropic, the bare name too.

    A name that is not listed and yet is known (a dated one, of a family that the list knows) is in it as well.
    """

    def __missing__(self, name: str) -> dict[str, Any]:
        entry = _built(name)
        if entry is None:
            raise KeyError(name)
        self[name] = entry
        return entry

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and _built(name) is not None)

    def get(self, name: str, default: Any = None) -> Any:
        """The entry of that name, or ``default`` where it is not known."""
        try:
            return self[name]
        except KeyError:
            return default


def _built(name: str) -> dict[str, Any] | None:
    """The entry of a name, as it is before anybody changes it."""
    provider, model = _split(name, None)
    found = prices.find(provider, model) if provider else None
    return None if found is None else entry_of(str(provider), model, found)


def _split(name: str, provider: str | None) -> tuple[str | None, str]:
    """Provider and model of a model string; a provider that this package does not speak to may have prices as well."""
    try:
        return resolve(name, provider)
    except BadRequestError:
        prefix, slash, rest = name.partition("/")
        return (provider, name.removeprefix(f"{provider}/")) if provider else (prefix, rest) if slash else (None, name)


def entry_of(
    provider: str, model: str, found: Any, when: datetime | None = None, tier: str | None = None
) -> dict[str, Any]:
    """An entry in litellm's shape."""
    facts = facts_of(model)
    reads = found.context_window or facts.reads if found is not None else facts.reads
    entry: dict[str, Any] = {
        "litellm_provider": provider,
        "mode": mode_of(model),
        "max_tokens": facts.writes or reads,
        "max_input_tokens": reads,
        "max_output_tokens": facts.writes,
        **{CAPABILITIES[letter]: True for letter in facts.can},
    }
    # Where the provider has no word for it, the model's being able to is of no use.
    if "tool_choice" not in (_eq_core.supported_params(provider, model, "chat") or ("tool_choice",)):
        entry.pop("supports_tool_choice", None)
    entry = {key: value for key, value in entry.items() if value is not None}
    return entry if found is None else entry | prices.rates_of(found, when or _loaded, tier)


@functools.cache
def _filled() -> ModelCost:
    ours = {prices.listing_of(row["name"]): row["name"] for row in reversed(list(_eq_core.providers()))}
    # Two of ours are Google's.
    ours["google"] = "gemini"
    filled = ModelCost()
    for provider, name, found in prices.listed(ours):
        entry = entry_of(provider, name, found)
        filled[f"{provider}/{name}"] = entry
        if provider in _BARE:
            # An entry of its own: changing one name's price does not change another's.
            filled[name] = dict(entry)
    return filled


def in_force() -> dict[str, dict[str, Any]] | None:
    """The ``model_cost`` that a program may have changed; None while it has not been touched."""
    package = sys.modules[__name__.partition(".")[0]]
    given = vars(package).get("model_cost")
    if given is not None:
        return cast("dict[str, dict[str, Any]]", given)
    return _filled() if _filled.cache_info().currsize else None


def registered(provider: str, name: str) -> dict[str, Any]:
    """What a program itself has said of a model; empty where it has not."""
    changes = in_force() or {}
    entries = (dict.get(changes, key) for key in (f"{provider}/{name}", name))
    return next((entry for entry in entries if entry is not None), {})


def known(
    model: str, provider: str | None = None, when: datetime | None = None, tier: str | None = None
) -> tuple[str, dict[str, Any]]:
    """The name under which a model is known, and its entry with the prices of a time.

    Raises:
        ModelNotMappedError: it is not.
    """
    when = when or datetime.now(timezone.utc)
    provider, name = _split(model, provider)
    names = dict.fromkeys((model, f"{provider}/{name}", name))
    found = prices.find(provider, name) if provider else None
    now = None if found is None else entry_of(str(provider), name, found, when, tier)
    changes = in_force() or {}
    for key in names:
        # Asked like this, the dict does not answer for names that nobody put there.
        entry = dict.__getitem__(changes, key) if dict.__contains__(changes, key) else None
        # A bare name is another provider's, unless its entry says otherwise.
        if entry is None or ("/" not in key and entry.get("litellm_provider", provider) not in (provider, None)):
            continue
        before = {} if found is None else entry_of(str(provider), name, found)
        if changed := {field: value for field, value in entry.items() if before.get(field) != value}:
            return key, (now or {}) | changed
    if now is None and provider in _OWN:
        now = entry_of(str(provider), name, None) | {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
    if now is None:
        raise ModelNotMappedError(
            f"This model isn't mapped yet. model={model}, custom_llm_provider={provider}. "
            "Say what it costs with register_model.",
            str(provider or ""),
            model,
        )
    return name, now


def get_model_info(
    model: str, custom_llm_provider: str | None = None, api_base: str | None = None, api_key: str | None = None
) -> ModelInfo:
    """What is known of a model.

    Args:
        model: a model string.
        custom_llm_provider: wins over the string's.
        api_base, api_key: have no effect; no server is asked.

    Returns:
        Prices in US dollars (``input_cost_per_token``, ...), ``max_input_tokens``, ``max_output_tokens``,
        ``max_tokens``, ``mode``, ``litellm_provider``, ``supports_...``; None where it is not known.

    Raises:
        ModelNotMappedError: nothing is.
    """
    key, entry = known(model, custom_llm_provider)
    usual = (
        "max_tokens",
        "max_input_tokens",
        "max_output_tokens",
        "input_cost_per_token",
        "output_cost_per_token",
        "cache_creation_input_token_cost",
        "cache_read_input_token_cost",
        "litellm_provider",
        "mode",
    )
    return cast("ModelInfo", {"key": key, **dict.fromkeys((*usual, *CAPABILITIES.values())), **entry})


def get_max_tokens(model: str) -> int | None:
    """How many tokens a model's answer may have at most; None where that is not known.

    Raises:
        ModelNotMappedError: nothing is known of the model.
    """
    _, entry = known(model)
    limit: int | None = entry.get("max_output_tokens", entry.get("max_tokens"))
    return limit


def register_model(model_cost: Mapping[str, Mapping[str, Any]] | str, **_: Any) -> dict[str, Any]:
    """Say what models cost and can do. Fields that are not given stay as they are.

    Args:
        model_cost: entries by model string, in the shape of ``model_cost``; or the path of a JSON file of them.

    Returns:
        The entries that were given.

    Raises:
        BadRequestError: a URL, because nothing is downloaded; or no entries.
    """
    entries = get_model_cost_map(model_cost) if isinstance(model_cost, str) else dict(model_cost)
    in_force_now = in_force()
    cost = _filled() if in_force_now is None else in_force_now
    for name, entry in entries.items():
        if not isinstance(entry, Mapping):
            raise BadRequestError(f"register_model: {name!r} is no dict", name, "")
        cost[name] = {**(cost.get(name) or {}), **entry}
        if provider := entry.get("litellm_provider"):
            _by_provider().setdefault(str(provider), set()).add(name)
    return dict(entries)


def get_model_cost_map(
    url: str = "", timeout: float | None = None, max_attempts: int | None = None, **_: Any
) -> dict[str, Any]:
    """All entries: of the price list, or of a JSON file.

    Args:
        url: the path of a file; else the price list that comes with the package. Nothing is downloaded.
        timeout, max_attempts: have no effect.

    Raises:
        BadRequestError: the file cannot be read.
    """
    if not url or url.startswith(("http://", "https://")):
        return ModelCost({name: dict(entry) for name, entry in _filled().items()})
    try:
        entries = json.loads(Path(url).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadRequestError(f"{url}: {error}") from error
    if not isinstance(entries, dict):
        raise BadRequestError(f"{url}: must hold an object of entries by model")
    return entries


@functools.cache
def _by_provider() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, entry in _filled().items():
        # A program's own entry may lack it.
        if provider := entry.get("litellm_provider"):
            found.setdefault(provider, set()).add(name)
    return found


def get_valid_models(
    check_provider_endpoint: bool | None = None,
    custom_llm_provider: str | None = None,
    litellm_params: Any = None,
    api_key: str | None = None,
    api_base: str | None = None,
) -> list[str]:
    """The models of the price list that there is a key for, by name.

    Args:
        check_provider_endpoint: must not be true: no server is asked.
        custom_llm_provider: only this one's.
        api_key: a key that a call to it would be given.
        litellm_params, api_base: have no effect.

    Raises:
        BadRequestError: ``check_provider_endpoint`` is true.
    """
    if check_provider_endpoint:
        raise BadRequestError("get_valid_models: check_provider_endpoint is not supported; no server is asked")
    rows = {row["name"]: row for row in _eq_core.providers()}
    names = [custom_llm_provider] if custom_llm_provider else list(rows)
    valid = [name for name in names if name in rows and (api_key or (rows[name]["key_vars"] and config.key_for(name)))]
    return sorted(model for name in valid for model in _by_provider().get(name, ()))


if TYPE_CHECKING:
    model_cost: dict[str, dict[str, Any]]
    model_list: list[str]
    models_by_provider: dict[str, set[str]]

_TABLES: dict[str, Any] = {
    "model_cost": _filled,
    "model_list": functools.cache(lambda: [name for name, entry in _filled().items() if entry.get("mode") == "chat"]),
    "models_by_provider": _by_provider,
}


def __getattr__(name: str) -> Any:
    if name in _TABLES:
        return _TABLES[name]()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
