"""What calls cost, in US dollars: each token is priced once, at the price of its kind.

A prompt is plain text, cached text, text that was written to a cache (for 5 minutes or an hour), audio and pictures; an
answer is plain text, thinking, audio and pictures. A kind without a price of its own costs what plain text does. Where
a long prompt costs more, the whole call does (https://ai.google.dev/gemini-api/docs/pricing,
https://docs.anthropic.com/en/docs/about-claude/pricing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from .billed import Counts, besides, counts_of, field
from .exceptions import BadRequestError, ModelNotMappedError
from .model_info import known
from .prices import Rates
from .reply import get_response_cost_from_hidden_params
from .tokens import token_counter

__all__ = ["CostPerToken", "completion_cost", "cost_of", "cost_per_token", "get_response_cost_from_hidden_params"]


class _Required(TypedDict):
    input_cost_per_token: float
    output_cost_per_token: float


class CostPerToken(_Required, total=False):
    """Prices of one's own, in US dollars per token; a dict."""

    cache_read_input_token_cost: float
    cache_creation_input_token_cost: float


def _rate(rates: Rates, prompt: int, *names: str) -> Decimal | None:
    """The price of the first of these names that has one, for a prompt of this length."""
    for name in names:
        if rates.get(name) is None:
            continue
        tiers = (re.fullmatch(re.escape(name) + r"_above_(\d+)k_tokens", key) for key in rates)
        passed = [
            int(tier[1]) for tier in tiers if tier and prompt > int(tier[1]) * 1000 and rates[tier[0]] is not None
        ]
        value = rates[f"{name}_above_{max(passed)}k_tokens"] if passed else rates[name]
        return Decimal(str(value))
    return None


def _price(rates: Rates, counts: Counts) -> tuple[Decimal, Decimal]:
    """What the prompt and what the answer costs."""

    def priced(whole: int, plain: str, *kinds: tuple[int, tuple[str, ...]]) -> Decimal:
        total, rest = Decimal(0), whole
        for tokens, names in kinds:
            rate = _rate(rates, counts.prompt, *names)
            if rate is not None:
                # More than the whole is no kind of it: never priced twice.
                taken = min(tokens, rest)
                total, rest = total + taken * rate, rest - taken
        return total + rest * (_rate(rates, counts.prompt, plain) or Decimal(0))

    write, hour = "cache_creation_input_token_cost", "cache_creation_input_token_cost_above_1hr"
    prompt = priced(
        counts.prompt,
        "input_cost_per_token",
        (counts.cached, ("cache_read_input_token_cost",)),
        (counts.written_1h, (hour, write)),
        (counts.written - counts.written_1h, (write,)),
        (counts.audio_in, ("input_cost_per_audio_token",)),
        (counts.pictures_in, ("input_cost_per_image_token",)),
    )
    answer = priced(
        counts.answer,
        "output_cost_per_token",
        (counts.audio_out, ("output_cost_per_audio_token",)),
        (counts.pictures_out, ("output_cost_per_image_token",)),
        (counts.thought, ("output_cost_per_reasoning_token",)),
    )
    search = (rates.get("search_context_cost_per_query") or {}).get("search_context_size_medium") or 0
    request = rates.get("input_cost_per_request") or 0
    return prompt + counts.searches * Decimal(str(search)) + Decimal(str(request)), answer


def cost_per_token(
    model: str = "",
    prompt_tokens: int = 0,
    completion_tokens: int = 0,
    response_time_ms: float | None = 0.0,
    custom_llm_provider: str | None = None,
    region_name: str | None = None,
    prompt_characters: int | None = None,
    completion_characters: int | None = None,
    cache_creation_input_tokens: int | None = 0,
    cache_read_input_tokens: int | None = 0,
    custom_cost_per_token: CostPerToken | None = None,
    custom_cost_per_second: float | None = None,
    usage_object: Any = None,
    call_type: str = "completion",
    service_tier: str | None = None,
    **_: Any,
) -> tuple[float, float]:
    """What a prompt and an answer cost.

    Args:
        model: a model string.
        prompt_tokens: all tokens of the prompt, cached ones among them.
        completion_tokens: all tokens of the answer, thinking among them.
        response_time_ms: how long the call took, for ``custom_cost_per_second``.
        custom_llm_provider: wins over the string's.
        cache_creation_input_tokens, cache_read_input_tokens: how many of the prompt's were written to a cache, and read
            from one.
        custom_cost_per_token, custom_cost_per_second: prices used instead of the list's.
        usage_object: a ``Usage``, instead of the counts: knows audio, pictures, and how long a cache holds.
        service_tier: OpenAI's ``flex`` or ``priority``.
        region_name, prompt_characters, completion_characters, call_type: have no effect.

    Returns:
        US dollars for the prompt, and for the answer.

    Raises:
        ModelNotMappedError: there is no price.
        BadRequestError: nor a provider ("LLM Provider NOT provided").
    """
    if custom_cost_per_second is not None:
        return custom_cost_per_second * (response_time_ms or 0.0) / 1000, 0.0
    counts = Counts(prompt_tokens, completion_tokens, cache_read_input_tokens or 0, cache_creation_input_tokens or 0)
    if usage_object is not None:
        counts = counts_of(usage_object)
    if custom_cost_per_token is not None:
        prompt, answer = _price(dict(custom_cost_per_token), counts)
        return float(prompt), float(answer)
    try:
        rates = _rates(model, custom_llm_provider, service_tier)
    except ModelNotMappedError as error:
        if "/" in model or custom_llm_provider:
            raise
        message = f"LLM Provider NOT provided. No price is known of model={model}. Write the model as provider/model."
        raise BadRequestError(message, model, "") from error
    prompt, answer = _price(rates, counts)
    return float(prompt), float(answer)


