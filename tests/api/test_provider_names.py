"""litellm's questions about providers: whose model is it, is the key there, who is there."""

from __future__ import annotations

import os

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


def test_mistral_s_address_and_the_usual_name_of_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MISTRAL_AZURE_API_KEY", "MISTRAL_API_KEY", "MISTRAL_AZURE_API_BASE", "MISTRAL_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    assert eq.get_llm_provider("mistral/m") == ("m", "mistral", None, "https://api.mistral.ai/v1")
    assert eq.validate_environment("mistral/m")["missing_keys"] == ["MISTRAL_API_KEY"]


def test_aws_needs_a_pair_of_keys_or_a_place_to_find_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    model = "bedrock/amazon.nova-lite-v1:0"
    assert eq.validate_environment(model)["missing_keys"] == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    assert eq.validate_environment(model)["missing_keys"] == ["AWS_SECRET_ACCESS_KEY"]
    for name in ("AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
        assert eq.validate_environment(model) == {"keys_in_environment": True, "missing_keys": []}
        monkeypatch.delenv(name)


def test_who_is_there() -> None:
    assert "openai" in eq.provider_list
    assert "nobody" not in eq.provider_list
    assert all(isinstance(name, str) for name in eq.provider_list)
    assert str(eq.LlmProviders.OPENAI) == eq.LlmProviders.OPENAI.value == eq.LlmProviders("openai") == "openai"
