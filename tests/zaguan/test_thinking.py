"""Thinking is parted from answers, and usage read, whatever holds it."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_async.zaguan.models import AnthropicUsage, TokenDetails, Usage
from edgequake_async.zaguan.thinking import Thinking, extract_thinking, has_cached_tokens, has_reasoning_tokens


@pytest.mark.parametrize(
    ("content", "thinking", "response"),
    [
        ("<think>Hm.</think>Four.", "Hm.", "Four."),
        ("\n<think>\nHm.\nYes.\n</think>\n\nFour.\n", "Hm.\nYes.", "Four."),
        ("<think>a</think>One. <think>b</think>Two.", "a\n\nb", "One. Two."),
        ("Four.", "", "Four."),
        ("Four. <think>And then", "And then", "Four."),
        ("<think>a</think>x<think>b", "a\n\nb", "x"),
        ("<THINK>a</Think>x", "a", "x"),
        ("<think></think>x<think> </think>", "", "x"),
        ("a < b </think> c", "", "a < b </think> c"),
        ("<think>a <think> b</think>x", "a <think> b", "x"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_extract_thinking(content: str | None, thinking: str, response: str) -> None:
    assert extract_thinking(content) == Thinking(thinking=thinking, response=response)


@pytest.mark.parametrize(
    ("usage", "reasoning", "cached"),
    [
        (None, False, False),
        ({}, False, False),
        (Usage(), False, False),
        (Usage(completion_tokens_details=TokenDetails(reasoning_tokens=3)), True, False),
        (Usage(completion_tokens_details=TokenDetails(reasoning_tokens=0)), False, False),
        (Usage(prompt_tokens_details=TokenDetails(cached_tokens=3)), False, True),
        ({"completion_tokens_details": {"reasoning_tokens": 1}}, True, False),
        ({"prompt_tokens_details": {"cached_tokens": 1}}, False, True),
        ({"output_tokens_details": {"reasoning_tokens": 1}, "input_tokens_details": {"cached_tokens": 1}}, True, True),
        ({"completion_tokens_details": None, "prompt_tokens_details": {"cached_tokens": "3"}}, False, False),
        (AnthropicUsage(cache_read_input_tokens=3), False, True),
    ],
)
def test_usage_is_read_from_models_and_dicts(usage: Any, reasoning: bool, cached: bool) -> None:
    assert (has_reasoning_tokens(usage), has_cached_tokens(usage)) == (reasoning, cached)
