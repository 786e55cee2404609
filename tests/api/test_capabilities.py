"""OpenAI's parameters that a provider lacks or calls otherwise: the table's rules as a caller meets them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async import _eq_core
from edgequake_async.testing import FakeProvider, raw

from .ways import USER, WAYS, Way

(WAY,) = [way for way in WAYS if way.name == "asyncio"]
ROWS: dict[str, dict[str, Any]] = {row["name"]: row for row in _eq_core.providers()}
TOOLS = [{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}]
# A value for each of OpenAI's parameters, none of them what a provider does anyway.
VALUES: dict[str, Any] = {
    "audio": {"voice": "alloy", "format": "pcm16"},
    "dimensions": 64,
    "encoding_format": "base64",
    "frequency_penalty": 0.5,
    "function_call": "auto",
    "functions": [TOOLS[0]["function"]],
    "logit_bias": {"1": 1},
    "logprobs": True,
    "max_completion_tokens": 5,
    "max_tokens": 5,
    "modalities": ["text"],
    "n": 2,
    "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": "x"},
    "presence_penalty": 0.5,
    "prompt_cache_key": "k",
    "prompt_cache_retention": "24h",
    "reasoning_effort": "low",
    "response_format": {"type": "json_object"},
    "safety_identifier": "s",
    "seed": 1,
    "service_tier": "auto",
    "stop": ["x"],
    "store": True,
    "stream": True,
    "stream_options": {"include_usage": True},
    "temperature": 0.5,
    "tool_choice": "required",
    "tools": TOOLS,
    "top_logprobs": 2,
    "top_p": 0.5,
    "user": "u",
    "verbosity": "low",
    "web_search_options": {},
}
MODELS = {
    "anthropic": "claude-sonnet-4-5",
    "bedrock": "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "gemini": "gemini-2.5-flash",
    "vertex_ai": "gemini-2.5-flash",
}
EMBEDDERS = {"bedrock": "amazon.titan-embed-text-v2:0"}
# What makes sense only beside another.
BESIDE: dict[str, dict[str, Any]] = {
    "parallel_tool_calls": {"tools": TOOLS},
    "stream_options": {"stream": True},
    "tool_choice": {"tools": TOOLS},
}
CHAT = {
    "id": "c",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}],
}
VECTORS = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}


@pytest.fixture
def open_fake(fake: FakeProvider) -> FakeProvider:
    """A provider that takes any request of OpenAI's shape."""
    fake.on_request(lambda request: raw(200, (), VECTORS if request.path.endswith("/embeddings") else CHAT))
    return fake


class Case:
    """One parameter at one provider."""

    def __init__(self, rule: dict[str, Any], provider: str, name: str) -> None:
        self.name, self.route = name, rule["route"]
        self.what, self.wanted = rule["effect"]
        self.provider = provider
        self.model = (rule["models"] or ["any-model"])[0].replace("*", "x")

    def __repr__(self) -> str:
        return f"{self.provider}-{self.name}"

    def send(self, fake: FakeProvider, value: Any, **arguments: Any) -> dict[str, Any]:
        """What arrives at the provider."""
        call: dict[str, Any] = {"model": f"{self.provider}/{self.model}", "api_key": "k", "num_retries": 0}
        call |= {"api_base": fake.base_url, self.name: value, **arguments}
        if self.route == "chat":
            WAY.completion(messages=USER, **call)
        else:
            WAY.embedding(input=["a"], **call)
        sent: dict[str, Any] = fake.requests[-1].json
        return sent


CASES = [
    Case(rule, provider, name)
    for rule in _eq_core.param_rules()
    for provider in rule["providers"]
    for name in rule["params"]
]
REFUSED = [case for case in CASES if case.what in ("lacks", "only")]


@pytest.mark.parametrize("case", REFUSED, ids=repr)
def test_what_is_lacking_is_refused_dropped_or_forced(open_fake: FakeProvider, case: Case) -> None:
    value = VALUES[case.name]
    with pytest.raises(eq.UnsupportedParamsError) as raised:
        case.send(open_fake, value)
    said = f"{case.provider} does not support parameters: ['{case.name}'], for model={case.model}. To drop these"
    assert said in str(raised.value)
    assert (raised.value.llm_provider, raised.value.model) == (case.provider, case.model)
    assert open_fake.requests == []
    assert case.name not in case.send(open_fake, value, drop_params=True)
    assert case.name not in case.send(open_fake, value, additional_drop_params=[case.name])
    assert case.send(open_fake, value, allowed_openai_params=[case.name])[case.name] == value
    assert case.send(open_fake, None, extra_body={case.name: value})[case.name] == value


@pytest.mark.parametrize("case", [case for case in CASES if case.what == "only"], ids=repr)
def test_the_value_that_is_so_anyway_is_sent(open_fake: FakeProvider, case: Case) -> None:
    value = bool(case.wanted) if case.name == "logprobs" else case.wanted
    assert case.send(open_fake, value)[case.name] == value


@pytest.mark.parametrize("case", [case for case in CASES if case.what == "named"], ids=repr)
def test_another_name(open_fake: FakeProvider, case: Case) -> None:
    value = VALUES[case.name]
    sent = case.send(open_fake, value)
    assert sent[case.wanted] == value
    assert case.name not in sent
    assert case.send(open_fake, value, **{case.wanted: value})[case.wanted] == value
    with pytest.raises(eq.BadRequestError, match=f"{case.name}: {case.provider} calls it {case.wanted}"):
        case.send(open_fake, value, **{case.wanted: value + 1})
    forced = case.send(open_fake, value, allowed_openai_params=[case.name])
    assert forced[case.name] == value
    assert case.wanted not in forced


