"""Every place that the credentials of a call to Bedrock come from, served here: files, endpoints, STS."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, raw

from .aws import ID, KEYS, SECRET, SESSION, TOKEN, caller

Ask = dict[str, Any]

pytestmark = pytest.mark.usefixtures("no_aws")


def test_the_environment(fake: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDFIRST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    eq.completion(**bedrock)
    assert caller(fake) == ("AKIDFIRST", None)
    # What a program sets later counts for its later calls.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDSECOND")
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    eq.completion(**bedrock)
    assert caller(fake) == ("AKIDSECOND", TOKEN)


def _profiles(home: Path) -> None:
    (home / ".aws").mkdir()
    keys = f"aws_access_key_id = {{}}\naws_secret_access_key = {SECRET}\n"
    (home / ".aws/credentials").write_text(f"[default]\n{keys.format('AKIDDEFAULT')}[work]\n{keys.format('AKIDWORK')}")
    (home / ".aws/config").write_text("[default]\nregion = eu-central-1\n[profile work]\nregion = eu-central-1\n")


def test_profiles_name_keys_and_regions(
    fake: FakeProvider, bedrock: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _profiles(tmp_path)
    del bedrock["aws_region_name"]
    eq.completion(**bedrock)
    assert caller(fake)[0] == "AKIDDEFAULT"
    monkeypatch.setenv("AWS_PROFILE", "work")
    eq.completion(**bedrock)
    assert caller(fake)[0] == "AKIDWORK"
    # A profile that the call names wins over keys in the environment.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    eq.completion(**bedrock, aws_profile_name="default")
    assert caller(fake)[0] == "AKIDDEFAULT"
    with pytest.raises(eq.AuthenticationError, match="profile"):
        eq.completion(**bedrock, aws_profile_name="nobody", aws_region_name="eu-central-1")


def _expiring(minutes: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_containers_endpoint_is_asked_again_before_its_keys_expire(
    fake: FakeProvider, other: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifetimes = iter([0.5, 60.0])
    other.on_request(lambda _: raw(200, (), {**SESSION, "Expiration": _expiring(next(lifetimes))}))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{other.host_url}/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token")
    for asked in (1, 2, 2):
        eq.completion(**bedrock)
        assert caller(fake) == ("ASIASESSION", TOKEN)
        assert len(other.requests) == asked
    assert other.requests[0].headers["authorization"] == "container-token"


def test_the_instances_endpoint(
    fake: FakeProvider, other: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {
        **SESSION,
        "Code": "Success",
        "Type": "AWS-HMAC",
        "Expiration": _expiring(60),
        "LastUpdated": _expiring(0),
    }

    def answer(record: Received) -> Any:
        if record.method == "PUT":
            return raw(200, {"x-aws-ec2-metadata-token-ttl-seconds": "21600"}, [b"imds-token"])
        assert record.headers["x-aws-ec2-metadata-token"] == "imds-token"
        if record.path.endswith("/placement/region"):
            return raw(200, (), [b"eu-central-1"])
        named = record.path.rstrip("/").endswith("our-role")
        return raw(200, (), [json.dumps(document).encode() if named else b"our-role"])

    other.on_request(answer)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", other.host_url)
    # This machine's own endpoints are asked without the proxy that all else goes through.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    del bedrock["aws_region_name"]
    eq.completion(**bedrock)
    assert caller(fake) == ("ASIASESSION", TOKEN)


def _sts(action: str) -> bytes:
    session = {"AccessKeyId": "ASIASESSION", "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    members = "".join(f"<{name}>{value}</{name}>" for name, value in {**session, "Expiration": _expiring(60)}.items())
    head = f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
    return f"{head}<Credentials>{members}</Credentials></{action}Result></{action}Response>".encode()


def _assumes(other: FakeProvider) -> Callable[[], dict[str, str]]:
    """Makes the server an STS; returns what tells the last form that it got."""

    def form() -> dict[str, str]:
        return {name: value for name, (value,) in parse_qs(other.requests[-1].body.decode()).items()}

    other.on_request(lambda record: raw(200, {"content-type": "text/xml"}, [_sts(form()["Action"])]))
    return form


def test_a_role_is_assumed_once(fake: FakeProvider, other: FakeProvider, bedrock: Ask) -> None:
    form = _assumes(other)
    role = {"aws_role_name": "arn:aws:iam::1:role/r", "aws_session_name": "me", "aws_external_id": "e1"}
    for _ in range(2):
        eq.completion(**bedrock, **KEYS, **role, aws_sts_endpoint=other.host_url)
        assert caller(fake) == ("ASIASESSION", TOKEN)
    asked = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/r"}
    assert form() == {**asked, "RoleSessionName": "me", "ExternalId": "e1"}
    assert len(other.requests) == 1
    assert f"Credential={ID}/" in other.requests[0].headers["authorization"]


@pytest.mark.parametrize("is_file", [False, True])
def test_a_web_identity(fake: FakeProvider, other: FakeProvider, bedrock: Ask, tmp_path: Path, is_file: bool) -> None:
    form = _assumes(other)
    (tmp_path / "token").write_text("eyJ.web.identity\n")
    token = str(tmp_path / "token") if is_file else "eyJ.web.identity"
    how = {"aws_role_name": "arn:aws:iam::1:role/r", "aws_web_identity_token": token}
    eq.completion(**bedrock, **how, aws_sts_endpoint=other.host_url)
    assert caller(fake) == ("ASIASESSION", TOKEN)
    assert (form()["Action"], form()["WebIdentityToken"]) == ("AssumeRoleWithWebIdentity", "eyJ.web.identity")


def test_a_role_that_may_not_be_assumed(other: FakeProvider, bedrock: Ask) -> None:
    said = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not you</Message></Error></ErrorResponse>"
    other.on_request(lambda _: raw(403, {"content-type": "text/xml"}, [said.encode()]))
    with pytest.raises(eq.AuthenticationError, match=r"cannot assume arn:r.*AccessDenied.*Not you") as raised:
        eq.completion(**bedrock, **KEYS, aws_role_name="arn:r", aws_sts_endpoint=other.host_url)
    assert SECRET not in str(raised.value)


def test_two_loops_share_what_was_fetched(
    fake: FakeProvider, other: FakeProvider, bedrock: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.on_request(lambda _: raw(200, (), {**SESSION, "Expiration": _expiring(60)}))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{other.host_url}/two-loops")

    async def several() -> None:
        await asyncio.gather(*(eq.acompletion(**bedrock) for _ in range(5)))

    asyncio.run(several())
    asyncio.run(several())
    assert (len(fake.requests), len(other.requests)) == (10, 1)


FORKED = """
import os, sys, warnings
warnings.simplefilter("ignore")
import edgequake_async as eq
ask = dict(model="bedrock/m", messages=[{"role": "user", "content": "Hi"}], api_base=sys.argv[1], num_retries=0)
assert eq.completion(**ask).choices[0].message.content == "You said: Hi"
child = os.fork()
assert eq.completion(**ask).choices[0].message.content == "You said: Hi"
if child == 0:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_fetches_its_own(
    fake: FakeProvider, other: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.on_request(lambda _: raw(200, (), {**SESSION, "Expiration": _expiring(60)}))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{other.host_url}/fork")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    done = subprocess.run(
        [sys.executable, "-c", FORKED, fake.host_url], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (len(fake.requests), len(other.requests)) == (3, 2)