def _rates(model: str, provider: str | None, service_tier: str | None, when: datetime | None = None) -> Rates:
    _, entry = known(model, provider, when, service_tier)
    tier = f"_{service_tier}"
    # A registered entry says its tiers litellm's way: input_cost_per_token_priority.
    return entry | {key.removesuffix(tier): value for key, value in entry.items() if key.endswith(tier)}


def completion_cost(
    completion_response: Any = None,
    model: str | None = None,
    prompt: str = "",
    messages: list[Any] | None = None,
    completion: str = "",
    total_time: float | None = 0.0,
    call_type: str | None = None,
    custom_llm_provider: str | None = None,
    region_name: str | None = None,
    size: str | None = None,
    quality: str | None = None,
    n: int | None = None,
    custom_cost_per_token: CostPerToken | None = None,
    custom_cost_per_second: float | None = None,
    optional_params: Mapping[str, Any] | None = None,
    service_tier: str | None = None,
    **_: Any,
) -> float:
    """What a call cost.

    Args:
        completion_response: a response of this package's, or a dict of its shape. Its ``usage`` is priced.
        model: a model string, used rather than the response's own where a price is known of it.
        prompt, messages, completion: counted where there is no usage.
        total_time: how long the call took in milliseconds, for ``custom_cost_per_second``.
        custom_llm_provider: wins over the strings' and the response's.
        custom_cost_per_token, custom_cost_per_second: prices used instead of the list's.
        optional_params: the request's; its ``service_tier`` is used.
        service_tier: OpenAI's ``flex`` or ``priority``; else what the response says.
        call_type, region_name, size, quality, n: have no effect.

    Returns:
        US dollars.

    Raises:
        ModelNotMappedError: there is no price of any of the models named.
        ValueError: no model is named, or a reply that has no tokens (a picture, speech) cannot be priced.
    """
    hidden = field(completion_response, "_hidden_params") or {}
    provider = custom_llm_provider or hidden.get("custom_llm_provider")
    candidates = [(model, custom_llm_provider if model and "/" in model else provider)]
    candidates += [(field(completion_response, "model"), provider), (hidden.get("litellm_model_name"), provider)]
    named = [(name, whose) for name, whose in candidates if name]
    if not named:
        raise ValueError("completion_cost: no model is named, by model= or by the response")
    if custom_cost_per_second is not None:
        return custom_cost_per_second * (total_time or 0.0) / 1000
    usage = field(completion_response, "usage") or _texts_of(
        completion_response, named[0][0], prompt, messages, completion
    )
    if custom_cost_per_token is not None:
        return float(sum(_price(dict(custom_cost_per_token), counts_of(usage))))
    said = service_tier or (optional_params or {}).get("service_tier") or field(completion_response, "service_tier")
    return float(cost_of(usage, named, said))


def cost_of(
    usage: Any,
    named: Iterable[tuple[str, str | None]],
    service_tier: str | None = None,
    when: datetime | None = None,
) -> Decimal:
    """What a usage costs in US dollars, at the prices (of now, or ``when``) of the first (model, provider) with any.

    Raises:
        ModelNotMappedError: none has.
    """
    failure: ModelNotMappedError | None = None
    for model, provider in named:
        # It says itself what it charges, in US dollars: https://openrouter.ai/docs/use-cases/usage-accounting
        if provider == "openrouter" and isinstance(field(usage, "cost"), (int, float)):
            return Decimal(str(field(usage, "cost")))
        try:
            cost = sum(_price(_rates(model, provider, service_tier, when), counts_of(usage)), Decimal(0))
            for other, counts in besides(usage):
                cost += sum(_price(_rates(other or model, provider, service_tier, when), counts), Decimal(0))
            return cost
        except ModelNotMappedError as error:
            failure = failure or error
    raise failure or ValueError("no model is named")


def _texts_of(response: Any, model: str, prompt: str, messages: Any, completion: str) -> dict[str, int]:
    """A usage that is counted, for a call that has none."""
    choices = field(response, "choices") if response is not None else None
    if response is not None and not choices and not (prompt or messages or completion):
        raise ValueError(f"completion_cost: a {type(response).__name__} without usage cannot be priced")
    said = completion or "".join(field(field(each, "message") or {}, "content") or "" for each in choices or ())
    asked = token_counter(model, messages=messages) if messages else token_counter(model, text=prompt)
    return {"prompt_tokens": asked, "completion_tokens": token_counter(model, text=said)}