@pytest.mark.parametrize("case", [case for case in CASES if case.what == "implied"], ids=repr)
def test_what_is_done_without_being_told_is_not_told(open_fake: FakeProvider, case: Case) -> None:
    value = VALUES[case.name] if case.wanted is None else case.wanted
    assert case.name not in case.send(open_fake, value)
    assert case.send(open_fake, value, allowed_openai_params=[case.name])[case.name] == value
    if case.wanted is not None:
        assert case.send(open_fake, VALUES[case.name])[case.name] == VALUES[case.name]


def test_all_that_is_lacking_is_listed(way: Way, open_fake: FakeProvider) -> None:
    call = {"model": "groq/m", "messages": USER, "api_base": open_fake.base_url, "api_key": "k"}
    with pytest.raises(eq.UnsupportedParamsError) as raised:
        way.completion(**call, n=2, logit_bias={"1": 1}, logprobs=True, temperature=0.5)
    assert sorted(name for name in VALUES if f"'{name}'" in str(raised.value)) == ["logit_bias", "logprobs", "n"]
    way.completion(**call, n=2, logit_bias={"1": 1}, logprobs=True, temperature=0.5, drop_params=True)
    assert {"n", "logit_bias", "logprobs"} & open_fake.requests[-1].json.keys() == set()
    assert open_fake.requests[-1].json["temperature"] == 0.5


def test_the_setting_drops(open_fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    call = {"model": "groq/m", "messages": USER, "api_base": open_fake.base_url, "api_key": "k", "n": 2}
    monkeypatch.setattr(eq, "drop_params", True)
    WAY.completion(**call)
    assert "n" not in open_fake.requests[-1].json
    with pytest.raises(eq.UnsupportedParamsError):
        WAY.completion(**call, drop_params=False)


def test_the_caller_s_objects_stay_as_they_are(open_fake: FakeProvider) -> None:
    extra = {"n": 3}
    call = {"model": "groq/m", "messages": USER, "api_base": open_fake.base_url, "api_key": "k", "n": 2}
    WAY.completion(**call, drop_params=True, extra_body=extra)
    assert (extra, call["n"], open_fake.requests[-1].json["n"]) == ({"n": 3}, 2, 3)


def test_a_parameter_that_is_nobody_s_goes_on(open_fake: FakeProvider) -> None:
    call = {"model": "mistral/m", "messages": USER, "api_base": open_fake.base_url, "api_key": "k"}
    WAY.completion(**call, safe_prompt=True, random_seed=7)
    sent = open_fake.requests[-1].json
    assert (sent["safe_prompt"], sent["random_seed"]) == (True, 7)


RULED = {name for rule in _eq_core.param_rules() for name in rule["providers"]}
# Providers with a translator that says what it can say, with a model each.
NATIVES = {
    name: model
    for name in ROWS
    if _eq_core.translates("chat", name, model := MODELS.get(name, "a-model")) and name not in RULED
}


@pytest.mark.parametrize(("provider", "model"), NATIVES.items())
@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_protocol_of_its_own_takes_what_it_says_it_takes(
    fake: FakeProvider, monkeypatch: pytest.MonkeyPatch, provider: str, model: str, name: str
) -> None:
    monkeypatch.setenv("WATSONX_PROJECT_ID", "p")
    monkeypatch.setenv("VERTEXAI_PROJECT", "p")
    fake.on_request(lambda _: raw(418, (), {"error": {"message": "It has arrived."}}))
    # A token, not a key that would have to be exchanged for one.
    call = {"model": f"{provider}/{model}", "api_base": fake.base_url, "api_key": "eyJ.token", "num_retries": 0}
    call |= {name: VALUES[name], **BESIDE.get(name, {})}
    is_chat = name not in ("dimensions", "encoding_format")
    if not is_chat:
        model = EMBEDDERS.get(provider, model)
        call["model"] = f"{provider}/{model}"
    supported = eq.get_supported_openai_params(
        f"{provider}/{model}", None, "chat_completion" if is_chat else "embeddings"
    )
    assert supported is not None
    ask = partial(WAY.completion, messages=USER) if is_chat else partial(WAY.embedding, input=["a"])
    with pytest.raises(eq.EQError) as raised:
        ask(**call)
    assert isinstance(raised.value, eq.UnsupportedParamsError) == (name not in supported), str(raised.value)
    assert len(fake.requests) == (name in supported)


def test_supported_params() -> None:
    supported = eq.get_supported_openai_params
    everything = supported("openai/gpt-4.1")
    assert everything is not None
    assert everything == sorted(everything)
    assert set(everything) == set(VALUES) - {"dimensions", "encoding_format", "reasoning_effort"}
    assert set(everything) - set(supported("gpt-5-mini") or ()) == {
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "presence_penalty",
        "temperature",
        "top_logprobs",
        "top_p",
    }
    assert supported("o3", custom_llm_provider="openai") == supported("openai/o3")
    assert "seed" in (supported("mistral-large-latest") or ())
    assert supported("voyage/voyage-3", request_type="embeddings") == ["dimensions", "encoding_format"]
    assert supported("nobody/m") is None
    assert supported("m", custom_llm_provider="nobody") is None
    assert supported("openai/gpt-4.1", request_type="dreams") is None
    assert "tool_choice" not in (supported("ollama/llama3.1") or ())
    assert not eq.supports_tool_choice("ollama/llama3.1")
    assert eq.supports_function_calling("ollama/llama3.1")
    assert "temperature" in (supported("anthropic/claude-sonnet-4-5") or ())
    assert "seed" not in (supported("anthropic/claude-sonnet-4-5") or ())
