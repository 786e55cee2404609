"""litellm's questions about providers: whose model is it, is the key there, who is there."""

from __future__ import annotations

import pytest

import edgequake_async as eq


def test_whose_model_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("GROQ_API_KEY", "GROQ_API_BASE", "OPENAI_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    assert eq.get_llm_provider("openai/gpt-4o") == ("gpt-4o", "openai", None, None)
    assert eq.get_llm_provider("gpt-4o", api_key="k", api_base="http://h/v1") == (
        "gpt-4o",
        "openai",
        "k",
        "http://h/v1",
    )
    groq = "https://api.groq.com/openai/v1"
    assert eq.get_llm_provider("groq/llama") == ("llama", "groq", None, groq)
    monkeypatch.setenv("GROQ_API_KEY", "from-env")
    assert eq.get_llm_provider("llama", "groq") == ("llama", "groq", "from-env", groq)
    assert eq.get_llm_provider("claude-sonnet-4-5")[:2] == ("claude-sonnet-4-5", "anthropic")
    with pytest.raises(eq.BadRequestError, match="LLM Provider NOT provided"):
        eq.get_llm_provider("nobody/model")


def test_whether_what_a_call_needs_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert eq.validate_environment("gpt-4o") == {"keys_in_environment": False, "missing_keys": ["OPENAI_API_KEY"]}
    assert eq.validate_environment("gpt-4o", api_key="k") == {"keys_in_environment": True, "missing_keys": []}
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert eq.validate_environment("gpt-4o") == {"keys_in_environment": True, "missing_keys": []}
    assert eq.validate_environment("hosted_vllm/m")["missing_keys"] == ["HOSTED_VLLM_API_BASE"]
    for model in (None, "", "nobody/model"):
        assert eq.validate_environment(model) == {"keys_in_environment": False, "missing_keys": []}


def test_who_is_there() -> None:
    assert "openai" in eq.provider_list
    assert "nobody" not in eq.provider_list
    assert all(isinstance(name, str) for name in eq.provider_list)
    assert str(eq.LlmProviders.OPENAI) == eq.LlmProviders.OPENAI.value == eq.LlmProviders("openai") == "openai"
