"""Profiles of IAM Identity Center (SSO), and certificates on the way to credentials: served here over sockets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import trustme

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, raw

from .aws import KEYS, SECRET, TOKEN, caller

Ask = dict[str, Any]

START = "https://example.awsapps.com/start"
BEARER, RENEWED = "sso-access-token-0123456789", "sso-renewed-token-0123456789"
ROLE = "sso_account_id = 111122223333\nsso_role_name = Reader\n"
CONFIG = f"""
[sso-session our]
sso_region = eu-west-1
sso_start_url = {START}
sso_registration_scopes = sso:account:access
[profile of-session]
sso_session = our
{ROLE}
[profile of-url]
sso_region = eu-west-1
sso_start_url = {START}
{ROLE}
[profile of-role]
role_arn = arn:aws:iam::1:role/r
source_profile = of-session
"""

pytestmark = pytest.mark.usefixtures("no_aws")


def _at(minutes: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(minutes=minutes)


def _stamp(minutes: float) -> str:
    return _at(minutes).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: FakeProvider) -> Callable[..., Path]:
    """Writes what ``aws sso login`` leaves behind; ``other`` is the portal."""
    (tmp_path / ".aws/sso/cache").mkdir(parents=True)
    (tmp_path / ".aws/config").write_text(CONFIG)
    for service in ("SSO", "SSO_OIDC", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", other.host_url)

    def write(name: str, minutes: float, **more: str) -> Path:
        path = tmp_path / f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json"
        told = {"accessToken": BEARER, "expiresAt": _stamp(minutes), "region": "eu-west-1", "startUrl": START, **more}
        path.write_text(json.dumps(told))
        return path

    return write


def _portal(record: Received) -> Any:
    if record.path == "/token":
        return raw(200, (), {"accessToken": RENEWED, "tokenType": "Bearer", "expiresIn": 3600})
    if record.path == "/":
        session = {"AccessKeyId": "ASIAROLE", "SecretAccessKey": SECRET, "SessionToken": TOKEN}
        session["Expiration"] = _stamp(60)
        members = "".join(f"<{name}>{value}</{name}>" for name, value in session.items())
        told = f"<AssumeRoleResult><Credentials>{members}</Credentials></AssumeRoleResult>"
        whole = f'<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{told}</AssumeRoleResponse>'
        return raw(200, {"content-type": "text/xml"}, whole)
    if record.headers.get("x-amz-sso_bearer_token") not in (BEARER, RENEWED):
        return raw(401, {"x-amzn-errortype": "UnauthorizedException"}, {"message": "Session token not found"})
    keys = {"accessKeyId": "ASIASSO", "secretAccessKey": SECRET, "sessionToken": TOKEN}
    return raw(200, (), {"roleCredentials": {**keys, "expiration": int(_at(60).timestamp() * 1000)}})


@pytest.mark.parametrize(("profile", "name"), [("of-session", "our"), ("of-url", START)])
@pytest.mark.parametrize("named", [True, False])
def test_a_profile_of_sso(
    fake: FakeProvider,
    other: FakeProvider,
    bedrock: Ask,
    signed_in: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
    name: str,
    named: bool,
) -> None:
    signed_in(name, 60)
    other.on_request(_portal)
    if not named:
        monkeypatch.setenv("AWS_PROFILE", profile)
    for _ in range(2):
        eq.completion(**bedrock, **({"aws_profile_name": profile} if named else {}))
        assert caller(fake) == ("ASIASSO", TOKEN)
    [asked] = other.requests
    assert asked.headers["x-amz-sso_bearer_token"] == BEARER
    assert asked.path == "/federation/credentials"
    assert asked.query == {"role_name": "Reader", "account_id": "111122223333"}


def test_a_token_that_ended_is_renewed_and_written_down(
    fake: FakeProvider, other: FakeProvider, bedrock: Ask, signed_in: Callable[..., Path]
) -> None:
    client = {"clientId": "c1", "clientSecret": "cs", "registrationExpiresAt": _stamp(600), "refreshToken": "r1"}
    cache = signed_in("our", -1, **client)
    other.on_request(_portal)
    eq.completion(**bedrock, aws_profile_name="of-session")
    assert caller(fake) == ("ASIASSO", TOKEN)
    renewal, asked = other.requests
    expected = {"clientId": "c1", "clientSecret": "cs", "grantType": "refresh_token", "refreshToken": "r1"}
    assert renewal.json == expected
    assert asked.headers["x-amz-sso_bearer_token"] == RENEWED
    assert json.loads(cache.read_text())["accessToken"] == RENEWED


def test_a_role_may_be_assumed_from_there(
    fake: FakeProvider, other: FakeProvider, bedrock: Ask, signed_in: Callable[..., Path]
) -> None:
    signed_in("our", 60)
    other.on_request(_portal)
    eq.completion(**bedrock, aws_profile_name="of-role")
    assert caller(fake) == ("ASIAROLE", TOKEN)
    assert "Credential=ASIASSO/" in other.requests[-1].headers["authorization"]


def test_nobody_is_signed_in(
    fake: FakeProvider, other: FakeProvider, bedrock: Ask, signed_in: Callable[..., Path]
) -> None:
    other.on_request(_portal)
    signed_in("our", -1)
    with pytest.raises(eq.AuthenticationError, match="SSO token has expired"):
        eq.completion(**bedrock, aws_profile_name="of-session")
    signed_in("our", 60, accessToken="another-token-0123456789")
    with pytest.raises(eq.AuthenticationError, match="Session token not found") as raised:
        eq.completion(**bedrock, aws_profile_name="of-session")
    assert "another-token" not in f"{raised.value!r}"
    # A refusal is not kept.
    signed_in("our", 60)
    eq.completion(**bedrock, aws_profile_name="of-session")
    assert caller(fake) == ("ASIASSO", TOKEN)


def test_credentials_come_under_the_certificates_of_the_call(
    fake: FakeProvider, bedrock: Ask, signed_in: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1")
    names = [str(tmp_path / name) for name in ("ca.pem", "server.pem", "server.key")]
    ca.cert_pem.write_to_path(names[0])
    issued.cert_chain_pems[0].write_to_path(names[1])
    issued.private_key_pem.write_to_path(names[2])
    signed_in("our", 60)
    with FakeProvider(tls=(names[1], names[2])) as portal:
        portal.on_request(_portal)
        for service in ("SSO", "STS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", portal.host_url)
        of_sso = {**bedrock, "aws_profile_name": "of-session"}
        of_sts = {**bedrock, **KEYS, "aws_role_name": "arn:aws:iam::1:role/r"}
        for call, key in ((of_sso, "ASIASSO"), (of_sts, "ASIAROLE")):
            with pytest.raises(eq.AuthenticationError):
                eq.completion(**call)
            assert fake.requests == []
            for verify in (names[0], False):
                eq.completion(**call, ssl_verify=verify)
                assert caller(fake) == (key, TOKEN)
            fake.clear()
