"""Invoices, worked out by hand from the providers' price pages: each token is priced once."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timezone
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.cost_calculator import cost_of
from edgequake_async.exceptions import ModelNotMappedError
from edgequake_async.testing import FakeProvider, text

from .ways import Way

NOON = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)


def usage(prompt: int, answer: int, **more: Any) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer, **more}


# model, usage, US dollars per million tokens times tokens
INVOICES: dict[str, tuple[str, dict[str, Any], float]] = {
    # $2.50 in, $1.25 cached, $10 out: https://platform.openai.com/docs/pricing
    "OpenAI": ("openai/gpt-4o", usage(1000, 500), (1000 * 2.5 + 500 * 10) / 1e6),
    "OpenAI, cached": (
        "openai/gpt-4o",
        usage(2006, 300, prompt_tokens_details={"cached_tokens": 1920}),
        (86 * 2.5 + 1920 * 1.25 + 300 * 10) / 1e6,
    ),
    # $1.10 in, $4.40 out, thinking is part of the answer
    "OpenAI, thinking": (
        "openai/o3-mini",
        usage(100, 900, completion_tokens_details={"reasoning_tokens": 640}),
        (100 * 1.1 + 900 * 4.4) / 1e6,
    ),
    # $2.50 and $32 in, $10 and $64 out
    "OpenAI, audio": (
        "openai/gpt-audio",
        usage(150, 220, prompt_tokens_details={"audio_tokens": 100}, completion_tokens_details={"audio_tokens": 200}),
        (50 * 2.5 + 100 * 32 + 20 * 10 + 200 * 64) / 1e6,
    ),
    # $1 in, $1.25 written for 5 minutes, $2 for an hour, $0.10 cached, $5 out:
    # https://docs.anthropic.com/en/docs/about-claude/pricing
    "Anthropic, 5 minutes": (
        "anthropic/claude-haiku-4-5",
        usage(
            10_050,
            100,
            cache_creation_input_tokens=2000,
            cache_read_input_tokens=8000,
            prompt_tokens_details={"cached_tokens": 8000, "cache_creation_tokens": 2000},
        ),
        (50 * 1 + 2000 * 1.25 + 8000 * 0.1 + 100 * 5) / 1e6,
    ),
    "Anthropic, an hour": (
        "anthropic/claude-haiku-4-5",
        usage(
            10_050,
            100,
            cache_creation_input_tokens=3000,
            cache_read_input_tokens=7000,
            cache_creation={"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000},
        ),
        (50 * 1 + 1000 * 1.25 + 2000 * 2 + 7000 * 0.1 + 100 * 5) / 1e6,
    ),
    # The summary that made room for the answer is charged, and is not among the counts of the whole:
    # https://docs.anthropic.com/en/docs/build-with-claude/compaction
    "Anthropic, compaction": (
        "anthropic/claude-haiku-4-5",
        usage(
            229,
            5,
            iterations=[
                {
                    "type": "compaction",
                    "input_tokens": 100,
                    "cache_creation_input_tokens": 55_096,
                    "cache_read_input_tokens": 0,
                    "output_tokens": 131,
                },
                {"type": "message", "input_tokens": 229, "output_tokens": 5},
            ],
        ),
        (229 * 1 + 5 * 5 + 100 * 1 + 55_096 * 1.25 + 131 * 5) / 1e6,
    ),
    # Another model's advice has that model's price: $5 in, $25 out.
    "Anthropic, advice": (
        "anthropic/claude-haiku-4-5",
        usage(
            2390,
            121,
            iterations=[
                {"type": "advisor_message", "model": "claude-opus-4-5", "input_tokens": 2518, "output_tokens": 22}
            ],
        ),
        (2390 * 1 + 121 * 5 + 2518 * 5 + 22 * 25) / 1e6,
    ),
    # $2.50 in, $10 out, for what is billed of what was read: https://docs.cohere.com/v2/docs/how-does-cohere-pricing-work
    "Cohere": (
        "cohere_chat/command-a-03-2025",
        usage(293, 70, billed_units={"input_tokens": 34, "output_tokens": 70}),
        (34 * 2.5 + 70 * 10) / 1e6,
    ),
    # $10 per thousand searches
    "Anthropic, searches": (
        "anthropic/claude-haiku-4-5",
        usage(100, 100, server_tool_use={"web_search_requests": 3}),
        (100 * 1 + 100 * 5) / 1e6 + 3 * 0.01,
    ),
    # $1.25 in, $0.125 cached, $10 out; $2.50, $0.25, $15 above 200,000: https://ai.google.dev/gemini-api/docs/pricing
    "Gemini, short": ("gemini/gemini-2.5-pro", usage(200_000, 1000), (200_000 * 1.25 + 1000 * 10) / 1e6),
    "Gemini, long": (
        "gemini/gemini-2.5-pro",
        usage(300_000, 1000, prompt_tokens_details={"cached_tokens": 100_000}),
        (200_000 * 2.5 + 100_000 * 0.25 + 1000 * 15) / 1e6,
    ),
    # $0.30 in, $1 audio, $2.50 out with thinking
    "Gemini, audio": (
        "gemini/gemini-2.5-flash",
        usage(
            1100,
            400,
            prompt_tokens_details={"text_tokens": 100, "audio_tokens": 1000},
            completion_tokens_details={"reasoning_tokens": 300},
        ),
        (100 * 0.3 + 1000 * 1 + 400 * 2.5) / 1e6,
    ),
    # $0.27 in, $0.07 cached, $1.10 out by day: https://api-docs.deepseek.com/quick_start/pricing
    "DeepSeek": (
        "deepseek/deepseek-chat",
        usage(1000, 200, prompt_cache_hit_tokens=640, prompt_cache_miss_tokens=360),
        (360 * 0.27 + 640 * 0.07 + 200 * 1.1) / 1e6,
    ),
    # $3 in, $15 out; thinking is beside the answer: https://docs.x.ai/docs/models
    "xAI": (
        "xai/grok-4",
        {**usage(100, 50, completion_tokens_details={"reasoning_tokens": 200}), "total_tokens": 350},
        (100 * 3 + 250 * 15) / 1e6,
    ),
    # It says what it charged.
    "OpenRouter": ("openrouter/anthropic/claude-sonnet-4.5", usage(100, 50, cost=0.00123), 0.00123),
    # $0.02
    "embeddings": ("openai/text-embedding-3-small", usage(5000, 0), 5000 * 0.02 / 1e6),
}


@pytest.mark.parametrize("name", INVOICES)
def test_invoices(name: str) -> None:
    model, said, dollars = INVOICES[name]
    provider, _, bare = model.partition("/")
    assert float(cost_of(said, [(bare, provider)], when=NOON)) == pytest.approx(dollars, rel=1e-12)
    assert float(cost_of(eq.Usage.model_validate(said), [(bare, provider)], when=NOON)) == pytest.approx(
        dollars, rel=1e-12
    )


def test_deepseek_costs_less_at_night() -> None:
    night = float(cost_of(usage(1000, 200), [("deepseek-chat", "deepseek")], when=NOON.replace(hour=20)))
    assert night == pytest.approx((1000 * 0.135 + 200 * 0.55) / 1e6, rel=1e-12)


def test_counts_that_contradict_each_other_are_not_priced_twice() -> None:
    odd = usage(100, 10, prompt_tokens_details={"cached_tokens": 500, "audio_tokens": 500})
    assert eq.completion_cost({"usage": odd, "model": "gpt-4o"}) == pytest.approx((100 * 1.25 + 10 * 10) / 1e6)


def test_the_responses_api_counts_under_other_names() -> None:
    said = {"input_tokens": 1000, "output_tokens": 100, "input_tokens_details": {"cached_tokens": 400}}
    cost = eq.completion_cost({"usage": said, "model": "gpt-4o"})
    assert cost == pytest.approx((600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6)


def test_a_response_knows_its_cost(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(text("Yes.", usage=usage(1000, 500, prompt_tokens_details={"cached_tokens": 800})), text("Yes."))
    response = way.completion(**{**ask, "model": "openai/gpt-4o"})
    dollars = pytest.approx((200 * 2.5 + 800 * 1.25 + 500 * 10) / 1e6)
    assert response._hidden_params["response_cost"] == dollars
    assert eq.completion_cost(response) == eq.completion_cost(response, model="openai/gpt-4o") == dollars
    assert eq.completion_cost(completion_response=response, model="an-alias-of-mine") == dollars
    assert eq.completion_cost(response.model_dump(), custom_llm_provider="openai") == dollars
    unknown = way.completion(**ask)
    assert unknown._hidden_params["response_cost"] is None
    with pytest.raises(ModelNotMappedError, match="This model isn't mapped yet"):
        eq.completion_cost(unknown)


def test_anthropics_own_counts_cross_the_protocol(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    counts = {
        "input_tokens": 50,
        "output_tokens": 100,
        "cache_read_input_tokens": 7000,
        "cache_creation_input_tokens": 3000,
        "cache_creation": {"ephemeral_5m_input_tokens": 1000, "ephemeral_1h_input_tokens": 2000},
    }
    fake.script(text("Yes.", usage=counts))
    response = way.completion(**{**ask, "model": "anthropic/claude-haiku-4-5", "api_base": fake.base_url})
    assert response._hidden_params["response_cost"] == pytest.approx(INVOICES["Anthropic, an hour"][2])


def test_a_cost_is_worked_out_only_when_it_is_asked_for() -> None:
    program = """
