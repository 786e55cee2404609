"""The table of providers: each row leads to its path with its key, from its variables, under each of its names."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async import _eq_core, config
from edgequake_async.request import resolve
from edgequake_async.testing import FakeProvider, raw, text

from .ways import USER, WAYS

ROWS: dict[str, dict[str, Any]] = {row["name"]: row for row in _eq_core.providers()}
# The others' own protocols have tests of their own.
OPENAI = [name for name, row in ROWS.items() if row["protocol"] in ("", "mistral")]
(WAY,) = [way for way in WAYS if way.name == "asyncio"]

# Prefixes are what programs have in their strings: one that goes or moves breaks them.
NAMES = """
ai21 ai21_chat>ai21 aiml baseten cerebras cloudflare dashscope databricks deepinfra deepseek docker_model_runner
featherless_ai fireworks>fireworks_ai fireworks_ai friendliai github_copilot groq heroku hosted_vllm huggingface
hyperbolic inception jina_ai litellm_proxy llamacpp llamafile lm_studio lmstudio>lm_studio localai minimax mistral
moonshot morph nano-gpt nebius novita nscale nvidia_nim openai openrouter ovhcloud perplexity poe qwen_ai_platform
qwencloud sambanova scaleway snowflake text-completion-openai>openai tgi together>together_ai together_ai v0
veniceai vercel_ai_gateway vllm>hosted_vllm volcengine voyage wandb xai xinference zaguan zai
""".split()


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in ROWS.values():
        for variable in (*row["key_vars"], *config.base_variables(row["name"])):
            monkeypatch.delenv(variable, raising=False)


def test_names_and_aliases() -> None:
    assert [name for name in NAMES if ">" not in name] == sorted(set(OPENAI) - {"ollama"})
    told = dict(name.split(">") for name in NAMES if ">" in name)
    assert told == {alias: name for name in OPENAI for alias in ROWS[name]["aliases"]}
    for name in ROWS:
        for prefix in (name, *ROWS[name]["aliases"]):
            assert resolve(f"{prefix}/a/b") == (name, "a/b")


@pytest.mark.parametrize("name", OPENAI)
def test_every_name_leads_to_the_path_with_the_key_of_the_variable(
    fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    row = ROWS[name]
    key = f"key-of-{name}"
    if row["key_vars"]:
        monkeypatch.setenv(row["key_vars"][-1], key)
    fake.on_request(lambda _: text("ok"))
    base = "/deep" + (row["base_suffix"] or "/v9")
    for prefix in (name, *row["aliases"]):
        WAY.completion(model=f"{prefix}/org/model", messages=USER, api_base=fake.host_url + base)
        request = fake.requests[-1]
        assert request.path == f"{base}/chat/completions"
        assert request.json["model"] == "org/model"
        assert request.headers.get("authorization") == (f"Bearer {key}" if row["key_vars"] else None)


@pytest.mark.parametrize("name", [name for name in OPENAI if ROWS[name]["base_suffix"]])
def test_a_host_alone_gets_the_suffix(fake: FakeProvider, name: str) -> None:
    fake.on_request(lambda _: text("ok"))
    WAY.completion(model=f"{name}/m", messages=USER, api_base=fake.host_url, api_key="k")
    assert fake.requests[-1].path == ROWS[name]["base_suffix"] + "/chat/completions"


@pytest.mark.parametrize("base", ["", "/api", "/api/v2", "/api/v2/", "/api/v2/cortex/v1", "/proxy/api/v2/cortex"])
def test_a_base_that_begins_the_suffix_gets_the_rest(base: str) -> None:
    expected = "/proxy/api/v2/cortex/v1" if "proxy" in base else "/api/v2/cortex/v1"
    assert config.with_suffix("snowflake", f"https://h{base}") == f"https://h{expected}"


@pytest.mark.parametrize("name", [name for name in OPENAI if ROWS[name]["key_vars"]])
def test_the_first_key_variable_that_is_set_wins(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    variables = ROWS[name]["key_vars"]
    assert config.key_for(name) is None
    for variable in reversed(variables):
        monkeypatch.setenv(variable, f"from {variable}")
        assert config.key_for(name) == f"from {variable}"
    for variable in variables:
        assert config.key_for(name) == f"from {variable}"
        monkeypatch.setenv(variable, "")
    assert config.key_for(name) is None


@pytest.mark.parametrize("name", [name for name in OPENAI if ROWS[name]["base_vars"]])
def test_the_first_base_variable_that_is_set_wins(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    row = ROWS[name]
    for variable in reversed(row["base_vars"]):
        base = f"http://{variable.lower().replace('_', '-')}.example" + (row["base_suffix"] or "/v9")
        monkeypatch.setenv(variable, base)
        assert config.base_for(name) == base


@pytest.mark.parametrize("name", [name for name in OPENAI if ROWS[name]["key_required"] and ROWS[name]["base_url"]])
def test_a_call_without_a_key_is_refused_here(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for _, variables, _ in ROWS[name]["options"]:
        monkeypatch.setenv(variables[0], "0a1b")
    with pytest.raises(eq.AuthenticationError) as raised:
        WAY.completion(model=f"{name}/m", messages=USER)
    assert all(variable in str(raised.value) for variable in ROWS[name]["key_vars"])


def test_a_base_with_a_blank_is_filled_in_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        eq.BadRequestError,
        match="pass api_base or set cloudflare_account_id or CLOUDFLARE_ACCOUNT_ID or CLOUDFLARE_API_BASE",
    ):
        WAY.completion(model="cloudflare/@cf/meta/llama-3.1-8b-instruct", messages=USER, api_key="k")
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "0a1b")
    told = config.options_for("cloudflare", {})
    assert config.base_for("cloudflare", told) == "https://api.cloudflare.com/client/v4/accounts/0a1b/ai/v1"
    told = config.options_for("cloudflare", {"cloudflare_account_id": "a/b"})
    assert config.base_for("cloudflare", told) == "https://api.cloudflare.com/client/v4/accounts/a%2Fb/ai/v1"
    monkeypatch.setenv("CLOUDFLARE_API_BASE", "https://gateway.example/v1")
    assert config.base_for("cloudflare") == "https://gateway.example/v1"


@pytest.mark.parametrize("name", ["jina_ai", "voyage"])
def test_embeddings_of_those_who_have_nothing_else(fake: FakeProvider, name: str) -> None:
    rows = [{"object": "embedding", "index": 0, "embedding": [0.5, -1.0]}]
    reply = {"object": "list", "model": "m", "usage": {"total_tokens": 3}, "data": rows}
    fake.script(raw(200, (), reply))
    response = WAY.embedding(model=f"{name}/m", input=["a"], api_base=f"{fake.host_url}/v1", api_key="k")
    assert fake.requests[-1].path == "/v1/embeddings"
    assert list(response.data[0]["embedding"]) == [0.5, -1.0]
    assert response.usage.total_tokens == 3


def test_an_endpoint_that_is_not_where_openai_has_it(fake: FakeProvider) -> None:
    rows = [{"object": "embedding", "index": 0, "embedding": [0.5, -1.0]}]
    fake.script(raw(200, (), {"object": "list", "model": "m", "data": rows}))
    WAY.embedding(model="perplexity/pplx-embed-v1-0.6b", input=["a"], api_base=fake.host_url, api_key="k")
    assert fake.requests[-1].path == "/v1/embeddings"


@pytest.mark.parametrize(("prefix", "why"), [("github", "retired"), ("lambda_ai", "shut down")])
def test_a_provider_that_is_no_more_says_so(prefix: str, why: str) -> None:
    with pytest.raises(eq.BadRequestError, match=f"'{prefix}' is no more: .*{why}"):
        WAY.completion(model=f"{prefix}/gpt-4o", messages=USER)
