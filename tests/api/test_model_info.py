"""What is known of models, without a network; and that what programs say of models holds everywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async import utils
from edgequake_async.exceptions import ModelNotMappedError

CAPABILITIES = [name for name in eq.__all__ if name.startswith("supports_")]


def test_no_network_at_import_or_call() -> None:
    """All of it in a process that cannot open a socket."""
    program = """
import socket
class Refused:
    def __init__(self, *args, **kwargs):
        raise AssertionError("a socket")
socket.socket = socket.create_connection = socket.getaddrinfo = Refused
import edgequake_async as eq
assert eq.get_model_info("gpt-4o")["max_input_tokens"] == 128000
assert eq.token_counter("gpt-4o", text="hello world") == 2
assert eq.cost_per_token("gpt-4o", 1000, 0) == (0.0025, 0.0)
assert len(eq.model_cost) > 2000 and len(eq.get_model_cost_map("https://a.example/prices.json")) > 2000
assert eq.supports_vision("gpt-4o") and not eq.supports_vision("unheard-of")
assert eq.get_valid_models() is not None
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_is_known_of_a_model() -> None:
    info = eq.get_model_info("gpt-4o")
    assert (info["key"], info["litellm_provider"], info["mode"]) == ("gpt-4o", "openai", "chat")
    assert (info["max_input_tokens"], info["max_output_tokens"], info["max_tokens"]) == (128_000, 16_384, 16_384)
    assert (info["input_cost_per_token"], info["output_cost_per_token"]) == (2.5e-06, 1e-05)
    assert info["supports_vision"] is True
    assert info["supports_audio_output"] is None
    assert eq.get_max_tokens("gpt-4o") == 16_384
    assert eq.get_model_info("gpt-4o", "azure")["litellm_provider"] == "azure"
    assert eq.get_model_info("gpt-4o-2024-08-06")["input_cost_per_token"] == 2.5e-06
    assert eq.get_model_info("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0")["max_output_tokens"] == 64_000
    assert eq.get_model_info("gemini/gemini-2.5-pro")["input_cost_per_token_above_200k_tokens"] == 2.5e-06
    assert eq.get_model_info("text-embedding-3-small")["mode"] == "embedding"


# What each maker documents.
@pytest.mark.parametrize(
    ("model", "can", "cannot"),
    [
        ("gpt-4o", "vision function_calling response_schema prompt_caching pdf_input", "reasoning audio_output"),
        ("gpt-3.5-turbo", "function_calling system_messages", "vision response_schema reasoning"),
        ("o3", "reasoning vision tool_choice", "audio_input parallel_function_calling"),
        ("gpt-5-mini", "reasoning vision parallel_function_calling", "audio_output"),
        ("openai/gpt-audio", "audio_input audio_output", "vision"),
        ("claude-sonnet-4-5", "reasoning vision prompt_caching pdf_input", "audio_input"),
        ("anthropic/claude-3-haiku-20240307", "vision function_calling", "reasoning"),
        ("gemini/gemini-2.5-flash", "audio_input vision reasoning web_search", "audio_output"),
        ("deepseek/deepseek-chat", "function_calling prompt_caching", "vision reasoning"),
        ("mistral/mistral-small-latest", "function_calling response_schema", "audio_output"),
        ("text-embedding-3-small", "", "function_calling vision"),
    ],
)
def test_what_models_can_do(model: str, can: str, cannot: str) -> None:
    for what in can.split():
        assert getattr(eq, f"supports_{what}")(model) is True, what
    for what in cannot.split():
        assert getattr(eq, f"supports_{what}")(model, None) is False, what


@pytest.mark.parametrize("name", CAPABILITIES)
def test_of_an_unknown_model_nothing_is_claimed(name: str) -> None:
    for model in ("unheard-of", "nowhere/unheard-of", "", "openai/"):
        assert getattr(eq, name)(model) is False
    assert getattr(utils, name) is getattr(eq, name)


def test_an_unknown_model_is_an_error() -> None:
    for model in ("unheard-of", "openai/unheard-of", "nowhere/unheard-of"):
        with pytest.raises(ModelNotMappedError, match="This model isn't mapped yet"):
            eq.get_model_info(model)
        with pytest.raises(Exception, match="isn't mapped yet"):
            eq.get_max_tokens(model)
        assert model not in eq.model_cost
        assert eq.model_cost.get(model) is None
        with pytest.raises(KeyError):
            eq.model_cost[model]