import sys
import edgequake_async as eq
from edgequake_async.testing import FakeProvider
with FakeProvider() as fake:
    ask = {"model": "openai/gpt-4o", "api_base": fake.base_url, "api_key": fake.api_key}
    response = eq.completion(messages=[{"role": "user", "content": "Hi"}], **ask)
assert "genai_prices" not in sys.modules and "edgequake_async.cost_calculator" not in sys.modules
assert response._hidden_params["response_cost"] > 0
assert "genai_prices" in sys.modules
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_texts_are_counted_where_there_is_no_usage() -> None:
    assert eq.completion_cost(model="gpt-4o", prompt="hello world", completion="hello world") == pytest.approx(2.5e-5)
    asked = eq.completion_cost(model="gpt-4o", messages=[{"role": "user", "content": "hello world"}])
    assert asked == pytest.approx(9 * 2.5 / 1e6)


def test_cost_per_token() -> None:
    assert eq.cost_per_token("gpt-4o", 1000, 500) == (0.0025, 0.005)
    assert eq.cost_per_token(model="openai/gpt-4o", prompt_tokens=1000, cache_read_input_tokens=400) == (0.002, 0.0)
    said = eq.Usage(prompt_tokens=1000, completion_tokens=500, prompt_tokens_details={"cached_tokens": 400})
    assert eq.cost_per_token("gpt-4o", usage_object=said) == (0.002, 0.005)
    mine: eq.CostPerToken = {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}
    assert eq.cost_per_token("unheard-of", 10, 10, custom_cost_per_token=mine) == (1e-5, 2e-5)
    assert eq.cost_per_token("unheard-of", response_time_ms=2000, custom_cost_per_second=0.5) == (1.0, 0.0)
    assert eq.cost_per_token("ollama/anything", 10, 10) == (0.0, 0.0)


