"""The price list: genai-prices (https://github.com/pydantic/genai-prices), under litellm's names of prices.

Promises: the package is imported when a price is first asked for (0.2 s, once), nothing is downloaded, and a price is
the one of its day and hour. A program that wants fresher prices than the installed package has may run that package's
own ``UpdatePrices``; they are used from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .exceptions import APIError

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo

__all__ = ["Rates", "find", "listed", "listing_of", "rates_of"]

# US dollars by litellm's names of prices; ``search_context_cost_per_query`` is a dict of them.
Rates = dict[str, Any]

# Our names of providers that the list calls otherwise.
_LISTED_AS = {
    "bedrock": "aws",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
    "gemini": "google",
    "meta_llama": "meta",
    "moonshot": "moonshotai",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "vertex_ai": "google",
    "voyage": "voyageai",
    "xai": "x-ai",
}

_PER_TOKEN = {
    "input_mtok": "input_cost_per_token",
    "output_mtok": "output_cost_per_token",
    "cache_read_mtok": "cache_read_input_token_cost",
    "cache_write_mtok": "cache_creation_input_token_cost",
    "cache_write_1h_mtok": "cache_creation_input_token_cost_above_1hr",
    "input_audio_mtok": "input_cost_per_audio_token",
    "output_audio_mtok": "output_cost_per_audio_token",
    "cache_audio_read_mtok": "cache_read_input_audio_token_cost",
    "input_image_mtok": "input_cost_per_image_token",
    "output_image_mtok": "output_cost_per_image_token",
    "output_reasoning_mtok": "output_cost_per_reasoning_token",
}
# Of other units: litellm's name, and how many of its units one of the list's is.
_PER_UNIT = {
    "audio_hours": ("input_cost_per_second", 3600),
    "input_audio_hours": ("input_cost_per_second", 3600),
    "input_characters_mtok": ("input_cost_per_character", 1_000_000),
    "requests_kcount": ("input_cost_per_request", 1000),
    "rerank_searches_kcount": ("input_cost_per_query", 1000),
}
_SEARCHES = "web_searches_kcount"
_SIZES = ("search_context_size_low", "search_context_size_medium", "search_context_size_high")


def _snapshot() -> Any:
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError as error:
        message = f"the price list cannot be imported ({error}): pip install genai-prices"
        raise APIError(500, message, "", "") from None
    return get_snapshot()


def listing_of(provider: str) -> str:
    """The list's name of a provider."""
    return _LISTED_AS.get(provider, provider)


def find(provider: str, model: str) -> ModelInfo | None:
    """The list's entry of a provider's model.

    Raises:
        APIError: genai-prices is not installed.
    """
    snapshot = _snapshot()
    listing = listing_of(provider)
    # Its own search would go on to providers of similar names.
    if not any(each.id == listing for each in snapshot.providers):
        return None
    try:
        found: ModelInfo = snapshot.find_provider_model(model, None, listing, None)[1]
    except LookupError:
        return None
    return found


def listed(providers: Mapping[str, str]) -> Iterator[tuple[str, str, ModelInfo]]:
    """Every model of the list that a provider of ours has: provider, name, entry. ``providers``: ours by the list's."""
    for each in _snapshot().providers:
        if each.id in providers:
            for entry in each.models:
                for name in _names(entry):
                    yield providers[each.id], name, entry


def _names(entry: ModelInfo) -> list[str]:
    """An entry's own name, and others that it answers to exactly."""
    clauses = [entry.match]
    names = [entry.id]
    while clauses:
        clause: Any = clauses.pop()
        names += [clause.equals] if hasattr(clause, "equals") else []
        clauses += getattr(clause, "or_", [])
    return list(dict.fromkeys(names))


def rates_of(entry: ModelInfo, when: datetime, service_tier: str | None = None) -> Rates:
    """An entry's prices at a time, in US dollars per token and so on.

    A price that is another above a length of the prompt is there twice, as litellm names it: ``input_cost_per_token``
    and ``input_cost_per_token_above_200k_tokens``.
    """
    if not entry.prices:
        return {}
    prices = entry.get_prices(when, {"service_tier": service_tier} if service_tier else None)
    rates: Rates = {}
    for key, value in vars(prices).items():
        if value is None:
            continue
        if key in _PER_TOKEN:
            _put(rates, _PER_TOKEN[key], value, 1_000_000)
        elif key in _PER_UNIT:
            _put(rates, *_PER_UNIT[key][:1], value, _PER_UNIT[key][1])
        elif key == _SEARCHES:
            rates["search_context_cost_per_query"] = dict.fromkeys(_SIZES, float(_base(value) / 1000))
    return rates


def _put(rates: Rates, name: str, value: Any, units: int) -> None:
    rates[name] = float(_base(value) / units)
    for tier in getattr(value, "tiers", ()):
        rates[f"{name}_above_{tier.start // 1000}k_tokens"] = float(tier.price / units)


def _base(value: Any) -> Decimal:
    base: Decimal = getattr(value, "base", value)
    return base