def test_model_cost_is_a_dict_that_may_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(eq.model_cost, dict)
    assert "gpt-4o" in eq.model_cost
    assert "openai/gpt-4o" in eq.model_cost
    # Not listed, and known.
    assert eq.model_cost["gpt-4o-2024-11-20"]["max_output_tokens"] == 16_384
    monkeypatch.setitem(eq.model_cost, "gpt-zz", {"input_cost_per_token": 9e-06, "output_cost_per_token": 1e-06})
    assert eq.cost_per_token("gpt-zz", 10, 10) == (9e-05, 1e-05)
    monkeypatch.setitem(eq.model_cost["gpt-4-turbo"], "input_cost_per_token", 1.0)
    assert eq.cost_per_token("gpt-4-turbo", 1, 0) == (1.0, 0.0)
    assert eq.get_model_info("gpt-4-turbo")["input_cost_per_token"] == 1.0
    assert eq.cost_per_token("openai/gpt-4-turbo", 1, 0) == (1.0, 0.0)
    assert eq.cost_per_token("azure/gpt-4-turbo", 1, 0) == (1e-05, 0.0)


def test_model_cost_may_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eq, "model_cost", {"gpt-4o": {"input_cost_per_token": 2.0, "litellm_provider": "openai"}})
    assert eq.cost_per_token("gpt-4o", 1, 0) == (2.0, 0.0)
    eq.register_model({"openai/new": {"input_cost_per_token": 3.0}})
    assert eq.cost_per_token("openai/new", 1, 0) == (3.0, 0.0)


def test_registering_holds_for_bare_and_whole_names() -> None:
    entry = {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "max_tokens": 100, "supports_vision": True}
    entry |= {"litellm_provider": "openai", "mode": "chat"}
    assert eq.register_model({"openai/registered": entry}) == {"openai/registered": entry}
    reply = {"model": "registered", "usage": {"prompt_tokens": 10, "completion_tokens": 10}}
    assert eq.completion_cost(reply) == eq.completion_cost(reply, model="openai/registered") == pytest.approx(3e-05)
    assert eq.get_max_tokens("openai/registered") == 100
    assert eq.supports_vision("registered")
    assert "openai/registered" in eq.models_by_provider["openai"]
    # A part of a known one's.
    eq.register_model({"gpt-4": {"input_cost_per_token": 7.0}})
    assert eq.cost_per_token("gpt-4", 1, 1) == (7.0, 6e-05)
    # Of a provider that nobody knows.
    eq.register_model({"mine/model": {"input_cost_per_token": 5.0}})
    assert eq.cost_per_token("mine/model", 1, 1) == (5.0, 0.0)


def test_registering_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps({"openai/filed": {"input_cost_per_token": 4.0}}))
    eq.register_model(str(file))
    assert eq.cost_per_token("openai/filed", 1, 0) == (4.0, 0.0)
    file.write_text("[]")
    for wrong in (str(file), str(tmp_path / "nothing")):
        with pytest.raises(eq.BadRequestError):
            eq.register_model(wrong)
    with pytest.raises(eq.BadRequestError, match="x"):
        eq.register_model({"x": 3})  # type: ignore[dict-item]


def test_lists() -> None:
    assert "gpt-4o" in eq.model_list
    assert "text-embedding-3-small" not in eq.model_list
    assert eq.models_by_provider["anthropic"] >= {"claude-haiku-4-5"}
    assert all(isinstance(names, set) for names in eq.models_by_provider.values())


def test_models_that_there_is_a_key_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in eq._eq_core.providers():
        for variable in row["key_vars"]:
            monkeypatch.delenv(variable, raising=False)
    assert eq.get_valid_models() == []
    monkeypatch.setenv("GROQ_API_KEY", "x")
    assert {name.partition("/")[0] for name in eq.get_valid_models()} == {"groq"}
    assert eq.get_valid_models(custom_llm_provider="deepseek", api_key="k") == sorted(eq.models_by_provider["deepseek"])
    with pytest.raises(eq.BadRequestError):
        eq.get_valid_models(check_provider_endpoint=True)


def user(content: str) -> dict[str, Any]:
    return {"role": "user", "content": content}


def test_trimming_keeps_system_and_the_newest() -> None:
    system = {"role": "system", "content": "be nice"}
    asked = [system, user("hello world " * 30), user("short one"), user("last one")]
    trimmed = eq.trim_messages(asked, max_tokens=40)
    assert eq.token_counter(messages=trimmed) <= 40
    assert [trimmed[0], *trimmed[-2:]] == [system, *asked[-2:]]
    assert trimmed[1]["content"].startswith("hello world")
    assert ".." in trimmed[1]["content"]
    assert asked[1]["content"] == "hello world " * 30
    assert eq.trim_messages(asked, max_tokens=10_000) == asked
    assert eq.trim_messages(asked, "unheard-of") == asked
    kept, left = eq.trim_messages(asked, "gpt-4o", return_response_tokens=True)
    assert (kept, left) == (asked, 128_000 - eq.token_counter("gpt-4o", messages=asked))


def test_trimming_keeps_the_results_of_tools_with_their_call() -> None:
    call = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}],
    }
    result = {"role": "tool", "tool_call_id": "1", "content": "sunny"}
    assert eq.trim_messages([user("hello " * 100), call, result], max_tokens=20)[-2:] == [call, result]
