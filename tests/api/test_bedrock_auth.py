"""How a call to Bedrock shows who makes it: signatures as botocore computes them, bearer tokens, errors."""

from __future__ import annotations

from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, error, raw

from .aws import ID, KEYS, SECRET, TOKEN, authorization, caller, signature
from .ways import USER, Way

MODELS = ["amazon.nova-lite-v1:0", "arn:aws:bedrock:us-east-1:1:inference-profile/us.a b+c~d(e)%20é"]

Ask = dict[str, Any]

pytestmark = pytest.mark.usefixtures("no_aws")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("token", [None, TOKEN])
def test_the_signature_is_botocores(
    fake: FakeProvider, bedrock: Ask, model: str, stream: bool, token: str | None
) -> None:
    answer = eq.completion(**{**bedrock, "model": f"bedrock/{model}"}, **KEYS, aws_session_token=token, stream=stream)
    if stream:
        assert "".join(chunk.choices[0].delta.content or "" for chunk in answer) == "You said: Say it."
    assert caller(fake) == (ID, token)
    assert signature(fake.requests[-1], fake.host_url, "another") not in fake.requests[-1].headers["authorization"]


def test_every_way_of_calling(way: Way, fake: FakeProvider, bedrock: Ask) -> None:
    way.completion(**bedrock, **KEYS)
    assert caller(fake) == (ID, None)
    embedded = way.embedding(
        **{**bedrock, "messages": None, "model": "bedrock/amazon.titan-embed-text-v2:0"}, **KEYS, input=["a"]
    )
    assert caller(fake) == (ID, None)
    assert (len(embedded.data), embedded.usage.prompt_tokens > 0) == (1, True)


def test_a_header_of_amazons_is_signed(fake: FakeProvider, bedrock: Ask) -> None:
    eq.completion(**bedrock, **KEYS, extra_headers={"X-Amzn-Bedrock-Trace": "ENABLED", "X-Other": "1"})
    assert "x-amzn-bedrock-trace" in authorization(fake.requests[-1])[1]
    assert "x-other" not in authorization(fake.requests[-1])[1]
    assert fake.requests[-1].headers["authorization"].endswith(signature(fake.requests[-1], fake.host_url))


def test_a_retry_is_signed_anew(fake: FakeProvider, bedrock: Ask) -> None:
    fake.script(error(503, "Busy"), error(503, "Busy"))
    eq.completion(**{**bedrock, "num_retries": 2}, **KEYS)
    assert len(fake.requests) == 3
    for record in fake.requests:
        assert record.headers["authorization"].endswith(signature(record, fake.host_url))


