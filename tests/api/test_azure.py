"""Azure over sockets: addresses, keys and tokens as openai's own client has them, embeddings, errors, Claude."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, raw

from .ways import USER, WAYS, Way

(WAY,) = [way for way in WAYS if way.name == "asyncio"]
TOKEN = "entra-token-0123456789"
VERSION = "2024-10-21"
# https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
FILTERED = {
    "error": {
        "message": "The response was filtered",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}},
        },
    }
}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AZURE_API_KEY AZURE_OPENAI_API_KEY AZURE_API_BASE AZURE_OPENAI_ENDPOINT AZURE_API_VERSION OPENAI_API_VERSION "
        "AZURE_AD_TOKEN AZURE_OPENAI_AD_TOKEN AZURE_AI_API_KEY AZURE_AI_API_BASE"
    ).split():
        monkeypatch.delenv(name, raising=False)


def head(request: Received) -> dict[str, Any]:
    """Where a request went and who it says it is from."""
    shown = {name: request.headers.get(name) for name in ("api-key", "authorization")}
    return {"path": request.path.replace("//", "/"), "query": request.query, **shown}


@pytest.mark.parametrize("how", ["key", "token", "provider"])
@pytest.mark.parametrize("deployment", ["gpt-4o", "my gpt-4o", "o4-mini"])
def test_a_call_goes_where_openais_client_sends_it(fake: FakeProvider, deployment: str, how: str) -> None:
    ours: dict[str, Any] = {"key": {"api_key": fake.api_key}, "token": {"azure_ad_token": fake.api_key}}.get(
        how, {"azure_ad_token_provider": lambda: fake.api_key}
    )
    with openai.AzureOpenAI(azure_endpoint=fake.host_url, api_version=VERSION, max_retries=0, **ours) as theirs:
        theirs.chat.completions.create(model=deployment, messages=USER)  # type: ignore[arg-type]
        theirs.embeddings.create(model=deployment, input=["a"])
    target = {"api_base": fake.host_url, "api_version": VERSION, "num_retries": 0, **ours}
    WAY.completion(model=f"azure/{deployment}", messages=USER, **target)
    WAY.embedding(model=f"azure/{deployment}", input=["a"], **target)
    assert WAY.stream(model=f"azure/{deployment}", messages=USER, **target)
    chat, embeddings, our_chat, our_embeddings, stream = map(head, fake.requests)
    assert our_chat == stream == chat
    assert our_embeddings == embeddings
    assert fake.requests[2].json == {"model": deployment, "messages": USER}


@pytest.mark.parametrize("stream", [False, True])
def test_a_response_is_azures_own(fake: FakeProvider, stream: bool) -> None:
    version = "2025-04-01-preview"
    endpoint = {"azure_endpoint": fake.host_url, "api_key": fake.api_key}
    with openai.AzureOpenAI(**endpoint, api_version=version, max_retries=0) as theirs:  # type: ignore[call-overload]
        answer = theirs.responses.create(model="codex-mini", input="Hello", stream=stream)
        their_types = [event.type for event in answer] if stream else [answer.output[0].type]
    target = {"api_base": fake.host_url, "api_key": fake.api_key, "num_retries": 0}
    for asked in ({"api_version": version}, {"api_version": VERSION}, {}, {"api_version": "preview"}):
        ours: Any = eq.responses(model="azure/codex-mini", input="Hello", stream=stream, **target, **asked)
        assert [str(getattr(each, "type", each)) for each in (ours if stream else ours.output)] == their_types
    first, same, *undated = map(head, fake.requests)
    assert same == first
    # Chats' version is older than responses are.
    assert [each["path"] for each in undated] == ["/openai/v1/responses"] * 3
    assert [each["query"] for each in undated] == [{}, {}, {"api-version": "preview"}]
    sent = {request.json["model"] for request in fake.requests}
    assert sent == {"codex-mini"}


def test_the_surface_without_deployments(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_API_VERSION", VERSION)
    monkeypatch.setenv("AZURE_API_BASE", f"{fake.host_url}/openai/v1/")
    monkeypatch.setenv("AZURE_API_KEY", fake.api_key)
    WAY.completion(model="azure/gpt-5-mini", messages=USER)
    WAY.completion(model="azure/gpt-5-mini", messages=USER, api_version="preview")
    first, second = fake.requests
    assert (first.path, first.query) == ("/openai/v1/chat/completions", {})
    assert (second.path, second.query) == ("/openai/v1/chat/completions", {"api-version": "preview"})
    assert first.headers["api-key"] == fake.api_key


@pytest.mark.parametrize(
    ("model", "variables"),
    [
        ("azure/m", "AZURE_OPENAI_API_KEY or AZURE_API_KEY or AZURE_AD_TOKEN"),
        ("azure_ai/m", "AZURE_AI_API_KEY or AZURE_AD_TOKEN"),
        ("azure_ai/claude-sonnet-4-5", "AZURE_AI_API_KEY or AZURE_AD_TOKEN"),
    ],
)
def test_nobody_says_who_calls(
    fake: FakeProvider, way: Way, monkeypatch: pytest.MonkeyPatch, model: str, variables: str
) -> None:
    target = {"model": model, "messages": USER, "api_base": fake.host_url, "num_retries": 0}
    with pytest.raises(eq.AuthenticationError, match=f"No API key for azure.* set {variables}$") as raised:
        way.completion(**target)
    assert raised.value.llm_provider == model.partition("/")[0]
    with pytest.raises(eq.AuthenticationError, match="azure_ad_token_provider"):
        way.embedding(**{**target, "messages": None, "model": "azure_ai/m", "input": ["a"]})
    assert fake.requests == []
    # A gateway's own header says it as well as a key or a token does.
    way.completion(**target, extra_headers={"Ocp-Apim-Subscription-Key": "of-a-gateway"})
    monkeypatch.setenv("AZURE_AD_TOKEN", TOKEN)
    way.completion(**target)
    assert fake.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_parameters_of_claude_are_anthropics() -> None:
    claude = eq.get_supported_openai_params("azure_ai/claude-sonnet-4-5")
    assert claude == eq.get_supported_openai_params("anthropic/claude-sonnet-4-5")
    assert "logit_bias" in eq.get_supported_openai_params("azure_ai/mistral-large")
    assert "logit_bias" not in claude


def test_claude_is_made_to_answer_in_json_as_at_anthropics(fake: FakeProvider) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "City", "schema": schema}}
    for model in ("claude-3-haiku-20240307", "claude-sonnet-4-5"):
        ways = []
        for provider in ("azure_ai", "anthropic"):
            target = {"model": f"{provider}/{model}", "api_base": fake.host_url, "api_key": fake.api_key}
            response = WAY.completion(**target, messages=USER, response_format=wanted, max_tokens=50)
            ways.append((response._hidden_params["structured_output"], fake.requests[-1].json))
        assert ways[0] == ways[1]


def test_an_address_that_is_given_whole_is_kept(fake: FakeProvider) -> None:
    whole = f"{fake.host_url}/openai/deployments/mine/chat/completions?api-version=2023-05-15"
    WAY.completion(model="azure/other", messages=USER, api_base=whole, api_key=fake.api_key, api_version=VERSION)
    assert fake.requests[0].target == whole.removeprefix(fake.host_url)


def test_the_version_where_nobody_names_one(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    target = {"model": "azure/m", "messages": USER, "api_base": fake.host_url, "api_key": fake.api_key}
    WAY.completion(**target)
    monkeypatch.setattr(eq, "api_version", VERSION)
    WAY.completion(**target)
    assert [each.query["api-version"] for each in fake.requests] == ["2025-02-01-preview", VERSION]


async def _give() -> str:
    return TOKEN


class _Giver:
    async def __call__(self) -> str:
        return TOKEN


@pytest.mark.parametrize("give", [lambda: TOKEN, _give, _Giver()], ids=["sync", "async", "async object"])
def test_a_token_is_fetched_for_each_call(fake: FakeProvider, way: Way, give: Callable[[], Any]) -> None:
    asked = []

    def counted() -> Any:
        asked.append(1)
        return give()

    target = {"api_base": fake.host_url, "azure_ad_token_provider": counted, "num_retries": 0}
    fake.on_request(lambda record: raw(418, (), {"error": {"message": str(record.headers.get("authorization"))}}))
    for call in (
        lambda: way.completion(model="azure/m", messages=USER, **target),
        lambda: way.completion(model="azure_ai/claude-x", messages=USER, **target),
        lambda: way.embedding(model="azure_ai/m", input=["a"], **target),
    ):
        with pytest.raises(eq.BadRequestError) as raised:
            call()
        assert fake.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in repr(raised.value) + str(raised.value.body) + str(vars(raised.value))
    assert len(asked) == 3


def test_a_text_completion_is_a_chat_with_the_token(fake: FakeProvider) -> None:
    for stream in (False, True):
        target = {"api_base": fake.host_url, "azure_ad_token_provider": lambda: fake.api_key}
        response: Any = eq.text_completion("Say it.", "azure/m", stream=stream, **target)
        assert [*response] if stream else response.choices[0].text
        assert fake.requests[-1].path == "/openai/deployments/m/chat/completions"


def test_a_key_of_the_call_wins_over_tokens_and_these_over_keys_that_lie_around(
    fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AD_TOKEN", "from-env")
    target: dict[str, Any] = {"model": "azure/m", "messages": USER, "api_base": fake.host_url, "num_retries": 0}
    fake.on_request(lambda _: raw(418, (), {}))
    shown = []
    for given in (
        {"api_key": "k", "azure_ad_token": TOKEN, "azure_ad_token_provider": lambda: pytest.fail("is not asked")},
        {},
        {"azure_key": "lies around"},
        {"azure_key": "lies around", "azure_ad_token": TOKEN},
        {"azure_key": "lies around", "azure_ad_token_provider": lambda: TOKEN},
    ):
        arguments = dict(given)
        with monkeypatch.context() as patch:
            if key := arguments.pop("azure_key", None):
                patch.setattr(eq, "azure_key", key, raising=False)
            with pytest.raises(eq.BadRequestError):
                WAY.completion(**target, **arguments)
        headers = fake.requests[-1].headers
        shown.append((headers.get("api-key"), headers.get("authorization")))
    assert shown == [
        ("k", None),
        (None, "Bearer from-env"),
        ("lies around", None),
        (None, f"Bearer {TOKEN}"),
        (None, f"Bearer {TOKEN}"),
    ]


def _fail() -> str:
    raise RuntimeError(f"no login for {TOKEN}")


@pytest.mark.parametrize(("give", "word"), [(_fail, "RuntimeError"), (lambda: "", "str"), (lambda: None, "NoneType")])
def test_a_provider_of_tokens_that_gives_none(fake: FakeProvider, way: Way, give: Callable[[], Any], word: str) -> None:
    with pytest.raises(eq.AuthenticationError, match=f"azure_ad_token_provider.*{word}") as raised:
        way.completion(model="azure/m", messages=USER, api_base=fake.host_url, azure_ad_token_provider=give)
    assert TOKEN not in str(raised.value)
    assert fake.requests == []


@pytest.mark.parametrize(
    "given", [{"tenant_id": "t", "client_id": "c", "client_secret": "very-secret"}, {"azure_ad_token": "oidc/secret"}]
)
def test_credentials_are_not_exchanged(fake: FakeProvider, given: dict[str, str]) -> None:
    with pytest.raises(eq.UnsupportedParamsError, match="azure_ad_token_provider") as raised:
        WAY.completion(model="azure/m", messages=USER, api_base=fake.host_url, **given)
    assert "secret" not in str(raised.value).replace("client_secret", "")
    WAY.completion(model="azure/m", messages=USER, api_base=fake.host_url, api_key=fake.api_key, **given)
    assert fake.requests[0].json.keys() == {"model", "messages"}


def test_other_providers_ask_nobody_for_tokens(fake: FakeProvider) -> None:
    target = {"api_base": fake.base_url, "api_key": fake.api_key}
    WAY.completion(model="openai/m", messages=USER, azure_ad_token_provider=_fail, azure_ad_token="x", **target)
    assert fake.requests[0].json.keys() == {"model", "messages"}


def test_what_the_content_filter_says(fake: FakeProvider) -> None:
    inner = {"error": {**FILTERED["error"], "code": None}}
    for document in (FILTERED, inner):
        fake.script(raw(400, (), document))
        with pytest.raises(eq.ContentPolicyViolationError) as raised:
            WAY.completion(model="azure/m", messages=USER, api_base=fake.host_url, api_key="k", num_retries=0)
        assert raised.value.body["innererror"] == FILTERED["error"]["innererror"]
        assert raised.value.llm_provider == "azure"


def test_a_deployment_that_always_thinks_is_not_told_max_tokens(fake: FakeProvider) -> None:
    target = {"api_base": fake.host_url, "api_key": fake.api_key}
    WAY.completion(model="azure/o4-mini", messages=USER, max_tokens=5, **target)
    assert fake.requests[0].json == {"model": "o4-mini", "messages": USER, "max_completion_tokens": 5}
    WAY.completion(model="azure/o_series/mine", messages=USER, **target)
    assert fake.requests[1].path == "/openai/deployments/mine/chat/completions"


def test_models_of_a_foundry_and_serverless_ones(fake: FakeProvider) -> None:
    target = {"model": "azure_ai/DeepSeek-R1", "messages": USER, "api_key": fake.api_key}
    WAY.completion(api_base=f"{fake.host_url}/models", **target)
    WAY.completion(api_base=f"{fake.host_url}/v1", **target)
    foundry, serverless = map(head, fake.requests)
    query = {"api-version": "2024-05-01-preview"}
    expected = {"path": "/models/chat/completions", "query": query, "api-key": fake.api_key, "authorization": None}
    assert foundry == expected
    bearer = f"Bearer {fake.api_key}"
    assert serverless == {"path": "/v1/chat/completions", "query": {}, "api-key": None, "authorization": bearer}


def test_claude_is_spoken_to_in_its_own_protocol(fake: FakeProvider) -> None:
    target = {"model": "azure_ai/claude-sonnet-4-5", "messages": USER, "api_key": fake.api_key}
    response = WAY.completion(
        api_base=fake.host_url, reasoning_effort="low", extra_body={"metadata": {"user_id": "u"}}, **target
    )
    assert response.choices[0].message.content
    assert WAY.stream(api_base=f"{fake.host_url}/anthropic", **target)
    for request in fake.requests:
        assert request.path == "/anthropic/v1/messages"
        assert request.headers["x-api-key"] == fake.api_key
        assert request.headers["anthropic-version"] == "2023-06-01"
    assert fake.requests[0].json["metadata"] == {"user_id": "u"}
    assert fake.requests[0].json["thinking"]["type"] == "enabled"
