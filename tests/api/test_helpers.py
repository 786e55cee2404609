"""Small functions that programs take from litellm, each doing what it says."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.cost_calculator import get_response_cost_from_hidden_params
from edgequake_async.litellm_core_utils.core_helpers import map_finish_reason
from edgequake_async.litellm_core_utils.json_validation_rule import validate_schema
from edgequake_async.testing import FakeProvider, text

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("STOP", "stop"),
        ("COMPLETE", "stop"),
        ("max_tokens", "length"),
        ("MAX_TOKENS", "length"),
        ("tool_use", "tool_calls"),
        ("SAFETY", "content_filter"),
        ("guardrail_intervened", "content_filter"),
        ("function_call", "function_call"),
        ("length", "length"),
        ("a_new_reason", "a_new_reason"),
    ],
)
def test_map_finish_reason(theirs: str, ours: str) -> None:
    assert map_finish_reason(theirs) == ours


def test_validate_schema() -> None:
    validate_schema(SCHEMA, '{"a": 1}')
    for wrong in ('{"a": "1"}', "{}", "no JSON", ""):
        with pytest.raises(eq.JSONSchemaValidationError) as caught:
            validate_schema(SCHEMA, wrong)
        assert caught.value.raw_response == wrong
    with pytest.raises(eq.BadRequestError, match="schema: "):
        validate_schema({"type": 1}, "{}")


@pytest.mark.parametrize(
    ("value", "said"), [("True", True), ("true ", True), ("FALSE", False), ("1", None), (None, True)]
)
def test_get_secret_bool(monkeypatch: pytest.MonkeyPatch, value: str | None, said: bool | None) -> None:
    monkeypatch.delenv("A_SWITCH", raising=False)
    if value is not None:
        monkeypatch.setenv("A_SWITCH", value)
    assert eq.get_secret_bool("A_SWITCH", True) is said
    assert eq.get_secret_bool("os.environ/A_SWITCH", True) is said


def test_validate_and_fix_thinking_param() -> None:
    fix = eq.validate_and_fix_thinking_param
    given = {"type": "enabled", "budgetTokens": 5}
    assert fix(given) == {"type": "enabled", "budget_tokens": 5}
    assert given == {"type": "enabled", "budgetTokens": 5}
    assert fix({"budgetTokens": 5, "budget_tokens": 6}) == {"budget_tokens": 6}
    assert (fix(None), fix(False)) == (None, None)
    assert fix(True) == {"type": "enabled", "budget_tokens": 2048}


def test_the_cost_that_a_proxy_tells(target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(text("Hi.", headers={"x-litellm-response-cost": "0.25"}), text("Hi."))
    costs = [
        get_response_cost_from_hidden_params(eq.completion(**target, messages=[{"role": "user"}])._hidden_params)
        for _ in range(2)
    ]
    assert costs == [0.25, None]


def test_debugging_is_turned_on_by_level() -> None:
    logger = eq.verbose_logger
    before = logger.level
    try:
        eq._turn_on_debug()
        assert logger.isEnabledFor(logging.DEBUG)
    finally:
        logger.setLevel(before)


def test_parameters_of_completion() -> None:
    names = eq.OPENAI_CHAT_COMPLETION_PARAMS
    assert names[:3] == ["functions", "function_call", "temperature"]
    assert len(names) == len(set(names)) == 45
    assert set(eq.get_supported_openai_params("openai/gpt-4o") or ()) - set(names) <= {"metadata", "extra_body"}


def test_base_model_says_what_a_deployment_takes() -> None:
    ask = eq.get_supported_openai_params
    assert ask("deepseek/mine", base_model="deepseek-reasoner") == ask("deepseek/deepseek-reasoner")
    assert ask("deepseek/mine") != ask("deepseek/deepseek-reasoner")


def test_names_are_the_same_objects_everywhere() -> None:
    assert eq.PromptTokensDetails is eq.types.utils.PromptTokensDetailsWrapper
    assert eq.ResponseCompletedEvent is eq.types.llms.openai.ResponseCompletedEvent
    assert eq.types.router.RouterRateLimitError is eq.RouterRateLimitError
    with pytest.raises(AttributeError):
        _ = eq.NoSuchEvent