@pytest.mark.parametrize("how", ["argument", "variable", "setting"])
def test_a_bearer_token_is_not_signed(
    fake: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "variable":
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", fake.api_key)
    if how == "setting":
        monkeypatch.setattr(eq, "bedrock_key", fake.api_key, raising=False)
    eq.completion(**bedrock, **({"api_key": fake.api_key} if how == "argument" else {}))
    assert fake.requests[-1].headers["authorization"] == f"Bearer {fake.api_key}"
    assert "x-amz-date" not in fake.requests[-1].headers


def test_settings_are_arguments_too(fake: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setattr(eq, name, value, raising=False)
    eq.completion(**bedrock)
    assert caller(fake) == (ID, None)


def test_nobody_says_who_calls(fake: FakeProvider, bedrock: Ask) -> None:
    with pytest.raises(eq.AuthenticationError, match=r"No AWS credentials.*aws_access_key_id.*api_key") as raised:
        eq.completion(**bedrock)
    assert (raised.value.llm_provider, fake.requests) == ("bedrock", [])
    with pytest.raises(eq.BadRequestError, match="aws_secret_access_key: must be given with aws_access_key_id"):
        eq.completion(**bedrock, aws_access_key_id=ID)


def test_nobody_says_where() -> None:
    for who in (KEYS, {"api_key": "a-bearer-token"}):
        with pytest.raises(eq.BadRequestError, match=r"aws_region_name: .*AWS_REGION.*profile"):
            eq.completion(f"bedrock/{MODELS[0]}", USER, num_retries=0, **who)


def test_an_endpoint_of_ones_own(fake: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    del bedrock["api_base"]
    eq.completion(**bedrock, **KEYS, aws_bedrock_runtime_endpoint=fake.host_url)
    assert caller(fake) == (ID, None)
    monkeypatch.setenv("AWS_BEDROCK_RUNTIME_ENDPOINT", fake.host_url)
    eq.completion(**bedrock, **KEYS)
    assert caller(fake) == (ID, None)
    # Even where only the profile knows the region.
    monkeypatch.delenv("AWS_BEDROCK_RUNTIME_ENDPOINT")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    del bedrock["aws_region_name"]
    eq.completion(**bedrock, **KEYS, aws_bedrock_runtime_endpoint=fake.host_url)
    assert caller(fake) == (ID, None)


def test_secrets_are_in_no_error(fake: FakeProvider, bedrock: Ask) -> None:
    def echo(record: Received) -> Any:
        said = f"{SECRET} {record.headers['x-amz-security-token']} {record.headers['authorization']}"
        return raw(403, {"x-amzn-errortype": "InvalidSignatureException", "x-echo": said}, {"Message": said})

    fake.on_request(echo)
    with pytest.raises(eq.PermissionDeniedError) as raised:
        eq.completion(**bedrock, **KEYS, aws_session_token=TOKEN)
    shown = f"{raised.value!r} {raised.value.headers} {raised.value.body!r}"
    assert ID in shown
    for secret in (SECRET, TOKEN, fake.requests[-1].headers["authorization"].rpartition("=")[2]):
        assert secret not in shown
    assert raised.value.type == "InvalidSignatureException"


def _scope(fake: FakeProvider) -> tuple[str, str]:
    """The region of the last signature, and the path."""
    assert fake.requests[-1].headers["authorization"].endswith(signature(fake.requests[-1], fake.host_url))
    return authorization(fake.requests[-1])[0].split("/")[2], fake.requests[-1].path


@pytest.mark.parametrize("way", ["us-west-2/", "converse/us-west-2/", "us-west-2/converse/"])
def test_a_model_may_say_where(fake: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    del bedrock["aws_region_name"]
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setattr(eq, "aws_region_name", "eu-west-3", raising=False)
    bedrock["model"] = f"bedrock/{way}amazon.nova-lite-v1:0"
    response = eq.completion(**bedrock, **KEYS)
    assert response.model == "amazon.nova-lite-v1:0"
    assert _scope(fake) == ("us-west-2", "/model/amazon.nova-lite-v1%3A0/converse")
    # What the call itself says wins, as it does in litellm.
    eq.completion(**bedrock, **KEYS, aws_region_name="ap-south-1")
    assert _scope(fake)[0] == "ap-south-1"


def test_an_arn_says_where_and_invoke_may_stand_beside_a_region(
    fake: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    del bedrock["aws_region_name"]
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0"
    eq.completion(**{**bedrock, "model": f"bedrock/{arn}"}, **KEYS)
    assert _scope(fake)[0] == "us-east-1"
    claude = "anthropic.claude-3-haiku-20240307-v1:0"
    eq.completion(**{**bedrock, "model": f"bedrock/invoke/us-gov-west-1/{claude}"}, **KEYS, max_tokens=5)
    assert _scope(fake) == ("us-gov-west-1", f"/model/{claude.replace(':', '%3A')}/invoke")
    response = eq.embedding(
        "bedrock/ap-south-1/amazon.titan-embed-text-v2:0", ["a"], api_base=bedrock["api_base"], num_retries=0, **KEYS
    )
    assert _scope(fake) == ("ap-south-1", "/model/amazon.titan-embed-text-v2%3A0/invoke")
    assert len(response.data) == 1


def test_the_address_is_that_of_the_models_region(fake: FakeProvider, bedrock: Ask) -> None:
    del bedrock["api_base"]
    where = {"aws_bedrock_runtime_endpoint": fake.host_url, "model": "bedrock/us-west-2/amazon.nova-lite-v1:0"}
    response = eq.completion(**{**bedrock, **where, "aws_region_name": None}, **KEYS)
    assert response._hidden_params["api_base"] == "https://bedrock-runtime.us-west-2.amazonaws.com"
    assert _scope(fake)[0] == "us-west-2"
    what = eq.get_supported_openai_params("bedrock/us-west-2/amazon.nova-lite-v1:0")
    assert what == eq.get_supported_openai_params("bedrock/amazon.nova-lite-v1:0")