def test_a_service_tier_has_its_price() -> None:
    eq.register_model(
        {
            "openai/tiered": {
                "input_cost_per_token": 1e-6,
                "input_cost_per_token_priority": 3e-6,
                "output_cost_per_token": 0.0,
                "litellm_provider": "openai",
            }
        }
    )
    said = {"usage": usage(10, 0), "model": "tiered"}
    assert eq.completion_cost(said) == 1e-5
    assert eq.completion_cost({**said, "service_tier": "priority"}) == 3e-5
    assert eq.completion_cost(said, service_tier="priority") == 3e-5


def test_what_cannot_be_priced_is_an_error() -> None:
    with pytest.raises(eq.BadRequestError, match="LLM Provider NOT provided"):
        eq.cost_per_token("unheard-of", 10, 10)
    with pytest.raises(ModelNotMappedError, match="This model isn't mapped yet"):
        eq.cost_per_token("openai/unheard-of", 10, 10)
    with pytest.raises(ModelNotMappedError, match="This model isn't mapped yet"):
        eq.completion_cost(model="unheard-of", prompt="a", completion="b")
    with pytest.raises(ValueError, match="no model"):
        eq.completion_cost()
    with pytest.raises(ValueError, match="cannot be priced"):
        eq.completion_cost({"data": [{"url": "x"}], "model": "gpt-4o"})
